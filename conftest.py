"""What every kernel and test inherits, so that outputs depend on the code alone; and which tests may be parted."""
import os
import sys

import pytest

# jsonschema would make 39 parsers of it, for more than a second in each process: for addresses in other alphabets, which no notebook has.
sys.modules["rfc3987_syntax"] = None
from layernorm.site.notebooks import ENVIRONMENT  # noqa: E402  it imports jsonschema

os.environ.update(ENVIRONMENT)
pytest_plugins = ["nbval.plugin"]                            # after that line: pyproject.toml keeps it from coming before

# What takes longest begins first, so that no process is left with it at the end; then the files that stay whole.
LONGEST = ["tests/test_twice.py", "chapters/04_", "tests/test_lab.py", "tests/test_site.py::test_every_page_fits", "chapters/05_",
           "tests/test_experiments.py", "chapters/03_", "chapters/02_", "chapters/01_", "tests/test_traininglabs.py",
           "tests/test_placementlab.py", "tests/test_lab_stored.py", "tests/test_setup.py", "chapters/"]


def pytest_configure(config):
    import held  # from tests/, which is on the path only now
    import near

    config.pluginmanager.register(held.Held(config), "held")
    if not near.EXACT:
        near.loosen(sys.modules["nbval.plugin"])


def alone(nodeid):
    """Tests on pages share nothing but a browser; those of any other file stay in one process, with their kernel or server."""
    return nodeid.split("::")[0].endswith(("_page.py", "test_site.py"))


def pytest_collection_modifyitems(items):
    def turn(item):
        return next((k for k, name in enumerate(LONGEST) if item.nodeid.startswith(name)), len(LONGEST)), alone(item.nodeid)
    items.sort(key=turn)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadScopeScheduling

    class Apart(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return nodeid if alone(nodeid) else nodeid.split("::")[0]
    config.option.loadscopereorder = False                       # which would begin with the files of most tests
    return Apart(config, log)
