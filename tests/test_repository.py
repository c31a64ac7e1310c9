"""What the repository says of itself is so: commands, addresses, versions, hosts."""
import json
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
URLS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["urls"]
CUDA = re.compile(r"nvidia-|cuda-|triton")                        # torch names their versions itself, and not on every machine
CORE = ["README.md", "Makefile", "_config.yml", "_toc.yml", "index.md", "requirements.txt", "requirements-dev.txt", "CITATION.cff",
        "LICENSE", "CONTRIBUTING.md", ".ci/run", ".gitattributes", "favicon.svg", ".binder/requirements.txt",
        ".devcontainer/devcontainer.json", "requirements.lock"]


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
    named = set(re.findall(r"\bmake ([a-z]+)(?= *(?:`|#|$|[A-Z]+=))", text("README.md") + text("CONTRIBUTING.md"), re.M))
    assert {"site", "test", "help", "lab", "notebooks", "bench"} <= named <= TARGETS


def test_help_says_what_each_command_does():
    said = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True).stdout
    assert {line.split()[1] for line in said.splitlines()} == TARGETS - {"ready"}
    assert all(len(line.split()) > 4 for line in said.splitlines())


def workflows():
    return {path.name: (path.read_text("utf-8"), yaml.safe_load(path.read_text("utf-8"))) for path in (ROOT / ".github" / "workflows").glob("*.yml")}


def test_ci_calls_the_test_command_of_the_readme_and_nothing_else():
    assert text(".ci/run").split("\n", 1)[1].strip() == "exec make test"
    assert re.search(r"^    make test ", text("README.md"), re.M)
    steps = workflows()["check.yml"][1]["jobs"]["test"]["steps"]
    assert [step["run"] for step in steps if "run" in step] == ["make test"]


def test_workflows_call_only_commands_that_exist():
    for name, (words, _) in workflows().items():
        assert set(re.findall(r"\bmake ([a-z]+)", words)) | set(re.findall(r"\bmake build ([a-z]+)", words)) <= TARGETS, name
        for module in re.findall(r"-m (layernorm\.[\w.]+)", words):
            assert find_spec(module) or find_spec(f"{module}.__main__"), f"{name}: {module}"


def test_actions_are_pinned_by_commit_and_each_has_one_version():
    used = [line for words, _ in workflows().values() for line in re.findall(r"uses: (.*)", words)]
    assert used and [line for line in used if not re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40} +# v\d+\.\d+\.\d+", line)] == []
    assert len({" ".join(line.split()) for line in used}) == len({line.split("@")[0] for line in used})


# What a job may do beside reading; all others may nothing more.
MAY = {("pages.yml", "deploy"): {"pages": "write", "id-token": "write"}, ("pages.yml", "colab"): {"contents": "write"}}


def test_workflows_have_least_permissions_and_need_no_secret():
    found = workflows()
    assert set(found) == {"check.yml", "pages.yml", "newest.yml", "links.yml", "experiments.yml"}
    for name, (words, flow) in found.items():
        assert flow["permissions"] == {"contents": "read"}, name
        assert "secrets" not in words and "github.token" not in words and "pull_request_target" not in words, name
        for job, said in flow["jobs"].items():
            assert said.get("permissions") == MAY.get((name, job)), f"{name}: {job}"
            assert said["timeout-minutes"] <= 120, f"{name}: {job}"
            for step in said["steps"]:                                      # who only reads keeps no token in the folder where the code runs
                if "checkout" in step.get("uses", "") and (name, job) not in MAY:
                    assert step["with"]["persist-credentials"] is False, f"{name}: {job}"
            assert not re.search(r"\$\{\{ *github\.(?:event|head_ref)", " ".join(step.get("run", "") for step in said["steps"])), f"{name}: {job}"


def test_every_pinned_python_and_system_is_checked():
    least = tomllib.loads(text("pyproject.toml"))["project"]["requires-python"].removeprefix(">=")
    matrix = workflows()["check.yml"][1]["jobs"]["test"]["strategy"]["matrix"]
    assert matrix["python"] == [least, "3.12", "3.13"] and [system.split("-")[0] for system in matrix["system"]] == ["ubuntu", "macos"]


def test_the_container_is_set_up_by_a_command_of_the_readme():
    said = json.loads(re.sub(r"^ *//.*", "", text(".devcontainer/devcontainer.json"), flags=re.M))
    assert re.fullmatch(r"make (\w+)", said["postCreateCommand"])[1] in TARGETS
    assert said["image"].endswith(f"python:{text('.binder/runtime.txt').strip().removeprefix('python-')}")
    assert said["containerEnv"] == {"PIP_EXTRA_INDEX_URL": "${localEnv:PIP_EXTRA_INDEX_URL}"} and "PIP_EXTRA_INDEX_URL" in text("README.md")


