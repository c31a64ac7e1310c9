"""Letters of twice the size: nothing lies outside its card or over anything else, and nothing is cut."""
from contextlib import suppress

import pytest
from playwright.sync_api import expect

import layernorm as ln
from alone import FRAME, settled, until
from alone import page as alone

# The reader has told the browser so: media queries know it too.
LARGE = {"letters": 32, "viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}
# What is written where, as far as it is seen: [words, left, top, right, bottom]; of controls, their boxes.  What may be scrolled to is
# there; what is cut or spills out of its box is not as it should be.
WRITTEN = """(root) => {
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT), words = [], controls = [], faults = [], card = root.getBoundingClientRect();
  const seen = (node, r) => {                                 // what its surroundings leave of it
    let [a, b, c, d] = [r.left, r.top, r.right, r.bottom];
    for (let e = node; e !== root; e = e.parentElement) {
      const s = getComputedStyle(e), o = e.getBoundingClientRect();
      if (s.overflowX === "visible" || (e.tagName !== "svg" && e.namespaceURI.endsWith("svg"))) continue;
      if (!/auto|scroll/.test(s.overflowX) && (a < o.left - 1.5 || c > o.right + 1.5)) return null;
      if (!/auto|scroll/.test(s.overflowY) && (b < o.top - 3 || d > o.bottom + 3)) return null;
      [a, b, c, d] = [Math.max(a, o.left), Math.max(b, o.top), Math.min(c, o.right), Math.min(d, o.bottom)];
    }
    return [a, b, c, d];
  };
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const host = node.parentElement, range = document.createRange(), said = node.data.trim();
    if (!said || host.closest(".ln-quiet, option, [hidden], math") || !host.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    if (getComputedStyle(host).opacity === "0" || host.closest("[opacity='0']") || !host.getBoundingClientRect().width) continue;
    range.selectNodeContents(node);
    const box = host.closest("button, .ax-cell, [role=cell], td, dd, .ln-stop.is-here")?.getBoundingClientRect();
    for (const r of range.getClientRects()) {
      if (r.width <= 1) continue;
      const left = seen(host, r);
      if (!left) faults.push(`cut: ${said}`);
      else if (left[0] < left[2] && left[1] < left[3]) {
        words.push([said, ...left, r.height]);
        if (left[0] < card.left || left[2] > card.right || left[3] > card.bottom + 1) faults.push(`outside: ${said}`);
      }
      if (box && (r.left < box.left - 2 || r.right > box.right + 2) && !host.closest(".ln-stop, code")) faults.push(`spills: ${said}`);
    }
  }
  for (const e of root.querySelectorAll("button, input:not([type=range]), select")) {
    if (!e.checkVisibility({ visibilityProperty: true }) || e.closest(".ln-track, .ln-row > .ln-pick, .ln-which")) continue;        // these two stand over what scrolls
    const name = `[${e.ariaLabel ?? e.textContent}]`, left = seen(e.parentElement, e.getBoundingClientRect());
    if (!left) faults.push(`cut: ${name}`);
    else if (left[0] < left[2] && left[1] < left[3]) {
      controls.push([name, ...left, 0]);
      if (left[0] < card.left || left[2] > card.right + 1) faults.push(`outside: ${name}`);
    }
    if (e.type === "number" && e.scrollWidth > e.clientWidth + 1) faults.push(`cut: ${name} ${e.value}`);
  }
  const over = (all, much) => all.forEach(([one, ...a], k) => all.slice(k + 1).forEach(([other, ...b]) => {
    const across = Math.min(a[2], b[2]) - Math.max(a[0], b[0]), down = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
    if (across > 2 && down > much(a, b)) faults.push(`over each other: ${one} and ${other}`);
  }));
  over(words, (a, b) => 0.4 * Math.min(a[4], b[4]));
  over(controls, () => 8.5);                                   // a row of chips stands so far under the head
  return [...new Set(faults)];
}"""
PRESS = """async function* (root) {
  const frame = () => new Promise((ready) => setTimeout(ready, 120)), all = (what) => [...root.querySelectorAll(what)].filter((e) => e.checkVisibility());
  const named = (name) => all("button").find((e) => e.textContent.trim().startsWith(name) && !e.disabled);
  yield "asked";
  for (const one of [all(".ln-predict .ln-option")[0], all(".ly-cell")[0], ...all(".nb-mark")]) one?.click();
  const cell = all(".ax-cell")[1];
  cell?.focus();
  cell?.dispatchEvent(new KeyboardEvent("keydown", { key: " ", bubbles: true }));
  await frame();
  yield "marked";
  named("Check")?.click();
  await new Promise((ready) => setTimeout(ready, 400));
  yield "answered";
  if (named("Next: γ")) {
    named("Next: γ").click();
    await frame();
    yield "asked for γ";
    all(".ln-predict .ln-option").at(-1).click();
    named("Check").click();
    await frame();
    yield "told";
  }
  const last = all("[aria-label=Moves] .ln-chip").at(-1);
  if (!last) return;
  last.click();
  await frame();
  while (named("+ Add")) { named("+ Add").click(); await frame(); }
  yield "eight rows";
}"""
FAULTS = f"""(roots) => Promise.all(roots.map(async (root) => {{
  const found = {{}};
  for await (const state of ({PRESS})(root)) found[state] = ({WRITTEN})(root);
  return found;
}}))"""
CHAPTER3 = {"methods": ["BN", "LN(C, H, W)", "IN", "GN", "LN(C)", "RMS(C)"], "groups": 2}
KINDS = {
    "Layer": ln.Layer, "StepLab": ln.StepLab, "BatchLab": ln.BatchLab, "PlacementLab": ln.PlacementLab, "WarmUpLab": ln.WarmUpLab,
    "AblationLab": ln.AblationLab, "Neighbours": ln.Neighbours, "Axes": ln.Axes, "Block": ln.Block, "images": lambda: ln.Axes((2, 4, 3, 5), **CHAPTER3),
    "Player": ln.Player, "Player, its end": lambda: ln.Player(time=6), "Player, size": lambda: ln.Player(row="eps", time=4), "Player, long": lambda: ln.Player(list(range(12))),
    "Circle": ln.Circle, "Circle, backward": lambda: ln.Circle(mode="backward", step=3), "Circle, RMSNorm": lambda: ln.Circle(mode="rms"),
    "Rows": ln.Rows, "Spread": ln.Spread, "Spread, many": lambda: ln.Spread([1, 2, 3, 4, 5, 6, 7, 8]),
}


@pytest.fixture
def shown(tab, tmp_path):
    """``shown(kind, *widths)``: a page with one of it in a column of each width, in a window of 1280 pixels."""
    file = tmp_path / "one.html"

    def show(kind, *widths):
        file.write_text(alone(*(KINDS[kind]() for _ in widths)), "utf-8")
        page = tab(file.as_uri(), **LARGE)
        page.wait_for_selector("[data-drawn]")
        page.evaluate("""(widths) => {
          document.body.style.maxWidth = "none";
          document.querySelectorAll("[data-explorable]").forEach((e, k) => {
            const column = document.createElement("div");
            column.style.width = `${widths[k]}px`;
            e.replaceWith(column);
            column.append(e);
          });
        }""", widths)
        page.evaluate(FRAME)
        return page
    return show


# Alone there is all the room of the window; 350 and 700 px are what narrower ones leave.
COLUMNS = (350, 700, 1240)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_cut_or_lies_outside_or_over_anything(shown, kind):
    page = shown(kind, *COLUMNS)
    roots = page.locator("[data-explorable]")
    drawn = "() => [...document.querySelectorAll('[data-explorable]')].flatMap(WRITTEN)".replace("WRITTEN", WRITTEN)
    with suppress(AssertionError):                                        # what is wrong for good is named below
        until(page, drawn, lambda found: not found, within=5)             # a loaded machine takes its time to draw for the new width
    for root in roots.all():
        settled(root)                                                     # what measures its own room must not grow by it
    found = dict(zip(COLUMNS, roots.evaluate_all(FAULTS), strict=True))
    assert {f"{column} px, {state}": what for column, states in found.items() for state, what in states.items() if what} == {}


@pytest.mark.parametrize("kind, handle, way", [("Player", ".ln-bar >> nth=2 >> .ln-cap", (0, 60)), ("Spread", ".sp-dot >> nth=1 >> .sp-disc", (120, 0)),
                                               ("Circle", ".cr-knob >> nth=0 >> .cr-x", (0, 70))])
def test_what_is_dragged_stays_under_the_finger(shown, kind, handle, way):
    page = shown(kind, 1240)
    one = page.locator(handle)
    settled(one)
    one.scroll_into_view_if_needed()
    box = one.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + way[0], y + way[1], steps=6)
    page.wait_for_timeout(200)
    box = one.bounding_box()
    page.mouse.up()
    assert (box["x"] + box["width"] / 2 - x, box["y"] + box["height"] / 2 - y) == pytest.approx(way, abs=8)


def test_the_text_gets_the_page_and_the_columns_at_its_sides_come_when_they_are_called(visit):
    page = visit("chapters/03_batchnorm.html", **LARGE)
    text, site = page.locator(".bd-article"), page.locator(".bd-sidebar-primary")
    assert text.bounding_box()["width"] > 1200
    expect(site).to_be_hidden()
    page.locator(".primary-toggle").first.click()
    expect(site).to_be_visible()
    assert site.bounding_box()["x"] == 0 and text.bounding_box()["width"] > 600
    page.locator(".primary-toggle").first.click()
    expect(site).to_be_hidden()
    page.locator(".secondary-toggle").first.click()
    expect(page.get_by_role("link", name="Who wins?").last).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Who wins?").last).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
