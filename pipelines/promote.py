"""Moving the alias `champion` of the registered model."""

import mlflow

from pipelines.stage import StageError
from pipelines.track import REGISTERED_MODEL, connect

ALIAS = "champion"


def promote(version: str | None) -> str:
    """Point `champion` at `version`, or at the newest one; returns the version.

    Raises
    ------
    StageError
        Where the version, or any version, is not registered.
    """
    connect()
    client = mlflow.MlflowClient()
    known = {str(v.version): v for v in client.search_model_versions(f"name='{REGISTERED_MODEL}'")}
    if not known:
        raise StageError(f"no version of {REGISTERED_MODEL!r} is registered: run `dvc repro` first")
    chosen = version or max(known, key=int)
    if chosen not in known:
        raise StageError(f"version {chosen!r} is not registered, expected one of {sorted(known, key=int)}")
    client.set_registered_model_alias(REGISTERED_MODEL, ALIAS, chosen)
    return chosen
