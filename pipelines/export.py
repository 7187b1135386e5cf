"""Stage `export`: the scoring artifact, an MLflow model from code, and the manifest that guards it."""

import hashlib
import importlib.metadata
import json
import platform
import shutil
from pathlib import Path

from features.policy import load_policy
from models.artifact import MANIFEST, file_hashes, sha256
from models.serve.save import save_artifact
from pipelines.stage import stage_main, write_json


def export(
    model: Path, evaluated: Path, policy: Path, documents: Path, split: Path, metrics: Path, out: Path
) -> None:
    """Write the artifact and its manifest: every file's hash, the data's and policy's, figures, versions.

    `model` scores; `evaluated` goes beside it, since a month's estimates need a model that has not learnt
    from the month.
    """
    if out.exists():
        shutil.rmtree(out)
    save_artifact(model, load_policy(policy).ids, out)
    shutil.copytree(evaluated, out / "artifacts" / "evaluated")
    figures = json.loads(metrics.read_text(encoding="utf-8"))
    manifest = {
        "policy_sha256": sha256(policy),
        "data_sha256": data_hash(documents, split),
        "macro_average_precision": {
            name: part["macro"]["average_precision"] for name, part in figures["test"].items()
        },
        "versions": {"python": platform.python_version()}
        | {
            name: importlib.metadata.version(name)
            for name in ("fugashi", "unidic-lite", "lightgbm", "numpy", "pandas", "scikit-learn")
        },
        "files": file_hashes(out),
    }
    write_json(manifest, out / MANIFEST)


def data_hash(documents: Path, split: Path) -> str:
    """One hash of what a model learnt from and was tested on: documents, decisions and parts."""
    files = file_hashes(documents) | {"split": sha256(split)}
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()


if __name__ == "__main__":
    stage_main(export)
