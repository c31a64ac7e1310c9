"""Whoever builds the book builds the same book: another folder, another process, another order of Python's sets, the same bytes."""
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
LEFT = (".git", ".*_cache", ".venv", ".hypothesis", "_build", "__pycache__", ".ipynb_checkpoints", "*.egg-info", "drafts")


def bytes_of(folder):
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.rglob("*") if path.is_file() and path.relative_to(folder).parts[0] != "lite"}


def test_a_second_build_in_another_folder_has_the_same_bytes(site, tmp_path):
    there = tmp_path / "somewhere else"
    shutil.copytree(ROOT, there, ignore=shutil.ignore_patterns(*LEFT))
    given = os.environ | {"PYTHONPATH": str(there / "lib"), "PYTHONHASHSEED": "7"}
    command = [Path(sys.executable).with_name("jupyter-book"), "build", ".", "--all", "-q"]
    built = subprocess.run(command, cwd=there, env=given, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr[-2000:]
    here, there = bytes_of(site), bytes_of(there / "_build" / "html")
    assert len(here) > 100 and sorted(name for name in here.keys() | there.keys() if here.get(name) != there.get(name)) == []
