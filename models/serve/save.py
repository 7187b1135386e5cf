"""Writing the scoring artifact: an MLflow model from code with its signature and an input example."""

import importlib.metadata
from pathlib import Path

import mlflow
import pandas as pd
import yaml
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, Schema

_PACKAGES = [
    "ahocorasick-rs",
    "fugashi",
    "lightgbm",
    "mlflow",
    "numpy",
    "pandas",
    "pandera",
    "pyarrow",
    "pydantic",
    "pyyaml",
    "scikit-learn",
    "scipy",
    "tqdm",
    "unidic-lite",
]
_INPUT = {
    "document_id": ("string", True),
    "document_type": ("string", True),
    "title": ("string", False),
    "description": ("string", False),
    "body": ("string", False),
    "sender_role": ("string", False),
    "escrow_status": ("string", False),
    "contract_type": ("string", False),
    "reward_type": ("string", False),
    "reward_min_jpy": ("double", False),
    "reward_max_jpy": ("double", False),
    "client_rating": ("double", False),
    "client_orders": ("double", False),
    "client_verified": ("double", False),
    "client_age_days": ("double", False),
    "job_title": ("string", False),
    "job_description": ("string", False),
    "thread_position": ("double", False),
}


def input_example() -> pd.DataFrame:
    """One document of each kind that the signature takes."""
    return pd.DataFrame(
        {
            "document_id": ["J1", "P1", "M1"],
            "document_type": ["job", "proposal", "message"],
            "title": ["商品紹介文の作成", "", ""],
            "description": ["1件500円で、商品の紹介文を書いていただきます。", "", ""],
            "body": ["", "はじめまして。紹介文の経験が3年あります。", "続きはLINEでやり取りしませんか。"],
            "sender_role": ["client", "worker", "client"],
            "escrow_status": ["unfunded", "unfunded", "unfunded"],
        }
    )


def signature(categories: list[str]) -> ModelSignature:
    """Input and output columns, written by hand so that a wrong column is refused."""
    inputs = [ColSpec(kind, name, required=required) for name, (kind, required) in _INPUT.items()]
    outputs = [
        ColSpec("string", "document_id"),
        *(ColSpec("double", f"p_{c}") for c in categories),
        *(ColSpec("string", name) for name in ("categories", "action", "evidence")),
    ]
    return ModelSignature(Schema(inputs), Schema(outputs))


def model_arguments(model: Path, categories: list[str]) -> dict:
    """What `mlflow.pyfunc.save_model` and `log_model` are called with."""
    root = Path(__file__).resolve().parents[2]
    return {
        "python_model": str(root / "models" / "serve" / "entry.py"),
        "artifacts": {"model": str(model)},
        "code_paths": [str(root / "features"), str(root / "models")],
        "signature": signature(categories),
        "input_example": input_example(),
        "pip_requirements": [f"{name}=={importlib.metadata.version(name)}" for name in _PACKAGES],
    }


def save_artifact(model: Path, categories: list[str], out: Path) -> None:
    """Write the MLflow model to `out`, which must not exist; the same model gives the same files, wherever and whenever."""
    mlflow.pyfunc.save_model(path=str(out), **model_arguments(model, categories))
    described = out / "MLmodel"
    content = yaml.safe_load(described.read_text(encoding="utf-8"))
    for drawn_anew in ("model_uuid", "utc_time_created"):
        del content[drawn_anew]
    # MLflow notes where code and model lay; it reads the name alone of the one, nothing of the other.
    flavor = content["flavors"]["python_function"]
    flavor["model_code_path"] = Path(flavor["model_code_path"]).name
    del flavor["artifacts"]["model"]["uri"]
    described.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
