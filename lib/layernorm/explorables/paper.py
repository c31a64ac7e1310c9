"""An item of the bank as it stands on paper, and what a page is told of it."""
import json
from html import escape

from .. import practice

KINDS = {"compute": "By hand", "shapes": "Count", "choose": "All that hold", "predict": "Predict", "bug": "Find the bug",
         "order": "Put in order", "explain": "Explain", "code": "In code"}

def seal(key):
    """What tells the answer as text that nobody reads by accident: JSON with each printable sign turned by 47."""
    text = json.dumps(key, ensure_ascii=False, separators=(",", ":"))
    return "".join(chr(33 + (ord(sign) + 14) % 94) if "!" <= sign <= "~" else sign for sign in text)


def on_paper(item):
    """The question as it stands without script and in print: no answer, but a link to it."""
    rows = "".join(f"<li>{rich(row)}</li>" for row in item.listed())
    listed = f"<ol>{rows}</ol>" if rows else ""
    return (f"<p><b>{KINDS[item.kind]}</b> {item.level}</p><p>{rich(asked(item))}</p>{listed}"
            f'<p><a href="../solutions.html#solution-{item.name}">Worked solution</a></p>')


def asked(item):
    """The question with the numbers of the first case."""
    return practice.fill(item.ask, item.cases()[0].given) if isinstance(item, practice.Compute) else item.ask


def rich(text):
    """Text in which `` `code` `` is code, as HTML."""
    return "".join(f"<code>{indented(escape(part))}</code>" if k % 2 else escape(part) for k, part in enumerate(text.split("`")))


def indented(line):
    """The line with its first spaces as ones that HTML keeps."""
    return line.replace(" ", "\N{NO-BREAK SPACE}", len(line) - len(line.lstrip(" ")))


def place(module, name, inputs, inside):
    """The element that an explorable of the practice stands in."""
    told = escape(json.dumps(inputs, ensure_ascii=False))
    return (f'<div class="ln-explorable ln-practice" id="{name}" data-explorable="{module}" data-inputs="{told}">{inside}</div>')
