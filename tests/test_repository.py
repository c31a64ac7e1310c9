"""What the repository says of itself is so: commands, addresses, versions, hosts."""
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
URLS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["urls"]
CORE = ["README.md", "Makefile", "_config.yml", "_toc.yml", "index.md", "requirements.txt", "requirements-dev.txt", "CITATION.cff",
        "LICENSE", "CONTRIBUTING.md", ".ci/run", ".gitattributes", "favicon.svg", ".binder/requirements.txt"]


def text(name):
    return (ROOT / name).read_text("utf-8")


def committed():
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    for name in names:
        if (ROOT / name).is_file() and not name.endswith((".woff2", ".txt")):
            yield name, text(name)


@pytest.mark.parametrize("name", CORE)
def test_what_a_visitor_looks_for_is_there(name):
    assert (ROOT / name).is_file()


def test_readme_names_only_commands_that_exist():
    named = set(re.findall(r"(?:`|^    )make ([a-z]+)", text("README.md") + text("CONTRIBUTING.md"), re.M))
    assert {"site", "test", "help", "lab", "notebooks", "bench"} <= named <= TARGETS


def test_ci_calls_the_test_command_of_the_readme_and_nothing_else():
    assert text(".ci/run").split("\n", 1)[1].strip() == "exec make test"
    assert re.search(r"^    make test ", text("README.md"), re.M)
    assert re.findall(r"run: (make .*)", text(".github/workflows/check.yml")) == ["make test"]


def test_every_requirement_is_pinned():
    for name in ("requirements.txt", "requirements-dev.txt", "constraints.txt"):
        lines = [line.split("#")[0].strip() for line in text(name).splitlines()]
        loose = [line for line in lines if line and not line.startswith("-") and "==" not in line]
        assert loose == [], name


def test_addresses_follow_pyproject():
    assert f"html_baseurl: {URLS['Homepage']}" in text("_config.yml") and f"repository_url: {URLS['Repository']}" in text("_config.yml")
    assert f"repository-code: {URLS['Repository']}" in text("CITATION.cff") and f"url: {URLS['Homepage']}" in text("CITATION.cff")
    for name, content in committed():
        for address in re.findall(r"https://(?:github\.com/layernorm[^\s\"')]*|[\w-]+\.github\.io[^\s\"')]*)", content):
            assert address.startswith((URLS["Repository"], URLS["Homepage"])), f"{name}: {address}"


def test_no_script_style_or_font_comes_from_another_host():
    for name, content in committed():
        if name.endswith((".js", ".css", ".py", ".yml", ".md", ".ipynb")) and name != "tests/test_repository.py":
            assert not re.search(r"(?:cdn\.|unpkg|jsdelivr|cdnjs|googleapis|gstatic)", content), name


def test_the_code_is_in_one_style():
    result = subprocess.run([sys.executable, "-m", "ruff", "check", "."], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


def test_the_library_is_typed():
    result = subprocess.run([sys.executable, "-m", "mypy"], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout
