"""The command line: score documents, publish a month, look at evidence, promote a model."""

import json
import sys
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from tqdm import tqdm

from features.documents import build_documents, documents_from_rows
from features.policy import PolicyError, load_policy
from features.tables import TableError, read_table
from models.artifact import ArtifactError, verify_manifest
from models.scorer import Scorer
from pipelines.ingest import fault_text
from pipelines.stage import StageError, load_params
from simulation.corpus import CorpusError

app = typer.Typer(
    help="Find the jobs and messages that break a crowdsourcing marketplace's rules, and publish the month.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
Artifact = Annotated[
    Path, typer.Option(help="Folder of the scoring artifact, as `dvc repro export` writes it.")
]
_ENDINGS = ".csv, .jsonl or .parquet"


def _fail(error: Exception):
    typer.echo(f"mimawari: {error}", err=True)
    raise typer.Exit(1)


def load_artifact(folder: Path) -> Scorer:
    """The scorer of an artifact once its manifest was verified."""
    verify_manifest(folder)
    return Scorer.load(folder / "artifacts" / "final")


@app.command()
def score(
    jobs: Annotated[Path | None, typer.Option(help=f"Table of jobs ({_ENDINGS}).")] = None,
    messages: Annotated[Path | None, typer.Option(help=f"Table of messages ({_ENDINGS}).")] = None,
    out: Annotated[Path, typer.Option(help="Where to write the scores (JSON Lines).")] = Path("-"),
    artifact: Artifact = Path("export"),
) -> None:
    """Score jobs and messages: one JSON object a document.

    Either table may be left out. A message is read with its job and thread where they are given. Rows that
    break the schema are not scored: they are listed beside the output as OUT.jobs-rejected.csv and
    OUT.messages-rejected.csv, and the first of them on the screen.

    Example: mimawari score --jobs jobs.csv --messages messages.jsonl --out scores.jsonl
    """
    if jobs is None and messages is None:
        _fail(TableError("nothing to score: give --jobs, --messages or both"))
    if out.is_dir():
        _fail(IsADirectoryError(f"{out}: a folder, expected a file to write to"))
    if not out.parent.is_dir():
        _fail(FileNotFoundError(f"{out.parent}: no such folder to write {out.name} to"))
    try:
        scorer = load_artifact(artifact)
        documents = _read_documents(jobs, messages, out)
    except (ArtifactError, TableError, PolicyError) as error:
        _fail(error)
    target = sys.stdout if str(out) == "-" else out.open("w", encoding="utf-8")
    with tqdm(total=len(documents), desc="score", unit="doc", disable=None) as progress:
        for first in range(0, len(documents), 2048):
            part = documents.iloc[first : first + 2048]
            for line in score_lines(scorer, part):
                target.write(json.dumps(line, ensure_ascii=False) + "\n")
            progress.update(len(part))
    if target is not sys.stdout:
        target.close()


def score_lines(scorer: Scorer, documents):
    """One dict a document, as `mimawari score` writes it."""
    scored = scorer.score_documents(documents)
    for k, (document_id, kind) in enumerate(
        zip(documents["document_id"], documents["document_type"], strict=True)
    ):
        yield {
            "document_id": document_id,
            "document_type": kind,
            "probabilities": {
                c: round(float(p), 6) for c, p in zip(scorer.ids, scored.probabilities[k], strict=True)
            },
            "categories": [c for c, f in zip(scorer.ids, scored.flagged[k], strict=True) if f],
            "action": scored.action[k],
            "evidence": scored.evidence[k],
        }


def _read_documents(jobs, messages, out=Path("-")):
    """The documents of the tables that are given; rows that break the schema are told and left out."""
    paths = {"jobs": jobs, "messages": messages}
    checked = {name: read_table(path, name) for name, path in paths.items() if path is not None}
    if str(out) != "-":
        # A list that an earlier run left beside the output is not of this one.
        for name in paths:
            _rejected_path(out, name).unlink(missing_ok=True)
    _report_rejected(checked, out)
    tables = {name: c.rows for name, c in checked.items()}
    return build_documents(tables.get("jobs"), tables.get("messages"))


def _rejected_path(out, name):
    return out.with_name(f"{out.name}.{name}-rejected.csv")


def _report_rejected(checked, out):
    for name, c in checked.items():
        if c.quarantine.empty:
            continue
        first = c.quarantine.iloc[0]
        typer.echo(
            f"mimawari: {name}: {c.rows_set_aside} of {c.read} rows are not scored; the first: "
            f"{fault_text(first)}",
            err=True,
        )
        if str(out) != "-":
            c.quarantine.to_csv(_rejected_path(out, name), index=False)


@app.command()
def show(
    jobs: Annotated[Path | None, typer.Option(help=f"Table of jobs ({_ENDINGS}).")] = None,
    messages: Annotated[Path | None, typer.Option(help=f"Table of messages ({_ENDINGS}).")] = None,
    text: Annotated[
        str | None,
        typer.Option(help="One message to try, as from a client before escrow; printed whatever it is."),
    ] = None,
    artifact: Artifact = Path("export"),
    most: Annotated[int, typer.Option(help="How many flagged documents to print.")] = 10,
) -> None:
    """Print flagged documents with their evidence marked 【like this】, the clause and the advice.

    With --text that one message, flagged or not.
    """
    if jobs is None and messages is None and text is None:
        _fail(TableError("nothing to show: give --jobs, --messages, both, or --text"))
    if text is not None and (jobs is not None or messages is not None):
        _fail(TableError("--text is shown alone, without --jobs and --messages"))
    try:
        scorer = load_artifact(artifact)
        documents = _read_documents(jobs, messages) if text is None else _one_message(text)
    except (ArtifactError, TableError, PolicyError) as error:
        _fail(error)
    shown = 0
    for line, row in zip(score_lines(scorer, documents), documents.itertuples(index=False), strict=True):
        if text is not None or (line["categories"] and shown < most):
            typer.echo(_marked(line, row, scorer))
            shown += 1


def _one_message(text):
    return documents_from_rows(
        pd.DataFrame([{"document_id": "text", "document_type": "message", "body": text}])
    )


def _marked(line, row, scorer):
    parts = [f"■ {line['document_id']} ({line['document_type']}): {line['action']}"]
    for category in line["categories"]:
        name = scorer.model.policy[category].name_ja
        parts.append(f"  {name} {line['probabilities'][category]:.2f}")
        own = [(e["clause"], e["advice"]) for e in line["evidence"] if e["category"] == category]
        parts += [f"    {clause}: {advice}" for clause, advice in dict.fromkeys(own)]
    for field in ("title", "description", "body"):
        if text := getattr(row, field):
            spans = [(e["start"], e["end"]) for e in line["evidence"] if e["field"] == field]
            parts.append(_with_marks(text, spans))
    return "\n".join(parts) + "\n"


def _with_marks(text, spans):
    """The text with every span in 【】; spans that overlap are marked as one."""
    apart = []
    for start, end in sorted(set(spans)):
        if apart and start < apart[-1][1]:
            apart[-1][1] = max(apart[-1][1], end)
        else:
            apart.append([start, end])
    for start, end in reversed(apart):
        text = f"{text[:start]}【{text[start:end]}】{text[end:]}"
    return text


@app.command()
def report(
    month: Annotated[str, typer.Option(help="The month to publish, such as 2026-09.")],
    as_of: Annotated[
        str, typer.Option(help="The day at whose end the figures are taken, such as 2026-10-05.")
    ],
    out: Annotated[
        Path | None, typer.Option(help="Folder to write to; reports/monthly/MONTH where left out.")
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(help="Folder of the tables jobs, messages and labels; `source` of PARAMS if left out."),
    ] = None,
    params: Annotated[
        Path, typer.Option(help="The parameters: where the tables are, how many bad rows are too many.")
    ] = Path("params.yaml"),
    artifact: Artifact = Path("export"),
) -> None:
    """Publish one month from the tables and the artifact, without DVC: page, tables, charts, announcement."""
    from pipelines.month import report_month

    try:
        settings = load_params(params)
        limit = settings["ingest"]["max_quarantine_share"]
        folder = report_month(month, as_of, source or Path(settings["source"]), limit, artifact, out)
    except (ArtifactError, TableError, PolicyError, StageError) as error:
        _fail(error)
    typer.echo(f"{folder}/index.html")


@app.command()
def corpus(
    folder: Annotated[Path, typer.Argument(help="Folder of *.jsonl files.")] = Path("data/corpus"),
) -> None:
    """Count the hand-written documents by category, type and difficulty."""
    from simulation.counts import count_table

    try:
        typer.echo(count_table(folder).to_string())
    except CorpusError as error:
        _fail(error)


@app.command()
def signals(policy: Annotated[Path, typer.Option(help="The policy file.")] = Path("policy.yaml")) -> None:
    """List the signals, what they mean, and the clauses of the policy that rest on them."""
    from features.signals import SIGNALS

    try:
        rules = load_policy(policy)
    except PolicyError as error:
        _fail(error)
    for signal in SIGNALS:
        clauses = [k.id for c in rules.categories for k in c.clauses if signal.name in k.signals]
        typer.echo(f"{signal.name}: {signal.meaning} [{', '.join(clauses) or 'no clause'}]")


@app.command()
def search(
    trials: Annotated[
        int, typer.Option(min=1, help="How many settings to try, the present ones first.")
    ] = 25,
    documents: Annotated[Path, typer.Option(help="What the stage ingest wrote.")] = Path("data/documents"),
    split: Annotated[Path, typer.Option(help="What the stage split wrote.")] = Path(
        "data/split/parts.parquet"
    ),
    policy: Annotated[Path, typer.Option(help="The policy file.")] = Path("policy.yaml"),
    params: Annotated[Path, typer.Option(help="The parameters to begin with.")] = Path("params.yaml"),
) -> None:
    """Search the trees' settings, seeded by params.yaml; every trial is a run in MLflow.

    Prints the best settings: to use them, write them into params.yaml and run `dvc repro`.
    """
    from pipelines.search import search as run_search

    try:
        best = run_search(documents, split, policy, params, trials)
    except (PolicyError, StageError) as error:
        _fail(error)
    for name, value in best.items():
        typer.echo(f"{name}: {value:.4g}" if isinstance(value, float) else f"{name}: {value}")


@app.command()
def promote(
    version: Annotated[
        str | None, typer.Argument(help="Version to promote; the newest where left out.")
    ] = None,
) -> None:
    """Move the alias `champion` of the registered model to a version."""
    from pipelines.promote import ALIAS
    from pipelines.promote import promote as move_alias

    try:
        typer.echo(f"{ALIAS} is version {move_alias(version)}")
    except StageError as error:
        _fail(error)
