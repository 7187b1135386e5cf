"""The search begins with the settings as they stand, records every trial and never ends below the first."""

from contextlib import contextmanager

from pipelines import search as module
from pipelines.stage import load_params


def test_every_trial_is_recorded_and_the_best_is_given(line, monkeypatch):
    recorded = []

    @contextmanager
    def recorder(trials):
        yield lambda settings, value: recorded.append((settings, value))

    monkeypatch.setattr(module, "recorded_search", recorder)
    paths = [line / name for name in ("data/documents", "data/split/parts.parquet")]
    best = module.search(*paths, line / "policy.yaml", line / "params.yaml", trials=3)
    settings = load_params(line / "params.yaml")["train"]
    assert [len(r[0]) for r in recorded] == [7, 7, 7]
    assert recorded[0][0] == {name: settings[name] for name in recorded[0][0]}
    assert recorded[1][0] != recorded[2][0]
    assert best.pop("macro_average_precision") == max(value for _, value in recorded)
    assert best in [tried for tried, _ in recorded]
