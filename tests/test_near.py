"""Off the pinned system outputs are compared to four digits: what that lets pass, and what not."""
from types import SimpleNamespace

import nbformat
import pytest
from nbval import plugin

from near import EXACT, Near, loosen


@pytest.mark.parametrize("mine, theirs", [
    ("σ = 1.65832", "σ = 1.65829"), ("-0.30 and −1.51", "-0.30 and −1.51"), ("0.07", "0.08"), ("3.1e-17 apart", "0.0 apart"), ("12345.6", "12346.0"),
    ("0.99999", "1.00001"), ('<img src="data:image/svg+xml,%3Csvg 1">', '<img src="data:image/svg+xml,%3Csvg 2">'),
    ("&quot;key&quot;: &quot;LQ9_&quot;, 0.66666", "&quot;key&quot;: &quot;LQ8_&quot;, 0.66667")])
def test_last_digits_and_figures_may_differ(mine, theirs):
    assert Near(mine) == Near(theirs)


@pytest.mark.parametrize("mine, theirs", [
    ("σ = 1.658", "σ = 1.648"), ("0.30", "-0.30"), ("7 of 100", "8 of 100"), ("0.07", "0.09"), ("one 1.0", "two 1.0"), ("1.0 2.0", "1.0"), ("nan", "1.0"),
    ("2e-5", "3e-3"), ("W1", "W2")])
def test_nothing_else_may(mine, theirs):
    assert Near(mine) != Near(theirs)


def compared(test, stored):
    """nbval's comparison, of a cell that has only what it takes."""
    skipped = ("metadata", "output_type", "execution_count", "image/svg+xml")
    cell = SimpleNamespace(parent=SimpleNamespace(sanitize_patterns={}, skip_compare=skipped), colors=plugin.nocolors, format_output_compare=max)
    cell.sanitize = lambda text: plugin.IPyNbCell.sanitize(cell, text)
    return plugin.IPyNbCell.compare_outputs(cell, test, stored)


def test_nbval_compares_so_once_it_is_told(monkeypatch):
    for kind, name in ((plugin.IPyNbCell, "sanitize"), (plugin.IPyNbFile, "__init__")):
        monkeypatch.setattr(kind, name, vars(kind)[name])

    def output(text, figure):
        return [nbformat.v4.new_output("execute_result", {"text/plain": text, "image/svg+xml": figure}, execution_count=1)]
    stored = output("1.65832", "<svg>1</svg>")
    assert EXACT is not compared(output("1.65829", "<svg>1</svg>"), stored)
    loosen(plugin)
    assert compared(output("1.65829", "<svg>2</svg>"), stored)
    assert not compared(output("1.64", "<svg>1</svg>"), stored)
