"""What stands under a page: how to cite it, where to report an error, and what was run, with which versions."""
import re
from datetime import date
from html import escape
from pathlib import Path
from urllib.parse import quote

import nbformat
import yaml

RUN = ("numpy", "matplotlib", "scikit-learn", "torch")            # what decides about outputs, if the notebook uses it
PIN = re.compile(r"^([\w-]+)==(\S+)", re.M)


def put(app, pagename, templatename, context, doctree):
    if doctree is None or pagename == app.config.root_doc:
        return
    root, home = Path(app.srcdir), app.config.html_theme_options["repository_url"]
    title = re.sub(r"<[^>]+>", "", context["title"])
    report = f"{home}/issues/new?title={quote(pagename)}"
    parts = [f'<a href="{escape(report)}">Report an error here</a>.']
    if (notebook := root / f"{pagename}.ipynb").is_file():
        parts = [cited(root, title, f"{app.config.html_baseurl}{pagename}.html"), *parts, executed(root, notebook)]
    context["body"] += f'<footer class="ln-colophon">{"".join(f"<p>{part}</p>" for part in parts)}</footer>'


def cited(root, title, address):
    about = yaml.safe_load((root / "CITATION.cff").read_text("utf-8"))
    year = date.fromisoformat(str(about["date-released"])).year
    who = ", ".join(author["name"] for author in about["authors"])
    return (f'<b>Cite this page.</b> {escape(who)} ({year}). {ended(title)} In: <i>{escape(about["title"])}</i>, '
            f'version {about["version"]}. {escape(address)}')


def ended(title):
    return title if title.endswith(("?", "!", ".")) else f"{title}."


def executed(root, notebook):
    """The versions are the pinned ones: with them the tests run every cell and compare what it prints."""
    cells = [cell.source for cell in nbformat.read(notebook, as_version=4).cells if cell.cell_type == "code"]
    source = "\n".join(cells)
    used = [name for name in RUN if name != "torch" or re.search(r"\btorch\b|\bln\.(?:models|experiments)\b", source)]
    pins = dict(PIN.findall((root / "requirements.txt").read_text("utf-8")))
    return f"<b>Executed.</b> {len(cells)} cells, with {', '.join(f'{name} {pins[name]}' for name in used)}."


def setup(app):
    app.connect("html-page-context", put, priority=800)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
