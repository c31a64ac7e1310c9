"""Setting up says in one line what is missing, and takes nothing unfinished for finished."""
import ast
import os
import re
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

import browser

ROOT = Path(__file__).parent.parent
PREPARE = ROOT / "tools" / "prepare.py"


@pytest.fixture
def prepare():
    return runpy.run_path(str(PREPARE))


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A folder with only what decides the installation: one small package that has to be fetched."""
    for name in ("requirements.txt", "constraints.txt", "pyproject.toml"):
        (tmp_path / name).write_text("")
    (tmp_path / "requirements-dev.txt").write_text("six==1.16.0\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(call, *arguments):
    with pytest.raises(SystemExit) as stopped:
        call(*arguments)
    assert "\n" not in str(stopped.value)
    return str(stopped.value)


def test_a_python_that_is_too_old_is_told_so(prepare):
    prepare["main"].__globals__["LEAST"] = (9, 9)
    assert "Python 9.9 or newer is needed" in refused(prepare["main"], ".venv")


def test_a_python_without_venv_is_told_what_to_install(prepare, monkeypatch):
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    assert "apt install python3-venv" in refused(prepare["main"], ".venv")


def test_any_python_3_can_read_what_refuses_an_old_one():
    ast.parse(PREPARE.read_text("utf-8"), feature_version=(3, 3))


def test_a_missing_network_is_called_that_and_another_fault_of_pip_is_quoted(prepare, tree, monkeypatch):
    for name, value in {"INDEX_URL": "http://127.0.0.1:9/", "RETRIES": "0", "CONFIG_FILE": os.devnull, "FIND_LINKS": "", "NO_CACHE_DIR": "1"}.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    real = prepare["run"]

    def quick(command, log):
        """The environment without a pip of its own, which takes the time; ours works in its place."""
        here = [*command, "--without-pip"] if command[2] == "venv" else [sys.executable, "-m", "pip", "--python", command[0], *command[3:]]
        return real(here, log)
    monkeypatch.setitem(prepare["main"].__globals__, "run", quick)
    said = refused(prepare["main"], ".venv")
    assert "is there a network?" in said and "six==1.16.0" in said and str(Path(".venv", "install.log")) in said
    monkeypatch.setitem(prepare["main"].__globals__, "run", lambda command, log: command[2] != "venv" and quick(command, log))      # pip was what failed
    Path("requirements-dev.txt").write_text("no such line ==\n")
    said = refused(prepare["main"], ".venv")
    assert said.startswith("pip could not install the packages (ERROR: Invalid requirement") and "network" not in said
    assert prepare["complaint"]("error: it broke\n\nnote: not our fault\n") == "error: it broke"


def recorded(prepare, monkeypatch, interrupt=None):
    """Nothing is installed: the commands are noted, and the one called ``interrupt`` is interrupted."""
    calls = []

    def run(command, log):
        calls.append(command[2])
        if command[2] == interrupt:
            raise KeyboardInterrupt
        return 0
    monkeypatch.setitem(prepare["main"].__globals__, "run", run)
    return calls


def test_what_is_installed_is_not_installed_again_until_a_list_changes(prepare, tree, monkeypatch):
    calls = recorded(prepare, monkeypatch)
    for _ in range(2):
        prepare["main"](".venv")
        assert calls == ["venv", "pip"]
    Path("pyproject.toml").write_text("[tool.ruff]\n")
    prepare["main"](".venv")
    assert calls == ["venv", "pip"]
    for times, (name, text) in enumerate({"constraints.txt": "six==1.16.0\n", "pyproject.toml": "[project]\n"}.items(), 2):
        Path(name).write_text(text)
        prepare["main"](".venv")
        assert calls == ["venv", "pip"] * times


@pytest.mark.parametrize("step", ["venv", "pip"])
def test_an_interrupted_installation_is_not_taken_for_finished(prepare, tree, monkeypatch, step):
    recorded(prepare, monkeypatch, interrupt=step)
    with pytest.raises(KeyboardInterrupt):
        prepare["main"](".venv")
    calls = recorded(prepare, monkeypatch)
    prepare["main"](".venv")
    assert calls == ["venv", "pip"]


def test_an_environment_of_another_python_or_place_is_made_anew(prepare, tree, monkeypatch):
    calls = recorded(prepare, monkeypatch)
    prepare["main"](".venv")
    Path(".venv", "left").write_text("")
    Path(".venv").rename("moved")
    prepare["main"]("moved")
    assert not Path("moved", "left").exists() and calls == ["venv", "pip"] * 2


def serve(folder, port):
    return subprocess.Popen([sys.executable, "-m", "layernorm.site.serve", str(folder), str(port)], stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_the_server_takes_the_next_port_if_one_is_taken_and_stops_cleanly(tmp_path, sign):
    (tmp_path / "index.html").write_text("hello")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        server = serve(tmp_path, port)
        assert re.fullmatch(rf"Port {port} is taken; \d+ is the next free one.\n", server.stdout.readline())
        address = server.stdout.readline().split()[4]
        assert urllib.request.urlopen(address).read() == b"hello"
        server.send_signal(sign)
        assert server.wait(60) == 0 and "Stopped." in server.stdout.read()


@pytest.mark.parametrize("page, port, said", [
    (False, "8000", "There is no book in"), (True, "a", "a is no port"), (True, "99999", "99999 is no port")])
def test_what_cannot_be_served_is_said(tmp_path, page, port, said):
    if page:
        (tmp_path / "index.html").write_text("hello")
    result = subprocess.run([sys.executable, "-m", "layernorm.site.serve", str(tmp_path), port], capture_output=True, text=True)
    assert result.returncode == 1 and result.stderr.startswith(said) and result.stderr.count("\n") == 1


def make(*arguments, **environment):
    return subprocess.run(["make", "-C", str(ROOT), "--no-print-directory", *arguments], capture_output=True, text=True,
                          env={**os.environ, **environment})


def test_a_missing_python_is_named():
    result = make("ready", "PYTHON=python-that-is-not-there")
    assert result.returncode != 0 and result.stdout.startswith("python-that-is-not-there was not found: install Python 3.11")


def test_a_book_that_does_not_build_says_where(tmp_path):
    for name in ("Makefile", "_config.yml", "_toc.yml", "favicon.svg", "tools"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: index\n")
    (tmp_path / "index.md").write_text("# A page\n\n$\\wrong{x}$\n")
    bin_ = Path(sys.executable).parent
    result = make("build", f"-C{tmp_path}", f"BIN={bin_}", "PYTHON=true")
    assert result.returncode != 0
    assert "does not convert" in result.stdout and "index.md:3" in result.stdout and "The book could not be built" in result.stdout


def browser_at(path, code=0):
    path.write_text(f"#!/bin/sh\nexit {code}\n")
    path.chmod(0o755)
    return str(path)


def test_a_browser_is_found_by_name_by_place_and_by_the_readers_word(tmp_path, monkeypatch):
    monkeypatch.delenv("BROWSER_PATH", raising=False)
    monkeypatch.setattr(browser, "of_playwright", lambda: str(tmp_path / "nowhere"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser.find(places=()) is None
    browser_at(tmp_path / "chromium", code=127)                                # its libraries are missing
    assert browser.find(places=()) is None
    chrome = browser_at(tmp_path / "google-chrome")
    assert browser.find() == chrome and browser.find(names=(), places=(chrome,)) == chrome
    monkeypatch.setattr(browser, "of_playwright", lambda: chrome)
    assert browser.find(names=(), places=()) == chrome
    monkeypatch.setenv("BROWSER_PATH", edge := browser_at(tmp_path / "edge"))
    assert browser.find() == edge
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "nowhere"))
    assert "no browser that starts" in refused(browser.find)


@pytest.mark.parametrize("fetched, root, wanted", [
    (False, True, ["playwright install", "apt-get update", "apt-get install"]), (False, False, ["playwright install"]),
    (True, True, ["playwright install", "playwright install-deps"])])
def test_without_a_browser_one_is_fetched(monkeypatch, fetched, root, wanted):
    tried = []

    def succeeds(*command):
        tried.append(" ".join(command).removeprefix(f"{sys.executable} -m "))
        return fetched or command[0] == "apt-get"
    monkeypatch.setattr(browser, "succeeds", succeeds)
    monkeypatch.setattr(browser, "find", lambda: None)
    monkeypatch.setattr(browser.os, "geteuid", lambda: 0 if root else 1000, raising=False)
    monkeypatch.setattr(browser.shutil, "which", lambda name: f"/bin/{name}")
    browser.install()
    assert [one.startswith(start) for one, start in zip(tried, wanted, strict=True)] == [True] * len(wanted)


def test_a_browser_that_cannot_be_had_fails_and_says_what_to_do(tmp_path):
    """No browser in sight, no way to one: the very program, in an environment where nothing can be installed."""
    program = "import runpy, subprocess; subprocess.run = lambda *a, **k: subprocess.CompletedProcess(a, 1); runpy.run_path('browser.py', run_name='__main__')"
    result = subprocess.run([sys.executable, "-c", program], cwd=Path(browser.__file__).parent, capture_output=True, text=True,
                            env={**os.environ, "PATH": str(tmp_path)})
    assert result.returncode == 1 and result.stderr.strip() == browser.NONE
