"""One explorable on a page of its own: the course's sheets, its module, its inputs, its picture.  No book is needed to test it."""
import functools
import html
import itertools
import json
import re
import string
import time
from contextlib import nullcontext
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import pytest
from axe_playwright_python.base import AXE_SCRIPT as AXE

from layernorm.explorables import modules
from layernorm.site.fonts import TEXT, face
from layernorm.site.policy import POLICY, digest, inline_scripts

bundle = functools.cache(modules.bundle)


def guessed(lab):
    """A lab whose question has been answered, so that its controls move."""
    lab.kept, lab.guess = True, [0]
    return lab


LOOK = files("layernorm") / "look"
JS = Path(str(files("layernorm"))) / "explorables" / "js"
NO_PICTURE = SimpleNamespace(svg="", alt="a picture")
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


def page(*explorables, pictured=False):
    """The page as text; it opens from ``file://``.  Its picture is what stands there without script, and takes time to draw."""
    places = "".join(place(one, pictured) for one in explorables)
    names = list(dict.fromkeys(one._module for one in explorables))
    source = bundle("mount", *(f"{name}/{name}" for name in names)) + "".join(f'$mount.mount("{name}", ${name});\n' for name in names)
    faces = _faces(frozenset(html.unescape(places)) | _letters())
    sheets = "".join((LOOK / name).read_text("utf-8") for name in ("tokens.css", "explorable.css", "guess.css", *_own(names)))
    text = PAGE.format(theme=THEME, style=re.sub(r"/\*.*?\*/", "", sheets, flags=re.S) + faces, places=places, source=source)
    policy = POLICY.format(hashes=" ".join(map(digest, inline_scripts(text))))
    return text.replace('<meta charset="utf-8">', f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">', 1)


def place(one, pictured=False, known={}):  # noqa: B006  kept from page to page: equal inputs have equal ones
    key = type(one).__name__, json.dumps(one.inputs()), pictured     # the name: each widget has a class of its own
    if key not in known:
        with nullcontext() if pictured or not hasattr(one, "picture") else mock.patch.object(one, "picture", lambda: NO_PICTURE):
            known[key] = one._repr_html_()
    return known[key]


@functools.cache
def _letters():
    """Every letter that an explorable may write: one set of fonts does for all of them."""
    return frozenset(string.printable).union(*(module.read_text("utf-8") for module in JS.rglob("*.js")))


@functools.cache
def _faces(letters):
    faces = face("LN Text", TEXT / "text.woff2", letters, ["kern", "liga", "ccmp", "mark", "mkmk", "tnum", "lnum"], weight="400 700")
    faces += face("LN Text", TEXT / "text-italic.woff2", letters, ["kern", "liga", "ccmp", "mark", "mkmk"], style="italic")
    greek = {letter for letter in letters if letter > "\u024f"}
    return faces + face("LN Math", files("ziamath") / "fonts/STIXTwoMath-Regular.ttf", greek | set("xyg"), [])


def _own(names):
    shared = {"exercise": "practice", "gate": "practice", "due": "practice"}
    own = dict.fromkeys("lab" if name.endswith("lab") else shared.get(name, name) for name in names)
    return [f"{name}.css" for name in own if (LOOK / f"{name}.css").is_file() and name != "guess"]


@pytest.fixture
def show(tab, tmp_path):
    """``show(explorable, **options)``: its page in a tab, from a file."""
    paths = map("{}.html".format, itertools.count())

    def opened(*explorables, **options):
        path = tmp_path / next(paths)
        alive = options.get("java_script_enabled", True)
        path.write_text(page(*explorables, pictured=not alive), "utf-8")
        shown = tab(path.as_uri(), **options)
        if alive:
            shown.wait_for_selector("[data-drawn]", timeout=10_000)
        return shown
    return opened


# --- Looked at ------------------------------------------------------------------------------------------------

DRAWN = "() => new Promise(requestAnimationFrame)"
UNSEEN = "inset(0 0 100% 0)"
FRAME = "() => new Promise((ready) => requestAnimationFrame(() => requestAnimationFrame(ready)))"       # drawn, and drawn again for its size


def sweep(root, states, **looks):
    """``{look: {state: what it found}}``, of every state, in one go in the page.

    ``states`` is an async generator in JavaScript, of ``(root, frame)``: it brings the explorable into one state after the other
    and yields their names; ``await frame()`` lets it draw.  A look is a function of ``(root, state)``, or a promise of what it finds.
    What is only measured is laid out, but not painted: that takes a third of the time, and only axe asks for colours.
    """
    painted = any("axe.run" in look for look in looks.values())
    script = f"""async (root) => {{
      const states = {states}, looks = {{ {", ".join(f"{name}: {look}" for name, look in looks.items())} }}, frame = {DRAWN}, look = {FRAME};
      document.documentElement.style.clipPath = "{"" if painted else UNSEEN}";
      const found = Object.fromEntries(Object.keys(looks).map((name) => [name, {{}}]));
      for await (const state of states(root, frame)) {{
        await look();
        if (state in found[Object.keys(looks)[0]]) throw new Error(`two states are called ${{state}}`);
        for (const [name, find] of Object.entries(looks)) found[name][state] = await find(root, state);
      }}
      document.documentElement.style.clipPath = "";
      return found;
    }}"""
    return root.evaluate(script)


def faults(found):
    """Of what a look found, the states in which that is anything."""
    return {state: what for state, what in found.items() if what}


# Axe judges each element by what it is, where it stands and how it looks.  A state in which all elements are of kinds that it has judged
# on this page has nothing new for it; numbers, words and places make no kind.
AUDIT = """async (root) => {
  const judged = (window.judged ??= new Set()), kinds = new Map(), said = /^(type|role|class|style|hidden|disabled|data-state|tabindex|aria-(?!label$|value|rowindex|colindex))/;
  const refers = /^(aria-(labelledby|describedby|controls|owns|activedescendant)|for|id)$/;
  const attribute = ({ name, value }) => refers.test(name) ? `${name}:${name === "id" || value.split(" ").every((id) => document.getElementById(id))}`
    : said.test(name) ? `${name}=${name === "style" ? value.replace(/[-\\d.]+/g, "0") : value}` : `${name}:${!!value}`;
  const kind = (e) => {
    if (!e) return "";
    if (!kinds.has(e)) {
      const { color, backgroundColor, fill, fontSize, fontWeight, opacity } = getComputedStyle(e), text = [...e.childNodes].some((t) => t.nodeType === 3 && t.data.trim());
      kinds.set(e, [kind(e.parentElement), e.tagName, ...[...e.attributes].map(attribute), text, color, backgroundColor, fill,
        text && fontSize, fontWeight, opacity].join(" "));
    }
    return kinds.get(e);
  };
  const fresh = [root, ...root.querySelectorAll("*")].filter((e) => e.checkVisibility({ visibilityProperty: true })).map(kind).filter((one) => !judged.has(one));
  if (!fresh.length) return [];
  const { violations } = await axe.run(root, { resultTypes: ["violations"] });
  fresh.forEach((one) => judged.add(one));
  return violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html.slice(0, 160))]);
}"""


def audit(page, root="html"):
    """What axe finds wrong: ``[[rule, element, …], …]``.  Once called, ``AUDIT`` is a look that a sweep can take."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    return page.locator(root).first.evaluate(AUDIT)


def until(page, expression, holds, *given, within=10):
    """What ``expression`` gives once it ``holds``: the page draws a frame after it was told to."""
    end = time.monotonic() + within
    while not holds(value := page.evaluate(expression, *given)):
        assert time.monotonic() < end, f"{expression} is still {value!r}"
        page.evaluate(FRAME)
    return value


def settled(locator, within=10):
    """Where it stands, once it has stood still for six frames."""
    return locator.evaluate("""async (node, within) => {
      const box = () => { const { x, y, width, height } = node.getBoundingClientRect(); return { x, y, width, height }; };
      const end = performance.now() + 1000 * within;
      for (let last = box(), same = 0; same < 6;) {
        await new Promise(requestAnimationFrame);
        if (performance.now() > end) throw new Error(`it does not come to rest: ${JSON.stringify(box())}`);
        const now = box();
        same = JSON.stringify(now) === JSON.stringify(last) ? same + 1 : 0;
        last = now;
      }
      return box();
    }""", within)
