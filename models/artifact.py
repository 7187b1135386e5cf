"""The fitted model as files: arrays, JSON, text; nothing pickled. And the manifest that guards them."""

import hashlib
import json
import zipfile
from pathlib import Path

import lightgbm as lgb
import numpy as np

from features.policy import load_policy
from models.classifier import CategoryModel
from models.features import category_columns
from models.ngrams import LemmaNumbers, Vocabulary
from models.text import LinearScorer, Space
from models.training import Model

MANIFEST = "manifest.json"


class ArtifactError(ValueError):
    """An artifact cannot be used: a file is missing, changed or not listed."""


def save_model(model: Model, policy_text: str, folder: Path) -> None:
    """Write a model's files to `folder`, made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    space, linear = model.space, model.linear
    np.savez(
        folder / "text.npz",
        keys=space.vocabulary.keys,
        idf=space.idf,
        document=linear.document.astype(np.float16),
        sentence=linear.sentence.astype(np.float16),
        document_intercept=linear.document_intercept,
        sentence_intercept=linear.sentence_intercept,
    )
    (folder / "lemmas.txt").write_text(
        "".join(f"{lemma}\n" for lemma in space.numbers.lemmas), encoding="utf-8"
    )
    categories = {}
    for category, fitted in zip(model.policy.ids, model.categories, strict=True):
        (folder / f"trees-{category}.txt").write_text(fitted.trees.model_to_string(), encoding="utf-8")
        categories[category] = {
            "base_slope": fitted.base_slope,
            "base_intercept": fitted.base_intercept,
            "slope": fitted.slope,
            "offset": fitted.offset,
            "threshold": fitted.threshold,
            "threshold_by": fitted.threshold_by,
            "disguised_threshold": fitted.disguised_threshold,
            "hide_threshold": fitted.hide_threshold,
        }
    content = {"lemmas": len(space.numbers.lemmas), "categories": categories}
    (folder / "model.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    (folder / "policy.yaml").write_text(policy_text, encoding="utf-8")


def load_model(folder: Path) -> Model:
    """Read what `save_model` wrote.

    Raises
    ------
    ArtifactError
        Where a file is missing or cut short, or was written by another version.
    """
    try:
        policy = load_policy(folder / "policy.yaml")
        content = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        *lemmas, rest = (folder / "lemmas.txt").read_text(encoding="utf-8").split("\n")
        if rest or len(lemmas) != content["lemmas"]:
            raise ValueError(f"lemmas.txt is cut short: expected {content['lemmas']} lines")
        with (folder / "text.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            space = Space(LemmaNumbers(lemmas), Vocabulary(arrays["keys"]), arrays["idf"])
            linear = LinearScorer(
                arrays["document"].astype(np.float32),
                arrays["sentence"].astype(np.float32),
                arrays["document_intercept"],
                arrays["sentence_intercept"],
            )
        models = []
        for position, category in enumerate(policy.ids):
            spec = content["categories"][category]
            trees = _load_trees(folder / f"trees-{category}.txt", category_columns(policy, position))
            models.append(CategoryModel(**spec, trees=trees))
    except (
        OSError,
        EOFError,
        LookupError,
        TypeError,
        ValueError,
        zipfile.BadZipFile,
        lgb.basic.LightGBMError,
    ) as error:
        # Of a policy's many errors the first says enough: it is another version's.
        reason = ": ".join([type(error).__name__, *str(error).splitlines()[:1]])
        raise ArtifactError(f"{folder}: not a complete model of this version: {reason}") from error
    return Model(policy, space, linear, models)


def _load_trees(path, columns):
    text = path.read_text(encoding="utf-8")
    # LightGBM ends the process where a tree is cut short.
    if "\nend of trees\n" not in text:
        raise ValueError(f"{path.name} is cut short: expected `end of trees`")
    trees = lgb.Booster(model_str=text)
    if trees.feature_name() != columns:
        raise ValueError(f"{path.name} reads other features than this version's")
    return trees


def sha256(path: Path) -> str:
    """The hash of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def file_hashes(folder: Path) -> dict[str, str]:
    """The hash of every file below `folder` but the manifest, by its path there, sorted."""
    return {
        path.relative_to(folder).as_posix(): sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST and "__pycache__" not in path.parts
    }


def verify_manifest(folder: Path) -> dict:
    """The manifest of an artifact, once every file that it lists was found unchanged.

    Raises
    ------
    ArtifactError
        Naming the first file that is missing, changed or not listed.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise ArtifactError(f"{folder}: no {MANIFEST}: expected an exported artifact")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        listed = dict(manifest["files"])
    except (ValueError, KeyError, TypeError) as error:
        raise ArtifactError(
            f"{path}: not a manifest: expected JSON with an object `files`: {error!r}"
        ) from error
    present = file_hashes(folder)
    for name, digest in listed.items():
        if name not in present:
            raise ArtifactError(f"{folder}: {name} is missing")
        if present[name] != digest:
            raise ArtifactError(f"{folder}: {name} has changed since the export: expected SHA-256 {digest}")
    # Loaders may leave files of their own beside an artifact; code and model files they must not.
    extra = sorted(name for name in set(present) - set(listed) if not name.startswith("."))
    if extra:
        raise ArtifactError(f"{folder}: {extra[0]} is not listed in {MANIFEST}")
    return manifest