def test_binder_installs_the_readers_list_and_the_package_where_it_can_be_edited():
    assert pins(".binder/requirements.txt") == [] and re.findall(r"^[^#\n].*", text(".binder/requirements.txt"), re.M) == ["-r ../requirements.txt"]
    assert re.search(r"^-e \. ", text("requirements.txt"), re.M) and re.search(r"^-c constraints.txt$", text("requirements.txt"), re.M)


def test_one_least_python_is_named_everywhere():
    least = tomllib.loads(text("pyproject.toml"))["project"]["requires-python"].removeprefix(">=")
    assert f"LEAST = ({least.replace('.', ', ')})" in text("tools/prepare.py")
    assert f"--python-version {least} " in text("Makefile")
    assert f"Python {least} or newer" in text("README.md") and f"Python {least} or newer" in text("Makefile")
    assert f'python-version: "{least}"' in text(".github/workflows/pages.yml") and f"python-{least}" == text(".binder/runtime.txt").strip()


def pins(*names):
    lines = (line.split("#")[0].strip() for name in names for line in text(name).splitlines())
    return [line for line in lines if line and not line.startswith("-")]


def test_every_requirement_is_pinned_once_and_has_its_reason():
    lists = ("requirements.txt", "requirements-dev.txt")
    assert [pin for pin in pins(*lists, "constraints.txt") if not re.fullmatch(r"[\w.-]+==[\w.]+", pin)] == []
    assert [line for name in lists for line in text(name).splitlines() if "==" in line and " # " not in line] == []
    named = [canonicalize_name(pin.split("==")[0]) for pin in pins(*lists)]
    assert len(named) == len(set(named))
    closure = dict(pin.split("==") for pin in pins("constraints.txt"))
    assert [pin for pin in pins(*lists) if closure.get(pin.split("==")[0], pin.split("==")[1]) != pin.split("==")[1]] == []


def locked():
    """``{name: (version, hashes)}`` of requirements.lock."""
    entries = re.split(r"\n(?=\w)", re.sub(r"^#.*\n", "", text("requirements.lock"), flags=re.M))
    found = {}
    for entry in entries:
        name, version = re.match(r"([\w.-]+)==(\S+)", entry).groups()
        found[canonicalize_name(name)] = version, re.findall(r"--hash=sha256:([0-9a-f]{64})\b", entry)
    return found


def test_the_lock_holds_every_pin_with_its_hashes_and_nothing_else():
    lock = locked()
    pinned = {canonicalize_name(name): version for name, version in
              (pin.split("==") for pin in pins("constraints.txt", "requirements-dev.txt", "requirements.txt"))}
    assert {name: version for name, version in pinned.items() if lock.get(name, ("",))[0] != version} == {}
    assert [name for name, (_, hashes) in lock.items() if not hashes] == []
    assert [name for name in lock.keys() - pinned.keys() if not CUDA.match(name) and name != "pywinpty"] == []       # that one: Windows only
    assert not re.search(r"https?://|file:|index-url|find-links", text("requirements.lock"))
    assert "--require-hashes -r requirements.lock" in text("CONTRIBUTING.md")


def needed(requirement, seen):
    """The distributions that a requirement brings along on this machine."""
    name = canonicalize_name(requirement.name)
    if (name, *sorted(requirement.extras)) in seen or CUDA.match(name):
        return
    seen.add((name, *sorted(requirement.extras)))
    for line in metadata.requires(name) or []:
        further = Requirement(line)
        if not further.marker or any(further.marker.evaluate({"extra": extra}) for extra in ("", *requirement.extras)):
            needed(further, seen)


def test_every_package_is_the_pinned_one():
    pinned = {canonicalize_name(name): version for name, version in
              (pin.split("==") for pin in pins("constraints.txt", "requirements-dev.txt", "requirements.txt"))}
    seen = set()
    for name in (*pins("requirements.txt", "requirements-dev.txt"), "layernorm"):
        needed(Requirement(name), seen)
    found = {name: metadata.version(name).split("+")[0] for name, *_ in seen if name != "layernorm"}
    assert {name: version for name, version in found.items() if pinned.get(name) != version} == {}


def test_addresses_follow_pyproject():
    assert f"html_baseurl: {URLS['Homepage']}" in text("_config.yml") and f"repository_url: {URLS['Repository']}" in text("_config.yml")
    assert f"repository-code: {URLS['Repository']}" in text("CITATION.cff") and f"url: {URLS['Homepage']}" in text("CITATION.cff")
    for name, content in committed():
        for address in re.findall(r"https://(?:github\.com/layernorm[^\s\"')]*|[\w-]+\.github\.io[^\s\"')]*)", content):
            assert address.startswith((URLS["Repository"], URLS["Homepage"])), f"{name}: {address}"


def test_the_version_stands_in_the_citation():
    assert f'version: "{tomllib.loads(text("pyproject.toml"))["project"]["version"]}"' in text("CITATION.cff")


def test_no_file_knows_the_machine_it_was_written_on():
    for name, content in committed():
        if name != "tests/test_repository.py":
            assert not re.search(r"(?<![\w.])/(?:work|root|home/\w+|tmp/\w+)/", content), name


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
