"""What every stage shares: its arguments from the command line, its parameters, plain errors."""

import inspect
import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

import yaml

_ROOMS = ("features", "models", "monthly", "pipelines", "simulation")


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
    except Exception as error:
        # The project's own errors are those that the user can mend. They are known by where they are
        # defined: importing them here would make every stage depend on every file that defines one.
        if type(error).__module__.partition(".")[0] not in _ROOMS:
            raise
        sys.exit(f"{stage.__name__}: {error}")


def load_params(path: Path) -> dict:
    """The parameters of `params.yaml`; months stay strings.

    Raises
    ------
    StageError
        Where the file cannot be read or is no YAML.
    """
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StageError(f"{path}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise StageError(f"{path}: not valid YAML: {error}") from error


def part_of_month(month: str, settings: dict) -> str:
    """`train`, `validation` or `test`, by the first months of the later two."""
    if month >= settings["test_from"]:
        return "test"
    return "validation" if month >= settings["validation_from"] else "train"


def write_json(content, path: Path) -> None:
    """Write JSON for people and for git: sorted as given, indented, ending with a line break."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
