"""Find the browser that the tests drive, or install one.

    python tests/browser.py
"""
import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "microsoft-edge-stable")
MAC = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium",
       "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge")
NONE = ("No Chromium, Chrome or Edge was found, and none could be installed. Install one, or name it: "
        "`make test BROWSER_PATH=/path/to/it`.")


def find(names=NAMES, places=MAC):
    """The path of a browser of Chromium's family that starts, or None: BROWSER_PATH's, an installed one, Playwright's."""
    if named := os.environ.get("BROWSER_PATH"):
        if not starts(named):
            sys.exit(f"BROWSER_PATH names {named}, which is no browser that starts.")
        return named
    installed = [*filter(None, map(shutil.which, names)), *places]
    return next(filter(starts, installed), None) or next(filter(starts, [of_playwright()]), None)


def starts(path):
    """Whether it can say its version: one without its libraries cannot."""
    return Path(path).is_file() and succeeds(path, "--version")


def of_playwright():
    from playwright.sync_api import sync_playwright
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def install():
    """Playwright's Chromium; where we may, the system's libraries for it or, if it cannot be fetched, the system's Chromium."""
    fetched = succeeds(sys.executable, "-m", "playwright", "install", "chromium")
    if find() or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    if fetched:
        succeeds(sys.executable, "-m", "playwright", "install-deps", "chromium")
    else:
        succeeds("apt-get", "update") and succeeds("apt-get", "install", "-y", "chromium")


def succeeds(*command):
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        return subprocess.run(command, **quiet, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}).returncode == 0
    except OSError:
        return False


if __name__ == "__main__":
    if find() is None:
        print("No browser was found; installing Chromium for the tests.", flush=True)
        install()
        if find() is None:
            sys.exit(NONE)
