"""One explorable on a page of its own: the course's sheets, its module, its inputs, its picture.  No book is needed to test it."""
import html
import re
from importlib.resources import files

import pytest

from layernorm.explorables.modules import bundle
from layernorm.site.fonts import TEXT, face
from layernorm.site.policy import POLICY, digest, inline_scripts

LOOK = files("layernorm") / "look"
# What the theme, and JupyterLab, say of the elements inside: their rules are for text, and an explorable must win against them.
THEME = """
dl[class]:not(.option-list, .field-list, .footnote, .glossary, .simple) dd, .bd-article dl dd { margin: 0 0 .8em 2rem; }
.output dt { float: left; display: block; width: 20%; font-weight: 700; }
.output dd { display: table-cell; width: 80%; }
.bd-content div.output table { table-layout: auto; }
table { margin: 1rem auto; caption-side: bottom; }
th { text-align: left; padding: 0 5px; }
p, ul { margin: 0 0 1.15rem; }
code { padding: .1rem .25rem; border: 1px solid; font-size: .9em; }
label, button { margin: .25rem; }
"""
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>One explorable</title>
<style>{theme}{style}
:root {{ color-scheme: light dark; }}
body {{ margin: 0 auto; max-width: 41rem; padding: 1rem 0; background: var(--ln-paper); color: var(--ln-ink); }}</style></head>
<body><main><h1 class="ln-quiet">One explorable</h1><article class="bd-article bd-content"><div class="output">{places}</div></article><p>What follows stays where it is.</p></main>
<script type="module">
{source}</script></body></html>
"""


def page(*explorables):
    """The page as text; it opens from ``file://``."""
    places = "".join(one._repr_html_() for one in explorables)
    names = list(dict.fromkeys(one._module for one in explorables))
    source = bundle("mount", *(f"{name}/{name}" for name in names)) + "".join(f'$mount.mount("{name}", ${name});\n' for name in names)
    letters = set(html.unescape(places + source)) | set("0123456789")
    faces = face("LN Text", TEXT / "text.woff2", letters, ["kern", "liga", "ccmp", "mark", "mkmk", "tnum", "lnum"], weight="400 700")
    faces += face("LN Text", TEXT / "text-italic.woff2", letters, ["kern", "liga", "ccmp", "mark", "mkmk"], style="italic")
    greek = {letter for letter in letters if letter > "\u024f"}
    faces += face("LN Math", files("ziamath") / "fonts/STIXTwoMath-Regular.ttf", greek | set("xyg"), [])
    sheets = "".join((LOOK / name).read_text("utf-8") for name in ("tokens.css", "explorable.css", "guess.css", *_own(names)))
    text = PAGE.format(theme=THEME, style=re.sub(r"/\*.*?\*/", "", sheets, flags=re.S) + faces, places=places, source=source)
    policy = POLICY.format(hashes=" ".join(map(digest, inline_scripts(text))))
    return text.replace('<meta charset="utf-8">', f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">', 1)


def _own(names):
    return [f"{name}.css" for name in names if (LOOK / f"{name}.css").is_file() and name != "guess"]


@pytest.fixture
def show(browser, tmp_path):
    """``show(explorable, **options)``: its page in a browser, from a file; what it says to the console or asks of a host fails."""
    contexts, faults = [], []

    def opened(*explorables, **options):
        path = tmp_path / f"{len(contexts)}.html"
        path.write_text(page(*explorables), "utf-8")
        context = browser.new_context(**options)
        contexts.append(context)
        tab = context.new_page()
        tab.on("console", lambda message: faults.append(message.text))
        tab.on("pageerror", lambda error: faults.append(str(error)))
        tab.on("request", lambda request: request.url.startswith(("file:", "data:", "blob:")) or faults.append(request.url))
        tab.goto(path.as_uri())
        if options.get("java_script_enabled", True):
            tab.wait_for_selector("[data-drawn]", timeout=10_000)
        return tab

    yield opened
    for context in contexts:
        context.close()
    assert not faults, faults
