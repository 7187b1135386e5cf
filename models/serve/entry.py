"""The MLflow model from code: MLflow runs this file to load the scoring artifact; nothing is pickled."""

import json
from pathlib import Path

import mlflow
import pandas as pd

from features.documents import documents_from_rows
from models.scorer import Scorer


class ViolationModel(mlflow.pyfunc.PythonModel):
    """Rows of documents in; probabilities, categories, action and evidence out, one row a document."""

    def load_context(self, context) -> None:
        """Read the fitted files that the artifact carries."""
        self.scorer = Scorer.load(Path(context.artifacts["model"]))

    def predict(self, context, model_input: pd.DataFrame, params=None) -> pd.DataFrame:
        """Score rows with the columns of the signature; optional columns may be left out."""
        scored = self.scorer.score_documents(documents_from_rows(model_input))
        table = pd.DataFrame({"document_id": scored.document_ids})
        for j, category in enumerate(self.scorer.ids):
            table[f"p_{category}"] = scored.probabilities[:, j]
        table["categories"] = [
            ",".join(c for c, given in zip(self.scorer.ids, row, strict=True) if given)
            for row in scored.flagged
        ]
        table["action"] = scored.action
        table["evidence"] = [json.dumps(e, ensure_ascii=False) for e in scored.evidence]
        return table


mlflow.models.set_model(ViolationModel())
