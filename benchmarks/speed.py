"""Speed of scoring against bare MeCab on the same texts, on one core, in one run.

Usage: python benchmarks/speed.py [--artifact data/model/final] [--posts 400]

Prints, in pairs taken in turn: seconds per 1,000 posts of bare `fugashi -Owakati` and of raw rows to
probabilities and evidence; the median of the ratios; how much the posts repeat each other; the ratio for a single
document; the peers; and how cost grows with length.
"""

import argparse
import os
import statistics
import time
from pathlib import Path

import fugashi
import pandas as pd
import unidic_lite
from sklearn.feature_extraction.text import TfidfVectorizer

from features.tables import read_table
from models.scorer import Scorer

LENGTH = 1000


def posts_of(folder: Path, most: int) -> pd.DataFrame:
    """Rows of jobs whose descriptions have about 1,000 characters, put together from real-looking ones."""
    tables = [read_table(path, "jobs").rows for path in sorted(folder.glob("*.csv"))[-3:]]
    jobs = pd.concat(tables, ignore_index=True)
    texts, rows = "\n\n".join(jobs["description"]), []
    for k in range(min(most, len(texts) // LENGTH)):
        rows.append(jobs.iloc[k].to_dict() | {"description": texts[k * LENGTH : (k + 1) * LENGTH]})
    return pd.DataFrame(rows).astype(jobs.dtypes)


def seconds(call) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def ratio(ours, bare, rounds: int) -> tuple[float, float, float]:
    """Median ratio of pairs taken in turn, and the two medians in seconds."""
    pairs = [(seconds(ours), seconds(bare)) for _ in range(rounds)]
    return (
        statistics.median(a / b for a, b in pairs),
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--artifact", type=Path, default=Path("data/model/final"))
    parser.add_argument("--jobs", type=Path, default=Path("data/raw/jobs"))
    parser.add_argument("--posts", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    jobs = posts_of(arguments.jobs, arguments.posts)
    texts = (jobs["title"] + "\n" + jobs["description"]).tolist()
    tagger = fugashi.GenericTagger(f'-Owakati -r /dev/null -d "{unidic_lite.DICDIR}"')
    scorer = Scorer.load(arguments.artifact)
    scorer.score(jobs)  # kinds of morpheme are learnt once a process

    def bare():
        for text in texts:
            tagger.parse(text)

    rows = []
    for name, call in (
        ("raw rows to probabilities and evidence", lambda: scorer.score(jobs)),
        ("raw rows to probabilities", lambda: scorer.score(jobs, explain=False)),
        ("scikit-learn TF-IDF, lemma and character", lambda: _peer(texts, tagger)),
    ):
        r, ours, mecab = ratio(call, bare, arguments.rounds)
        rows.append((name, len(texts) / ours, len(texts) / mecab, r))
    table = pd.DataFrame(rows, columns=["what", "posts/s", "bare MeCab posts/s", "times bare MeCab"])
    print(table.to_string(index=False, float_format="%.2f"))
    # Cut once where they stand in several posts: the more there are, the better for us.
    lines = [line for text in texts for line in text.split("\n")]
    repeated = 1 - sum(map(len, set(lines))) / sum(map(len, lines))
    print(f"\ncharacters in lines that repeat an earlier one: {repeated:.0%}")

    singles = []
    for k in range(min(100, len(jobs))):
        one, text = jobs.iloc[[k]], texts[k]
        singles.append(seconds(lambda o=one: scorer.score(o)) / seconds(lambda t=text: tagger.parse(t)))
    print(f"\na single document: median {statistics.median(singles):.1f} times its bare parse")

    print("\nlength, microseconds per character")
    for length in (1_000, 10_000, 100_000):
        long = jobs.iloc[[0]].assign(description=("".join(texts) * 10)[:length])
        cost = statistics.median(seconds(lambda r=long: scorer.score(r)) for _ in range(3))
        print(f"{length:7d} {cost / length * 1e6:6.2f}")


def _peer(texts, tagger):
    TfidfVectorizer(analyzer=lambda t: tagger.parse(t).split(), min_df=2).fit_transform(texts)
    TfidfVectorizer(analyzer="char", ngram_range=(1, 4), min_df=2).fit_transform(texts)


if __name__ == "__main__":
    main()
