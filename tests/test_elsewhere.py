"""The notebooks where a reader has installed nothing: the same cells after one that installs, and without PyTorch a sentence, not a fault."""
import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml
from IPython.core.interactiveshell import InteractiveShell
from jupyterlite_pyodide_kernel.constants import PYODIDE_KERNEL_PLUGIN_ID, PYODIDE_URL, PYODIDE_VERSION
from packaging.requirements import Requirement

from layernorm.site import absent, colab, lite

ROOT = Path(__file__).parent.parent
CHAPTERS = sorted(path.stem for path in (ROOT / "chapters").glob("*.ipynb"))
SHORT = ["05_in_use"]                                        # all of them take long, and run where EVERYTHING is set: in the workflow `check`


@pytest.mark.parametrize("install", [colab.INSTALL, lite.INSTALL], ids=["colab", "lite"])
def test_a_copy_has_the_same_cells_after_one_that_installs(tmp_path, install):
    colab.write(tmp_path, install)
    assert sorted(path.stem for path in (tmp_path / "chapters").iterdir()) == CHAPTERS
    for name in CHAPTERS:
        source, made = (nbformat.read(folder / "chapters" / f"{name}.ipynb", as_version=4) for folder in (ROOT, tmp_path))
        first, *others = made.cells
        assert first.source == install and first.source.count("%pip install") == 1 and others == source.cells, name
        nbformat.validate(made)


def test_what_the_workflow_calls_writes_copies_that_install_that_very_commit(tmp_path):
    colab.main(tmp_path, "0123abcd")
    first = nbformat.read(tmp_path / "chapters" / "01_definition.ipynb", as_version=4).cells[0].source
    wanted = Requirement(re.search(r'"(layernorm @ .*)"', first)[1])
    assert wanted.name == "layernorm" and wanted.url.endswith("/layernorm@0123abcd")


def test_each_chapter_has_buttons_that_lead_to_that_notebook(site):
    options = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["sphinx"]["config"]
    owner = options["html_theme_options"]["repository_url"].removeprefix("https://github.com/")
    for name in CHAPTERS:
        page = (site / "chapters" / f"{name}.html").read_text("utf-8")
        path = f"chapters/{name}.ipynb"
        for address in (f"https://mybinder.org/v2/gh/{owner}/main?urlpath=lab/tree/{path}",
                        f"https://colab.research.google.com/github/{owner}/blob/{colab.BRANCH}/{path}",
                        f"{options['html_baseurl']}lite/lab/index.html?path={path}"):
            assert page.count(f'href="{address}"') == 1, f"{name}: {address}"


def test_the_runtime_of_the_browser_is_named_in_one_place_and_is_the_one_that_the_kernel_is_made_for():
    settings = yaml.safe_load((ROOT / "lite" / "jupyter-lite.json").read_text("utf-8"))["jupyter-config-data"]["litePluginSettings"]
    address = settings[PYODIDE_KERNEL_PLUGIN_ID][PYODIDE_URL]
    assert f"v{PYODIDE_VERSION}/" in address and address.endswith("/pyodide.mjs")
    mine = Path(__file__).resolve()
    others = [path for path in (*ROOT.glob("*.*"), *(ROOT / "lib").rglob("*.py"), *(ROOT / ".github").rglob("*.yml")) if path.is_file()]
    assert [path.name for path in others if path != mine and "pyodide.mjs" in path.read_text("utf-8", errors="replace")] == []


def test_what_pyodide_lacks_is_pure_python_and_pinned():
    pinned = {name.lower().replace("_", "-") for name in re.findall(r"^([\w.-]+)==", (ROOT / "constraints.txt").read_text("utf-8"), re.M)}
    assert set(lite.WHEELS) <= pinned


WITHOUT = """
import io, sys
from contextlib import redirect_stdout
import nbformat
from IPython.core.interactiveshell import InteractiveShell
from layernorm.site import absent

shell = InteractiveShell.instance()
absent.stand_in("torch", shell)
said = 0
for cell in nbformat.read(sys.argv[1], as_version=4).cells:
    if cell.cell_type == "code":
        printed = io.StringIO()
        with redirect_stdout(printed):
            ran = shell.run_cell(cell.source)
        fault = ran.error_before_exec or ran.error_in_exec
        assert fault is None or isinstance(fault, absent.Needed), f"{cell.id}: {fault!r}"
        assert fault is None or printed.getvalue().splitlines()[-1] == absent.SENTENCE, f"{cell.id}: {printed.getvalue()}"
        said += fault is not None
print("said", said)
"""


@pytest.mark.parametrize("name", CHAPTERS if os.environ.get("EVERYTHING") else SHORT)
def test_a_chapter_runs_without_torch_and_what_needs_it_says_so(name):
    source = ROOT / "chapters" / f"{name}.ipynb"
    ran = subprocess.run([sys.executable, "-c", WITHOUT, source], cwd=source.parent, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout[-1000:] + ran.stderr[-2000:]
    assert int(re.search(r"said (\d+)", ran.stdout)[1]) > 0 or name not in SHORT


@pytest.fixture
def shell(monkeypatch):
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    shell = InteractiveShell()
    absent.stand_in("nothere", shell)
    yield shell
    for name in [name for name in sys.modules if name.split(".")[0] == "nothere"]:
        del sys.modules[name]


@pytest.mark.parametrize("cell, says", [
    ("import nothere\nfrom nothere import nn\nfrom nothere.nn.functional import silu", False),
    ("import nothere\nclass Block(nothere.nn.Module):\n    pass", False),
    ("import nothere\nclass Block(nothere.nn.Module):\n    pass\nBlock(3)", True),
    ("from nothere import tensor\ntensor([1.0])", True), ("import nothere\nnothere.one + 1", True), ("import nothere\nfor x in nothere.some: pass", True),
    ("import nothere\nf'{nothere.one}'", True), ("import nothere\nimport numpy as np\nnp.asarray(nothere.one)", True),
    ("import nothere\nisinstance(1.0, nothere.Tensor) or issubclass(int, nothere.Tensor)", False)])
def test_what_is_absent_can_be_named_and_not_used(shell, capsys, cell, says):
    ran = shell.run_cell(cell)
    out = capsys.readouterr().out
    assert isinstance(ran.error_in_exec, absent.Needed) is says and (ran.error_in_exec is None) is not says
    assert out.count(absent.SENTENCE) == says and "Traceback" not in out


def test_a_cell_behind_says_the_same_and_what_was_made_before_stays(shell, capsys):
    shell.run_cell("import nothere\nbefore = 1\nx = nothere.zeros(before)\nbehind, (a, b) = 2, x\ndef late(): return 3")
    capsys.readouterr()
    assert shell.user_ns["before"] == 1 and {type(shell.user_ns[name]) for name in ("x", "behind", "a", "b", "late")} == {absent.Absent}
    shell.run_cell("late() + before")
    assert capsys.readouterr().out.strip() == absent.SENTENCE
    other = shell.run_cell("unknown")                                     # other faults stay what they are
    assert isinstance(other.error_in_exec, NameError) and "NameError" in capsys.readouterr().out


def test_the_installing_cells_are_python_but_for_their_magic():
    for install in (colab.INSTALL, lite.INSTALL):
        ast.parse(re.sub(r"^%.*", "", install, flags=re.M))
