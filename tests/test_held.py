"""What holds is left out of a run of the tests, and nothing else is."""
import os
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = """
import sys
sys.path.insert(0, {here!r})
sys.modules["rfc3987_syntax"] = None                          # as in the course's own: it takes seconds
pytest_plugins = ["nbval.plugin"] if "--nbval" in sys.argv else []
def pytest_configure(config):
    import held
    config.pluginmanager.register(held.Held(config), "held")
"""
TESTS = """
import subprocess, sys
from pathlib import Path
import pytest
HERE = Path(__file__).parent

@pytest.fixture(scope="module")
def lesson():
    return (HERE / "lesson.md").read_text()

def test_sum(): assert 1 + 1 == 2
def test_lesson(lesson): assert lesson != "wrong"
def test_lesson_again(lesson): assert lesson != "wrong"
def test_page(): assert (HERE / "_build/html/page.html").read_text()
def test_process(): subprocess.run([sys.executable, "-c", ""], check=True)
"""
ALL = {"test_sum", "test_lesson", "test_lesson_again", "test_page", "test_process"}
CELL = '{"cells": [%s], "metadata": {"kernelspec": {"name": "python3", "display_name": "", "language": "python"}}, "nbformat": 4, "nbformat_minor": 5}'
CODE = '{"cell_type": "code", "id": "%s", "metadata": {}, "execution_count": null, "outputs": [], "source": "%s"}'


@pytest.fixture
def book(tmp_path):
    """A small repository, and ``run(*arguments)``: (exit status, names of the tests that ran, what was said)."""
    for name, text in {"conftest.py": CONFTEST.format(here=str(Path(__file__).parent)), "test_it.py": TESTS, "lesson.md": "right", "other.md": "too",
                       "code.py": "a = 1", ".gitignore": "_build/\n.pytest_cache/\n__pycache__/\n", "_build/html/page.html": "<p>"}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)

    def run(*arguments, **more):
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("EVERYTHING", "PYTEST"))} | more
        done = subprocess.run([sys.executable, "-m", "pytest", "-v", "-p", "no:nbval", "-p", "no:anyio", *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True)
        ran = {line.split("::")[1].split()[0] for line in done.stdout.splitlines() if line.partition("::")[2].endswith(("]",)) or "PASSED test" in line or "FAILED test" in line}
        return done.returncode, ran, done.stdout
    return tmp_path, run


@pytest.mark.parametrize("processes", [[], ["-n", "2"]], ids=["alone", "side by side"])
def test_a_second_run_has_nothing_to_do_and_says_so(book, processes):
    _, run = book
    assert run(*processes)[:2] == (0, ALL)
    status, ran, said = run(*processes)
    assert (status, ran) == (0, set()) and "5 more have passed before and hold" in said
    assert run(*processes, EVERYTHING="1")[:2] == (0, ALL)


@pytest.mark.parametrize("name, again", [("lesson.md", {"test_lesson", "test_lesson_again", "test_process"}), ("other.md", {"test_process"}),
                                         ("_build/html/page.html", {"test_page", "test_process"}), ("code.py", ALL), ("new.md", ALL), ("new.py", ALL)])
def test_what_changes_brings_back_those_that_depend_on_it(book, name, again):
    folder, run = book
    run()
    (folder / name).write_text("changed = 1", "utf-8")
    assert run()[:2] == (0, again)


def test_what_failed_does_not_hold_and_what_is_mended_does(book):
    folder, run = book
    (folder / "lesson.md").write_text("wrong", "utf-8")
    assert run()[:2] == (1, ALL)
    assert run()[:2] == (1, {"test_lesson", "test_lesson_again"})
    (folder / "lesson.md").write_text("right", "utf-8")
    assert run()[:2] == (0, {"test_lesson", "test_lesson_again", "test_process"})
    assert run()[:2] == (0, set())


def test_what_changes_while_the_tests_run_does_not_hold(book):
    folder, run = book
    (folder / "test_it.py").write_text(TESTS + "def test_late():\n    (HERE / 'lesson.md').write_text('changed')\n", "utf-8")
    run()
    assert {"test_lesson", "test_lesson_again", "test_process"} <= run()[1]


def test_the_cells_of_a_notebook_run_together_or_not_at_all(book):
    folder, run = book
    cells = lambda last: (folder / "it.ipynb").write_text(CELL % ",".join([CODE % ("one", "a = 1"), CODE % ("two", last)]), "utf-8")    # noqa: E731
    nbval = ("--nbval", "--nbval-current-env", "it.ipynb")
    cells("assert a == 2")
    assert run(*nbval)[0] == 1
    status, _, said = run(*nbval)
    assert status == 1 and "1 passed" in said and "1 failed" in said                 # the first cell is needed by the second
    cells("assert a == 1")
    assert "2 passed" in run(*nbval)[2] and "2 more have passed before" in run(*nbval)[2]
