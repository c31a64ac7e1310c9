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
        "BROWSER_PATH=/path/to/it make test")


def find(names=NAMES, places=MAC):
    """The path of a browser of Chromium's family, or None: the one named by BROWSER_PATH, an installed one, Playwright's own."""
    if named := os.environ.get("BROWSER_PATH"):
        if not Path(named).is_file():
            sys.exit(f"BROWSER_PATH names {named}, and there is no such file.")
        return named
    installed = [path for path in map(shutil.which, names) if path] + [path for path in places if Path(path).is_file()]
    return installed[0] if installed else of_playwright()


def of_playwright():
    from playwright.sync_api import sync_playwright
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def install():
    """Playwright's Chromium; where that cannot be fetched and we may, the system's."""
    if succeeds(sys.executable, "-m", "playwright", "install", "chromium"):
        return
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        succeeds("apt-get", "update") and succeeds("apt-get", "install", "-y", "chromium")


def succeeds(*command):
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
    return subprocess.run(command, **quiet).returncode == 0


if __name__ == "__main__":
    if find() is None:
        print("No browser found; installing Chromium for the tests.", flush=True)
        install()
        if find() is None:
            sys.exit(NONE)
