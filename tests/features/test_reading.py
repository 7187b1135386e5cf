"""Many texts read together are read as each alone."""

from hypothesis import given
from hypothesis import strategies as st

from features.reading import read_texts
from features.tokens import Morphemes

TEXTS = st.lists(st.one_of(st.text(max_size=25), st.text("あ猫。！？\n LI○NE@1", max_size=25)), max_size=5)


def seen(reading, morphemes):
    surfaces = [reading.text[a:b] for a, b in zip(reading.tokens.starts, reading.tokens.ends, strict=True)]
    lemmas = [morphemes.lemmas[k] for k in reading.tokens.kinds]
    return reading.text, reading.sentences, surfaces, lemmas


@given(TEXTS)
def test_a_text_is_read_among_others_as_alone(texts):
    shared = Morphemes()
    together = read_texts(texts, shared)
    assert len(together) == len(texts)
    for k, text in enumerate(texts):
        morphemes = Morphemes()
        (alone,) = read_texts([text], morphemes)
        assert seen(together[k], shared) == seen(alone, morphemes)
        assert "".join(seen(alone, morphemes)[2]) == alone.text


def test_sentences_of_several_texts():
    readings = read_texts(["猫がいる。犬もいる", "", "！まず\n次"], Morphemes())
    said = [[r.text[a:b] for a, b in r.sentences] for r in readings]
    assert said == [["猫がいる。", "犬もいる"], [], ["!まず\n", "次"]]
    assert readings.owners.tolist() == [0, 0, 2, 2]
