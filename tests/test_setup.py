"""Setting up says in one line what is missing, and takes nothing unfinished for finished."""
import os
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
    prepare["check_python"].__globals__["LEAST"] = (9, 9)
    assert "Python 9.9 or newer is needed" in refused(prepare["check_python"])


def test_a_python_without_venv_is_told_what_to_install(prepare, monkeypatch):
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    assert "apt install python3-venv" in refused(prepare["check_python"])


def test_a_missing_network_is_called_that_and_nothing_is_taken_for_installed(prepare, tree, monkeypatch):
    for name, value in {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": ""}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    assert "is there a network?" in refused(prepare["main"], ".venv")
    assert not Path(".venv", "ready").exists() and Path(".venv", "install.log").exists()


def test_another_fault_of_pip_is_quoted(prepare, tree):
    Path("requirements-dev.txt").write_text("no such line ==\n")
    assert "pip could not install" in refused(prepare["main"], ".venv")


def test_what_is_installed_is_not_installed_again_until_the_lists_change(prepare, tree, monkeypatch):
    calls = []
    monkeypatch.setitem(prepare["main"].__globals__, "run", lambda command, log, failed: calls.append(command))
    for expected in (2, 2):
        prepare["main"](".venv")
        assert len(calls) == expected
    Path("constraints.txt").write_text("six==1.16.0\n")
    prepare["main"](".venv")
    assert len(calls) == 4


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
        assert f"Port {port} is taken" in server.stdout.readline()
        address = server.stdout.readline().split()[4]
        assert urllib.request.urlopen(address).read() == b"hello"
        server.send_signal(sign)
        assert server.wait(5) == 0 and "Stopped." in server.stdout.read()


def test_serving_without_a_book_says_what_to_do(tmp_path):
    result = subprocess.run([sys.executable, "-m", "layernorm.site.serve", str(tmp_path), "8000"], capture_output=True, text=True)
    assert result.returncode == 1 and result.stderr.strip() == f"There is no book in {tmp_path}: run `make site`."


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


def test_a_browser_is_found_by_name_by_place_and_by_the_readers_word(tmp_path, monkeypatch):
    monkeypatch.delenv("BROWSER_PATH", raising=False)
    fake = tmp_path / "google-chrome"
    fake.write_text("")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser.find() == str(fake)
    assert browser.find(names=(), places=(str(fake),)) == str(fake)
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "nowhere"))
    assert "there is no such file" in refused(browser.find)


def test_without_a_browser_one_is_fetched_and_failing_that_asked_for(tmp_path, monkeypatch):
    tried = []
    monkeypatch.setattr(browser, "succeeds", lambda *command: tried.append(command) or False)
    monkeypatch.setattr(browser.os, "geteuid", lambda: 0, raising=False)
    monkeypatch.setattr(browser.shutil, "which", lambda name: f"/bin/{name}")
    browser.install()
    assert tried[0][1:] == ("-m", "playwright", "install", "chromium") and tried[1] == ("apt-get", "update")
    assert "BROWSER_PATH=" in browser.NONE
