"""Copies of the notebooks for machines that have no ``layernorm``: the same cells after one that installs it.

    python -m layernorm.site.colab FOLDER COMMIT

writes those for Colab; the workflow ``pages`` puts them on a branch of their own, where the site's buttons look for them.
"""
import sys
import tomllib
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[3]
BRANCH = "colab"
INSTALL = """# Installs the course's own package. This copy was made for Colab; all else is as in the book.
%pip install -q "layernorm @ git+{repository}@{commit}"
from google.colab import output
output.enable_custom_widget_manager()"""


def copy(path, install):
    """The text of the notebook with one cell more, the first."""
    notebook = nbformat.reads(path.read_text("utf-8"), as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(install, id="install"))
    return nbformat.writes(notebook, ensure_ascii=False) + "\n"


def write(folder, install):
    """Copies of all chapters, in ``folder/chapters``."""
    place = Path(folder, "chapters")
    place.mkdir(parents=True, exist_ok=True)
    for path in sorted((ROOT / "chapters").glob("*.ipynb")):
        (place / path.name).write_text(copy(path, install), "utf-8")


def lead(app, pagename, templatename, context, doctree):
    """The theme leads Colab to the notebook as it is; the copy is on another branch."""
    branch = app.config.html_theme_options["repository_branch"]
    for group in context.get("header_buttons", []):
        for button in group.get("buttons", []):
            if button.get("text") == "Colab":
                button["url"] = button["url"].replace(f"/blob/{branch}/", f"/blob/{BRANCH}/")


def setup(app):
    app.connect("html-page-context", lead, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def main(folder, commit):
    urls = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["urls"]
    write(folder, INSTALL.format(repository=urls["Repository"], commit=commit))


if __name__ == "__main__":
    main(*sys.argv[1:])
