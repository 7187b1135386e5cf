"""Template groups: documents that are near-duplicates of each other, found by MinHash."""

import re

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

SHINGLE = 5  # characters
BINS, BANDS = 60, 15  # 15 bands of 4: half of the pairs at Jaccard 0.51, 95 % at 0.70 are candidates
LIKENESS = 0.55  # Jaccard from which two texts count as one template

_VARIES = re.compile(r"[\d０-９,，.\s\W]+")


def minhash(text: str) -> np.ndarray:
    """One-permutation MinHash of a text's character shingles.

    Digits, punctuation and spaces do not count. Returns `BINS` unsigned integers; an empty bin takes
    the value of the next filled one (rotation densification, Shrivastava & Li 2014).
    """
    letters = np.frombuffer(_VARIES.sub("", text).encode("utf-32-le", "replace"), dtype=np.uint32)
    width = min(SHINGLE, len(letters))
    code = np.zeros(max(len(letters) - width + 1, 1), dtype=np.uint64)
    for k in range(width):
        code = code * np.uint64(0x9E3779B97F4A7C15) + letters[k : k + len(code)]
    code ^= code >> np.uint64(31)
    code *= np.uint64(0xBF58476D1CE4E5B9)
    code ^= code >> np.uint64(29)
    bins = (code % np.uint64(BINS)).astype(np.int64)
    smallest = np.full(BINS, np.iinfo(np.uint64).max, dtype=np.uint64)
    np.minimum.at(smallest, bins, code)
    filled = np.flatnonzero(smallest != np.iinfo(np.uint64).max)
    following = filled[np.searchsorted(filled, np.arange(BINS)) % len(filled)]
    return smallest[following]


def template_groups(texts: list[str], known: list[str] | None = None) -> np.ndarray:
    """Number the template group of each text.

    Parameters
    ----------
    texts
        One text a document.
    known
        One name a document where it is known what text stands behind it ("" where not); documents
        of the same name share a group whatever their likeness.

    Returns
    -------
    Integers, one a text; equal where two texts are alike, directly or through others.
    """
    if not texts:
        return np.zeros(0, dtype=np.int64)
    signatures = np.stack([minhash(text) for text in texts])
    rows = np.arange(len(texts))
    links = []
    for band in np.split(signatures, BANDS, axis=1):
        _, key = np.unique(band, axis=0, return_inverse=True)
        first = _first_of(key.ravel())
        # A shared band is a candidate; the share of equal bins estimates the Jaccard likeness.
        alike = (signatures == signatures[first]).mean(axis=1) >= LIKENESS
        links.append((rows[alike], first[alike]))
    if known is not None:
        named = np.array([name != "" for name in known])
        _, key = np.unique(np.array(known, dtype=object).astype(str), return_inverse=True)
        links.append((rows[named], _first_of(key)[named]))
    source, target = (np.concatenate(side) for side in zip(*links, strict=True))
    graph = coo_matrix((np.ones(len(source), dtype=np.int8), (source, target)), shape=(len(texts),) * 2)
    return connected_components(graph, directed=False)[1]


def _first_of(key):
    """For each element the index of the first with the same key."""
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    return first[inverse]
