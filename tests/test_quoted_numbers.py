"""Every number that a chapter's text quotes stands in the output of a cell that the text names, or in a list with its source."""
import tomllib
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from quoted import claims, minutes_to_read, unsupported

HERE = Path(__file__).parent
NOTEBOOKS = sorted((HERE.parent / "chapters").glob("*.ipynb"))
GIVEN = tomllib.loads((HERE / "given.toml").read_text("utf-8"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_quoted_number_is_printed_by_a_named_cell_or_has_a_source(path):
    given = [entry["number"] for entry in GIVEN.get(path.stem, [])]
    assert unsupported(nbformat.read(path, as_version=4), given) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_time_a_chapter_asks_for_is_measured(path):
    notebook = nbformat.read(path, as_version=4)
    to = "practise" if path.stem.endswith("_practice") else "read"
    assert f"**Time** {minutes_to_read(notebook)} minutes to {to}" in notebook.cells[0].source


def test_every_number_from_elsewhere_is_used_and_says_where_it_is_from():
    for chapter, entries in GIVEN.items():
        notebook = nbformat.read(HERE.parent / "chapters" / f"{chapter}.ipynb", as_version=4)
        used = {claim for cell in notebook.cells if cell.cell_type == "markdown" for claim in claims(cell.source)}
        for entry in entries:
            assert entry["source"].strip() and entry["number"] in used, entry


@pytest.mark.parametrize("text, wanted", [
    ("a factor of 0.866", ["0.866"]), ("−0.3015 and 13 %", ["-0.3015", "13"]), ("in 2016, 3 of 4", []), ("$2^{15}$", []),
    ("$\\tfrac14 x_{13}$", []), ("`x[77]`", []), ("1,024 rows", ["1024"]), ("$2.75\\cdot 10^{-6}$", ["2.75e-6"]), ("arXiv 1607.06450", []),
    ("```{admonition} Off\n:class: note\n13.5 `x`\n```\nand 14.5", ["13.5", "14.5"]), ("```\n13.5\n```", [])])
def test_what_counts_as_a_quoted_number(text, wanted):
    assert claims(text) == wanted


def page(text, printed, quotes=("shown",)):
    shown = new_code_cell("x = 768", id="shown", outputs=[new_output("stream", text=printed)])
    return new_notebook(cells=[shown, new_markdown_cell(text, id="text", metadata={"quotes": list(quotes)})])


def test_a_changed_last_digit_is_found():
    assert unsupported(page("It is 0.216 at 768.", "0.21569\n")) == []
    assert unsupported(page("It is 0.217.", "0.21569\n")) == [("text", "0.217")]


def test_a_number_of_a_cell_that_is_not_named_does_not_count():
    assert unsupported(page("It is 0.216.", "0.21569\n", quotes=())) == [("text", "0.216")]


def test_a_caption_and_a_reason_told_by_hand_are_checked_too():
    cell = new_code_cell('guess.reveal(3, "It is 17.5.")', id="card", metadata={"mystnb": {"figure": {"caption": "Up to 44.5."}}})
    assert unsupported(new_notebook(cells=[cell])) == [("card", "44.5")]
    cell.source = 'guess.reveal(3, f"It is {17.5}.")'
    cell.metadata = {}
    assert unsupported(new_notebook(cells=[cell])) == []
