"""What lies in assets/ is credited there."""

from nnlab.data.assets import asset

FOLDER = asset("README.md").parent


def test_every_bundled_file_is_named_in_the_readme_of_the_assets():
    credits_text = (FOLDER / "README.md").read_text("utf-8")
    names = {path.name for path in FOLDER.iterdir() if path.is_file() and not path.name.startswith(".")}
    assert not [name for name in names - {"README.md"} if name not in credits_text]
    assert {"digits-images-idx3-ubyte.gz", "corpus.en.txt", "corpus.zh.txt"} <= names


def test_every_credit_says_source_and_licence():
    sections = (FOLDER / "README.md").read_text("utf-8").split("\n## ")[1:]
    assert len(sections) >= 2
    assert not [section for section in sections if "Source: " not in section or "Licence" not in section]
