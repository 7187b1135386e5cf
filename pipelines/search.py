"""A seeded search for the trees' settings; every trial is a run in MLflow."""

from pathlib import Path

import numpy as np
import optuna
from tqdm import tqdm

from features.policy import load_policy
from models.evaluation import macro_average_precision
from models.training import fit_text, out_of_fold_margins
from pipelines.data import read_part
from pipelines.stage import StageError, load_params
from pipelines.track import recorded_search


def suggest(trial: optuna.Trial) -> dict:
    """One set of settings, by the names of `params.yaml`'s `train`."""
    return {
        "rounds": trial.suggest_int("rounds", 10, 400, log=True),
        "learning_rate": trial.suggest_float("learning_rate", 0.02, 0.15, log=True),
        "num_leaves": trial.suggest_int("num_leaves", 4, 31),
        "min_data_in_leaf": trial.suggest_int("min_data_in_leaf", 5, 60),
        "lambda_l2": trial.suggest_float("lambda_l2", 0.1, 30.0, log=True),
        "feature_fraction": trial.suggest_float("feature_fraction", 0.3, 1.0),
        "bagging_fraction": trial.suggest_float("bagging_fraction", 0.5, 1.0),
    }


def search(documents: Path, split: Path, policy: Path, params: Path, trials: int) -> dict:
    """The settings with the highest macro average precision, out of fold on what the model learns from.

    The first trial is `params.yaml` as it stands, so the search never ends below it. Validation and test
    months are not looked at. The text scorers are fitted once, as `params.yaml` says.

    Raises
    ------
    StageError
        Where the parameters, the documents or their split are not there.
    """
    settings, rules = load_params(params)["train"], load_policy(policy)
    if not split.is_file():
        raise StageError(f"{split}: no such file: run the stage split first")
    training = read_part(documents, split, rules, ["train", "reference"])
    validation = read_part(documents, split, rules, ["validation"])
    text = fit_text(training, validation, rules, settings)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        direction="maximize", sampler=optuna.samplers.TPESampler(seed=settings["seed"])
    )
    study.enqueue_trial({name: settings[name] for name in suggest(optuna.trial.FixedTrial(settings))})
    with recorded_search(trials) as record:
        for _ in tqdm(range(trials), desc="search", unit="trial"):
            trial = study.ask()
            chosen = suggest(trial)
            margins = [
                out_of_fold_margins(text, rules, j, settings | chosen) for j in range(len(rules.categories))
            ]
            value = macro_average_precision(training.targets, np.stack(margins, axis=1))
            study.tell(trial, value)
            record(chosen, value)
    return study.best_params | {"macro_average_precision": study.best_value}
