"""Letters of twice the size: nothing lies outside its card or over anything else."""
import pytest

import layernorm as ln
from alone import show  # noqa: F401  a fixture

# In a window of 1280 px the chapter leaves a column of 350 px when the root's letters are of 32 px; alone there is all the room.
COLUMNS = pytest.mark.parametrize("column", [350, 1240])
# What is written where: [words, left, top, right, bottom]; of fields, their boxes.
WRITTEN = """(root) => {
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT), found = [];
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const host = node.parentElement, range = document.createRange();
    if (!node.data.trim() || host.closest(".ln-quiet, option, [hidden], math") || !host.checkVisibility()) continue;
    range.selectNodeContents(node);
    for (const r of range.getClientRects()) if (r.width > 1) found.push([node.data.trim(), r.left, r.top, r.right, r.bottom]);
  }
  for (const e of root.querySelectorAll("button, input, select")) {
    const r = e.getBoundingClientRect();
    if (e.checkVisibility() && !e.closest(".ln-chips, .ln-track")) found.push([`[${e.ariaLabel ?? e.name}]`, r.left, r.top, r.right, r.bottom]);
  }
  return found;
}"""


def faults(root):
    left, right = root.evaluate("e => { const r = e.getBoundingClientRect(); return [r.left, r.right]; }")
    written = root.evaluate(WRITTEN)
    words = [one for one in written if not one[0].startswith("[")]
    chips = set(root.locator(".ln-chip").all_inner_texts())        # they scroll sideways
    for svg in root.locator(".ln-lab-svg").all():                  # it cuts what leaves it
        x, y, end, foot = svg.evaluate("e => { const r = e.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; }")
        inside = svg.evaluate(WRITTEN)
        yield from (f"cut: {name}" for name, a, b, c, d in inside if a < x - 1 or c > end + 1 or b < y - 1 or d > foot + 1)
    yield from (f"outside: {name}" for name, a, _, b, _ in written if (a < left or b > right) and name not in chips)
    for k, (one, *a) in enumerate(words):
        for other, *b in words[k + 1:]:
            across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
            if across > 2 and down > 14 and {one, other}.isdisjoint(chips):
                yield f"over each other: {one} and {other}"


@COLUMNS
@pytest.mark.parametrize("kind", ["Layer", "StepLab"])
def test_nothing_lies_outside_or_over_anything(show, kind, column):  # noqa: F811
    page = show(getattr(ln, kind)(), viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    page.evaluate("(width) => { document.documentElement.style.fontSize = '200%'; document.body.style.maxWidth = `${width}px`; }", column)
    page.wait_for_timeout(300)
    root = page.locator("[data-explorable]")
    assert list(faults(root)) == [], "asked"
    (root.locator(".ln-option").first if kind == "StepLab" else root.locator(".ly-cell").first).click()
    root.get_by_role("button", name="Check").click()
    page.wait_for_timeout(300)
    assert list(faults(root)) == [], "answered"
