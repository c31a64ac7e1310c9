"""What holds from an earlier run: a test that passed is not run again while nothing that it depends on has changed.

Every test depends on all code: each file of the repository that is no text of the course, what is installed, the browser.  Beyond that it
depends on those texts, and pages built from them, that were opened for it, by itself, by its fixtures, or by the server that its
browser asked; on all of them if it starts another process.  What a page loads has its bytes in its name, so the page stands for it.
What a notebook's kernel reads is code and the notebook.  A clone has nothing that holds, EVERYTHING=1 runs all.
"""
import hashlib
import json
import os
import platform
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest

from browser import find

TEXTS = (".ipynb", ".md", ".bib")
PAGES = "_build/html/"
ALL = "*"
KEPT = "layernorm/held"


class Inputs:
    """The bytes that tests depend on, as they are now."""

    def __init__(self, root):
        self.root = root
        given = subprocess.run(["git", "ls-files", "-coz", "--exclude-standard"], cwd=root, capture_output=True)
        self.known = not given.returncode
        names = sorted(filter(None, given.stdout.decode().split("\0")))
        texts = [name for name in names if name.endswith(TEXTS) and (root / name).is_file()]
        pages = sorted(path.relative_to(root).as_posix() for path in (root / PAGES).rglob("*") if path.is_file())
        self.files = {name: self._bytes(name) for name in (*texts, *pages)}
        self.files[ALL] = digest(self.files)
        code = {name: self._bytes(name) for name in names if name not in self.files}
        self.code = digest([code, texts, machine()])

    def _bytes(self, name):
        path = self.root / name
        return digest(path.read_bytes()) if path.is_file() else None

    def name(self, path):
        """What a test depends on that opens the file, or None: all do."""
        try:
            name = Path(os.path.abspath(os.fsdecode(path))).relative_to(self.root).as_posix()
        except (TypeError, ValueError):
            return None
        return name if name in self.files else None

    def state(self, names):
        """Of code and these files; None if one is there no more."""
        return digest([self.code, {name: self.files[name] for name in names}]) if set(names) <= self.files.keys() else None


def digest(what):
    return hashlib.sha256(what if isinstance(what, bytes) else json.dumps(what, sort_keys=True).encode()).hexdigest()[:20]


def machine():
    """What code runs on: Python, what is installed in it, the browser."""
    browser = find()
    named = {one.metadata["Name"]: one.version for one in distributions()}
    return [sys.version, platform.platform(), named, browser and [browser, os.stat(browser).st_size], os.environ.get("NEAR")]


class Held:
    """The plugin: notes what each test depends on, and leaves out what holds."""

    def __init__(self, config):
        self.config, self.inputs = config, Inputs(config.rootpath)
        self.kept = config.cache.get(KEPT, {})
        self.everything = bool(os.environ.get("EVERYTHING")) or not self.inputs.known
        self.opened, self.shared, self.left, self.found, self.failed = None, {}, 0, {}, set()
        sys.addaudithook(self._heard)

    # --- What is opened

    def _heard(self, event, given):
        if self.opened is not None and event in ("open", "subprocess.Popen"):
            name = ALL if event == "subprocess.Popen" else self.inputs.name(given[0])
            if name:
                self.opened.add(name)

    def _noted(self, key):
        """What is opened until the generator ends, under this key."""
        before, self.opened = self.opened, self.shared.setdefault(key, set()) if key is not None else set()
        try:
            return (yield)
        finally:
            self.opened = before

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector):
        return (yield from self._noted(collector.nodeid))

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef):
        if fixturedef.scope == "function":
            return (yield)
        return (yield from self._noted(fixturedef if fixturedef.scope != "session" else None))        # a session has a browser and a server, no text

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        return (yield from self._noted(item.nodeid))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item, call):
        if call.when == "teardown":
            item.user_properties.append((KEPT, sorted(self._depends(item))))
        return (yield)

    def _depends(self, item):
        if item.path.suffix == ".ipynb":                          # its kernel is another process, which reads what is said above
            return {self.inputs.name(item.path)} - {None}
        fixtures = [one for defs in item._fixtureinfo.name2fixturedefs.values() for one in defs]
        keys = [*(collector.nodeid for collector in item.listchain()), *fixtures]
        return set().union(*(self.shared.get(key, ()) for key in keys))

    # --- What is left out

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config, items):
        if self.everything:
            return
        again = {item.path for item in items if item.path.suffix == ".ipynb" and not self._holds(item)}
        held = [item for item in items if self._holds(item) and item.path not in again]       # the cells of a notebook run together or not at all
        self.left = len(held)
        if held:
            items[:] = [item for item in items if item not in set(held)]
            config.hook.pytest_deselected(items=held)

    def _holds(self, item):
        state, names = self.kept.get(item.nodeid, (None, ()))
        return state is not None and state == self.inputs.state(names)

    # --- What is kept

    def pytest_runtest_logreport(self, report):
        if report.failed or report.skipped:
            self.failed.add(report.nodeid)
        if report.when == "teardown":
            self.found[report.nodeid] = dict(report.user_properties)[KEPT]

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node):
        self.left = max(self.left, getattr(node, "workeroutput", {}).get(KEPT, 0))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session, exitstatus):
        if hasattr(self.config, "workeroutput"):
            self.config.workeroutput[KEPT] = self.left
            return
        passed = {nodeid: [self.inputs.state(names), names] for nodeid, names in self.found.items() if nodeid not in self.failed}
        kept = {nodeid: one for nodeid, one in self.kept.items() if nodeid not in self.failed}
        self.config.cache.set(KEPT, kept | passed)
        if self.left and exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            session.exitstatus = pytest.ExitCode.OK

    def pytest_terminal_summary(self, terminalreporter):
        if self.left:
            terminalreporter.write_line(f"{self.left} more have passed before and hold: nothing that they depend on has changed."
                                        " `make test EVERYTHING=1` runs them too.")
