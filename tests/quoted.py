"""Which numbers a text quotes, and whether an output supports them."""
import ast
import re
from decimal import Decimal

FENCE = re.compile(r"^(`{3,}|~{3,})(?!\{)[^\n]*\n.*?^\1", re.S | re.M)                    # listings; directives are text
NOISE = [re.compile(pattern, re.S | re.M) for pattern in (
    r"<!--.*?-->",
    r"(?<!`)`[^`\n]+`(?!`)", r"\]\([^)]*\)", r"https?://\S+", r"^\([\w-]+\)=$", r"^:\w+:[^\n]*$", r"arXiv \d{4}\.\d{5}", r"\*\*Time\*\* \d+ minutes",
    r"\\[dt]?frac\s*\d\s*\d", r"\\[dt]?frac\s*\d", r"(?:issue|section|equation|version) [\d.]+", r"\^\{?[−-]?\d+\}?", r"_\{?\d+\}?")]
POWER = re.compile(r"(\d+(?:\.\d+)?)\s*(?:\\times|\\cdot|×|·)\s*10\^\{?(-?\d+)\}?")
NUMBER = re.compile(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?(?![\w])", re.I)
ANY = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?", re.I)

EXPLORABLE = re.compile(r"ln\.(?!Guess|Exercise|Gate)[A-Z]\w*\(")
# Minutes of what a cell asks for, beside the third of a minute that each cell gets.
ASKS = {"ln.Guess(": 1, "ln.Exercise(": 1.2, "ln.check(": 6, "ln.Gate(": 10}


def claims(text):
    """The numbers in ``text`` that somebody must have computed: decimals, powers of ten, whole numbers above 12 but for years."""
    text = FENCE.sub(" ", text).replace("\u2212", "-").replace("{,}", ",")
    text = POWER.sub(lambda match: f" {match[1]}e{match[2]} ", text)
    for noise in NOISE:
        text = noise.sub(" ", text)
    found = (match[0].rstrip(",").replace(",", "") for match in NUMBER.finditer(text))
    return [claim for claim in found if "." in claim or "e" in claim.lower() or
            abs(int(claim)) > 12 and not 1900 <= int(claim) <= 2100]


def numbers(text):
    return [Decimal(match) for match in ANY.findall(re.sub(r"(?<=\d)[,_](?=\d{3})", "", text.replace("\u2212", "-")))]


def supports(value, claim):
    """True if ``value`` rounds to ``claim`` at the precision that the text gives."""
    wanted = Decimal(claim)
    return abs(value - wanted) <= Decimal(5).scaleb(wanted.as_tuple().exponent - 1)


def printed(cell):
    """What a code cell printed or showed in words; not what was written into it by hand for a card."""
    texts = [output.text for output in cell.outputs if output.output_type == "stream"]
    for output in cell.outputs:
        data = output.get("data", {})
        if "text/html" not in data or "data-explorable=\"player\"" in data["text/html"]:
            texts.append(data.get("text/plain", ""))
    return "\n".join(texts)


def told(cell):
    """The reasons that a cell gives by hand: the second argument of ``reveal`` and the ``tell`` of a card, if they are plain text."""
    calls = [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Call)]
    given = [call.args[1] for call in calls if getattr(call.func, "attr", "") == "reveal" and len(call.args) > 1]
    given += [keyword.value for call in calls for keyword in call.keywords if keyword.arg == "tell"]
    return " ".join(node.value for node in given if isinstance(node, ast.Constant))


def unsupported(notebook, given=()):
    """[(cell id, claim)] for each claim that no named cell prints, none has as an input, and no source gives."""
    code = {cell.id: cell for cell in notebook.cells if cell.cell_type == "code"}
    found = []
    for cell in notebook.cells:
        named = cell.metadata.get("quotes", [])
        if cell.cell_type == "markdown":
            text = cell.source
        else:
            text, named = f"{told(cell)} {cell.metadata.get('mystnb', {}).get('figure', {}).get('caption', '')}", [cell.id, *named]
        outputs = [value for name in named for value in numbers(printed(code[name]))]
        inputs = [value for name in named for value in numbers(code[name].source)]
        found += [(cell.id, claim) for claim in claims(text)
                  if claim not in given and Decimal(claim) not in inputs and not any(supports(v, claim) for v in outputs)]
    return found


def minutes_to_read(notebook):
    """130 words of text a minute, a third of a minute a cell of code or figure, three an explorable, and what ``ASKS`` says; to the nearest 5.

    What is deeper, and folded, is not counted, nor are the sources.
    """
    minutes, deeper = 0.0, False
    for cell in notebook.cells:
        if heading := re.search(r"^##+ .*", cell.source, re.M):
            deeper = heading[0].startswith(("### Deeper:", "## Sources"))
        if deeper:
            continue
        if cell.cell_type == "markdown":
            minutes += len(re.findall(r"[\w'’]+", cell.source)) / 130
        else:
            minutes += 1 / 3 + 3 * bool(EXPLORABLE.search(cell.source)) + sum(time for call, time in ASKS.items() if call in cell.source)
    return 5 * round(minutes / 5)
