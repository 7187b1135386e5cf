"""What every stage shares: its arguments from the command line, its parameters, plain errors."""

import inspect
import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

import yaml

from features.policy import PolicyError
from features.tables import TableError
from simulation.corpus import CorpusError


class StageError(RuntimeError):
    """A stage cannot go on; the message says what was found and what was expected."""


def stage_main(stage: Callable[..., None]) -> None:
    """Run `stage` with `--name VALUE` for each of its arguments, typed by its annotations.

    An error that the user can mend ends with its message and exit code 1, any other with a traceback.
    """
    parser = ArgumentParser(prog=f"python -m pipelines.{stage.__name__}", description=stage.__doc__)
    for name, parameter in inspect.signature(stage).parameters.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=parameter.annotation, required=True)
    try:
        stage(**vars(parser.parse_args()))
    except (PolicyError, TableError, CorpusError, StageError) as error:
        sys.exit(f"{stage.__name__}: {error}")


def load_params(path: Path) -> dict:
    """The parameters of `params.yaml`; months stay strings."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def write_json(content, path: Path) -> None:
    """Write JSON for people and for git: sorted as given, indented, ending with a line break."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
