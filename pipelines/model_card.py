"""The model card: what the model is for, how good it was found, and what it is not."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from features.policy import Policy


def render_model_card(metrics: dict, policy: Policy, settings: dict) -> str:
    """Markdown from the figures of `evaluate`; every number stands in `reports/metrics.json`."""
    environment = Environment(
        loader=PackageLoader("pipelines"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["share"] = lambda v: "–" if v is None else f"{v:.3f}"
    template = environment.get_template("model_card.md.j2")
    return template.render(metrics=metrics, policy=policy, settings=settings)
