"""The table that leads from each idea of the lesson to its section names sections that are there."""
import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parent.parent
ROWS = [line.strip("| ").split(" | ") for line in (ROOT / "lesson.md").read_text("utf-8").splitlines() if line.startswith("|")][2:]
LABEL = re.compile(r"^\(([\w-]+)\)=\n#+ ", re.M)
LABELS = {label for path in (ROOT / "chapters").glob("*.ipynb") for cell in nbformat.read(path, as_version=4).cells
          if cell.cell_type == "markdown" for label in LABEL.findall(cell.source)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_an_idea_leads_to_sections_of_the_course(row):
    named = re.findall(r"\[\]\(([\w-]+)\)", row[1])
    assert named and set(named) <= LABELS, set(named) - LABELS


def test_no_idea_stands_twice_and_the_lesson_is_there_from_its_first_to_its_last():
    ideas = [row[0] for row in ROWS]
    assert len(set(ideas)) == len(ideas) >= 34
    for word in ("1/d", "ε", "BatchNorm", "Pre-LN", "γ", "Worked example 3", "Exercise, hard"):
        assert any(word in idea for idea in ideas), word
