"""What the pages weigh and how fast they are: medians on this machine, to be read as ratios.

    python benchmarks/site.py [runs]
"""
import functools
import gzip
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
SITE = ROOT / "_build" / "html"
sys.path.insert(0, str(ROOT / "tests"))
from browser import find  # noqa: E402

WATCH = """window.shift = 0;
new PerformanceObserver((list) => { for (const e of list.getEntries()) if (!e.hadRecentInput) window.shift += e.value; })
  .observe({ type: "layout-shift", buffered: true });"""
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"           # before it nothing is seen
SCROLL = """async () => { for (let y = 0; y < document.body.scrollHeight; y += 500) {
  scrollTo(0, y); await new Promise((ready) => setTimeout(ready, 60)); } return window.shift; }"""
# From a key press to the change of the document, and to the start of the frame after the one that shows it.
LATENCY = """async () => {
  const bar = document.querySelector("[role=slider]"), found = [];
  if (!bar) return found;
  bar.scrollIntoView({ block: "center" });
  for (let i = 0; i < 60; i++) {
    await new Promise((ready) => setTimeout(ready, 17 * ((0.618 * i) % 1)));     // at any moment of a frame
    const began = performance.now();
    let changed = null;
    const watch = new MutationObserver(() => { changed ??= performance.now() - began; });
    watch.observe(bar, { attributes: true, subtree: true, childList: true });
    bar.dispatchEvent(new KeyboardEvent("keydown", { key: i % 2 ? "ArrowDown" : "ArrowUp", bubbles: true }));
    await new Promise((frame) => requestAnimationFrame(() => requestAnimationFrame(frame)));
    watch.disconnect();
    found.push([changed ?? performance.now() - began, performance.now() - began]);
  }
  return found;
}"""
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 2e5, "uploadThroughput": 1e5}
LIGHTHOUSE = "lighthouse@12.8.2"                                # run by npx, if there is one; its preset is a phone
SCORES = ("performance", "accessibility", "best-practices", "seo")
# Its launcher switches RenderDocument off, which readers have: without it the first frame comes a second late.
CHROME = "--headless=new --no-sandbox --disable-gpu --disable-background-networking --disable-features=Translate"
COLUMNS = ("page", "kB first", "kB next", "requests", "drawn ms", "drawn ms, slow", "shift", "DOM p50", "DOM p95", "frame p50", "frame p95")


class Gzip(http.server.SimpleHTTPRequestHandler):
    """A static host as most are set up: what has been connected stays so."""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        body = gzip.compress(path.read_bytes(), 9)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def visit(browser, url, *, slow=False, after=()):
    """One visit in an empty profile, or after those to the pages ``after``."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    for other in after:
        page.goto(other)
        page.wait_for_load_state("networkidle")
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    if slow:
        wire.send("Network.emulateNetworkConditions", SLOW)
        wire.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    inside, sizes = set(), []                                     # data: addresses cost nothing of their own
    wire.on("Network.requestWillBeSent",
            lambda event: event["request"]["url"].startswith("data:") and inside.add(event["requestId"]))
    wire.on("Network.loadingFinished", lambda event: event["requestId"] in inside or sizes.append(event["encodedDataLength"]))
    page.add_init_script(WATCH)
    page.goto(url)
    page.wait_for_load_state("load")
    live = page.locator("[data-drawn]")
    if page.locator("[data-explorable]").count():
        live.first.wait_for()
    drawn = max(int(live.first.get_attribute("data-drawn")), round(page.evaluate(PAINTED))) if live.count() else None
    shift = page.evaluate(SCROLL)
    latency = [] if slow or after else page.evaluate(LATENCY)
    context.close()
    return {"bytes": sum(sizes), "requests": len([size for size in sizes if size]), "drawn": drawn, "shift": shift, "latency": latency}


def row(browser, address, name, runs, others):
    first = [visit(browser, f"{address}/{name}") for _ in range(runs)]
    slow = [visit(browser, f"{address}/{name}", slow=True) for _ in range(max(1, runs // 2))]
    following = visit(browser, f"{address}/{name}", after=[f"{address}/{other}" for other in others])
    dom, frame = zip(*(pair for one in first for pair in one["latency"])) if first[0]["latency"] else ((), ())
    at = [spread(values) for values in (dom, frame)]
    drawn = [median(one["drawn"] for one in runs_) if runs_[0]["drawn"] is not None else None for runs_ in (first, slow)]
    return (name, median(one["bytes"] for one in first) / 1000, following["bytes"] / 1000, median(one["requests"] for one in first),
            *drawn, max(one["shift"] for one in first), *at[0], *at[1])


def spread(values):
    return (median(values), quantiles(values, n=20)[-1]) if values else (None, None)


def lighthouse(url, slower=4, scores=SCORES):
    """Its scores, of 100, with the processor so many times slower, and its own measure of this machine."""
    told = json.loads(subprocess.run(["npx", "--yes", LIGHTHOUSE, url, "--quiet", "--output=json", f"--chrome-flags={CHROME}",
                                      f"--only-categories={','.join(scores)}", f"--throttling.cpuSlowdownMultiplier={slower}"],
                                     env=os.environ | {"CHROME_PATH": find()}, capture_output=True, text=True, check=True).stdout)
    return [100 * told["categories"][name]["score"] for name in scores], told["environment"]["benchmarkIndex"]


def judged(url):
    """Lighthouse's scores of a page, then that for performance as its own table would have this machine calibrated.

    Its preset makes a fast desktop, of 1500 or more by its measure, 4 times slower to stand for a phone.  One of 800 to 1500 is
    to be made twice slower, says Lighthouse's docs/throttling.md.
    """
    scores, power = lighthouse(url)
    calibrated = lighthouse(url, 2, SCORES[:1])[0] if power < 1500 else scores[:1]
    return *scores, *calibrated, power


def build_seconds():
    """The time of a build from nothing, into a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        book = shutil.which("jupyter-book", path=Path(sys.executable).parent)
        subprocess.run([book, "build", str(ROOT), "--path-output", folder, "--all",
                        "-W", "-n", "--keep-going"], check=True, capture_output=True)
        return time.perf_counter() - began


def shown(value):
    return "–" if value is None else value if isinstance(value, str) else f"{value:.3g}" if value < 100 else f"{value:.0f}"


def main(runs):
    print(f"site built from nothing in {build_seconds():.0f} s")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Gzip, directory=SITE))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    book = [f"{name}.html" for name in re.findall(r"(?:root|file): *(\S+)", (ROOT / "_toc.yml").read_text("utf-8"))]
    pages = [*book, *sorted({str(path.relative_to(SITE)) for path in SITE.rglob("*.html")} - set(book))]
    print(" | ".join(COLUMNS))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=["--no-sandbox", "--disable-gpu"])
        for name in pages:
            before = pages[:pages.index(name)] or ["genindex.html"]
            print(" | ".join(map(shown, row(browser, f"http://127.0.0.1:{server.server_port}", name, runs, before))), flush=True)
    if shutil.which("npx"):
        print("\n" + " | ".join(("page", *SCORES, "performance, calibrated", "machine")))
        for name in pages:
            print(" | ".join(map(shown, (name, *judged(f"http://127.0.0.1:{server.server_port}/{name}")))), flush=True)
    else:
        print("no Lighthouse: it needs Node's npx")
    print("kB next: of one who has read the pages before it in the book, headers and figures scrolled to with it, as in kB first")
    print("slow: 1.6 Mbit/s, 150 ms, CPU 4 times slower; times in ms; shift: the largest of all runs, scrolled through")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
