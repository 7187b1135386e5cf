"""Stage `track`: one MLflow run for the whole pipeline, found or created by its content."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import mlflow
import pandas as pd
import yaml
from mlflow.entities import Metric

from features.policy import load_policy
from models.serve.save import model_arguments
from pipelines.stage import load_params, stage_main, write_json

EXPERIMENT = "mimawari"
REGISTERED_MODEL = "mimawari"


def content_hash(lock: Path) -> str:
    """The hash of `dvc.lock` without the stage `track`: the same pipeline has the same run."""
    stages = {name: stage for name, stage in _stages(lock).items() if name != "track"}
    return hashlib.sha256(json.dumps(stages, sort_keys=True, default=str).encode()).hexdigest()[:32]


def used_settings(settings: dict, lock: Path) -> dict:
    """All settings, without `simulate` where `source` is not what that stage wrote."""
    written = {Path(out["path"]) for out in _stages(lock).get("simulate", {}).get("outs", [])}
    if Path(settings["source"]) in written:
        return settings
    return {name: value for name, value in settings.items() if name != "simulate"}


def connect(experiment: str = EXPERIMENT) -> str:
    """Point MLflow at the project's database and return the experiment's id, made where it is missing.

    `dvc exp run --temp` and `--queue` run in a copy of the project: `DVC_ROOT` names where it is kept.
    """
    root = Path(os.environ.get("DVC_ROOT", ".")).resolve()
    mlflow.set_tracking_uri(os.environ.get("MLFLOW_TRACKING_URI", f"sqlite:///{root / 'mlflow.db'}"))
    known = mlflow.get_experiment_by_name(experiment)
    if known:
        return known.experiment_id
    return mlflow.create_experiment(experiment, artifact_location=(root / "mlartifacts").as_uri())


def track(
    lock: Path,
    params: Path,
    policy: Path,
    model: Path,
    metrics: Path,
    split: Path,
    ingest: Path,
    curves: Path,
    plots: Path,
    reports: Path,
    export: Path,
    receipt: Path,
) -> None:
    """Record parameters, figures, learning curves, plots, report and the artifact as a registered version."""
    experiment = connect()
    content = content_hash(lock)
    found = mlflow.search_runs(
        [experiment],
        filter_string=f"tags.content = '{content}' and status = 'FINISHED'",
        output_format="list",
    )
    if found:
        run_id = found[0].info.run_id
        versions = mlflow.MlflowClient().search_model_versions(f"run_id = '{run_id}'")
        # None where the version was deleted since.
        version = max((str(v.version) for v in versions), key=int, default=None)
        write_json({"run_id": run_id, "content": content, "version": version}, receipt)
        return
    settings = used_settings(load_params(params), lock)
    with mlflow.start_run(experiment_id=experiment, tags={"content": content}) as run:
        mlflow.log_params(_flat(settings))
        figures = json.loads(metrics.read_text(encoding="utf-8"))
        mlflow.log_metrics({k: v for k, v in _flat(figures).items() if isinstance(v, int | float)})
        _log_curves(run.info.run_id, pd.read_csv(curves))
        for path in (metrics, split, ingest, params, policy):
            mlflow.log_artifact(str(path), "run")
        mlflow.log_artifacts(str(plots), "plots")
        mlflow.log_artifacts(str(reports), "report")
        mlflow.log_artifact(str(export / "manifest.json"), "run")
        logged = mlflow.pyfunc.log_model(
            name="scorer",
            registered_model_name=REGISTERED_MODEL,
            **model_arguments(model, load_policy(policy).ids),
        )
    version = {
        "run_id": run.info.run_id,
        "content": content,
        "version": str(logged.registered_model_version),
    }
    write_json(version, receipt)


@contextmanager
def recorded_search(trials: int) -> Iterator[Callable[[dict, float], None]]:
    """A run for a search of settings; what it gives records one trial, with its settings and its figure."""
    experiment = connect(f"{EXPERIMENT}-search")
    with mlflow.start_run(experiment_id=experiment, run_name=f"{trials} trials"):

        def record(settings, value):
            with mlflow.start_run(experiment_id=experiment, nested=True):
                mlflow.log_params(settings)
                mlflow.log_metric("macro_average_precision", value)

        yield record


def _stages(lock):
    return (yaml.safe_load(lock.read_text(encoding="utf-8")) or {}).get("stages", {})


def _flat(tree: dict, prefix: str = "") -> dict:
    """`{"a": {"b": 1}}` as `{"a.b": 1}`."""
    flat = {}
    for key, value in tree.items():
        name = f"{prefix}{key}"
        flat |= _flat(value, f"{name}.") if isinstance(value, dict) else {name: value}
    return flat


def _log_curves(run_id, curves):
    values = [
        Metric(f"curve.{row.category}.{row.part}", row.binary_logloss, 0, int(row.round))
        for row in curves.itertuples(index=False)
    ]
    client = mlflow.MlflowClient()
    for first in range(0, len(values), 1000):
        client.log_batch(run_id, metrics=values[first : first + 1000])


if __name__ == "__main__":
    stage_main(track)
