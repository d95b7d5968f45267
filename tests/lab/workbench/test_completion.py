import pytest

from nnlab.lab.workbench.completion import complete, insert


@pytest.mark.parametrize(
    ("line", "kind", "words"),
    [
        ("", "images", ("dense", "dropout", "batchnorm", "conv", "maxpool", "avgpool", "globalpool", "flatten")),
        ("8 t", "table", ("tanh",)),
        ("8 tanh, d", "table", ("dense", "dropout")),
        ("dense ", "table", ()),
        ("8 tanh ", "table", ("no-bias",)),
        ("conv 8 ", "images", ("3x3", "5x5")),
        ("conv 8 3x3 s", "images", ("step", "sigmoid", "silu", "softplus", "sine", "stride", "same")),
        ("conv 8 3x3 stride ", "images", ()),
        ("emb", "text", ("embed",)),
        ("emb", "table", ()),
        ("relu ", "table", ()),
    ],
)
def test_words_that_may_stand_at_the_end(line, kind, words):
    found = complete(line, len(line), kind).words
    assert found[: len(words)] == words
    assert words or not found


def test_the_word_under_the_cursor_is_replaced():
    completion = complete("8 ta, dense 3", 4, "table")
    assert insert("8 ta, dense 3", completion, "tanh") == ("8 tanh, dense 3", 6)
    assert complete("8 ta, dense 3", 3, "table").words == ("tanh",)


@pytest.mark.parametrize("cursor", range(20))
def test_any_cursor_is_answered(cursor):
    line = " 8  tanh,, conv 8 3x"
    complete(line, cursor, "images")
