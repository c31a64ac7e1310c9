"""The notebooks in a JupyterLab that needs no server, with a Python that runs in the browser (JupyterLite, Pyodide).

    python -m layernorm.site.lite _build/html/lite

The course's package and what else Pyodide lacks lie beside it as wheels; ``lite/jupyter-lite.json`` says where Pyodide itself comes from.
"""
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from . import colab

ROOT = colab.ROOT
WHEELS = ("anywidget", "psygnal", "ipywidgets", "jupyterlab-widgets", "comm")      # pure Python, in the versions of constraints.txt
DATE = 1_767_225_600                                                  # of all files: two builds are the same
INSTALL = """# Installs the course's own package in this browser. All else is as in the book.
%pip install -q layernorm
from layernorm.site import absent
absent.stand_in("torch", get_ipython())"""


def build(target):
    with tempfile.TemporaryDirectory() as folder:
        source, here = Path(folder, "source"), Path(folder, "lite")
        shutil.copytree(ROOT / "lite", here)
        shutil.copytree(ROOT / "lib", source / "lib", ignore=shutil.ignore_patterns("*.egg-info", "__pycache__"))
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, source)
        colab.write(here / "files", INSTALL)
        run("pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", here / "pypi", source)
        run("pip", "download", "-q", "--no-deps", "--only-binary=:all:", "--platform=any", "-c", ROOT / "constraints.txt",
            "-d", here / "pypi", *WHEELS)
        run("jupyterlite_core", "build", "--lite-dir", here, "--contents", here / "files", "--output-dir", Path(target).resolve(),
            "--no-sourcemaps", "--source-date-epoch", DATE, cwd=here)


def run(module, *arguments, cwd=ROOT):
    given = os.environ | {"SOURCE_DATE_EPOCH": str(DATE)}
    subprocess.run([sys.executable, "-m", module, *map(str, arguments)], cwd=cwd, check=True, env=given)


if __name__ == "__main__":
    build(sys.argv[1])
