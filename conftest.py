"""What every kernel and test inherits, so that outputs depend on the code alone; and which tests may be parted."""
import os
import sys

import pytest

from layernorm.site.notebooks import ENVIRONMENT

os.environ.update(ENVIRONMENT)
# jsonschema would make 39 parsers of it, for more than a second in each process: for addresses in other alphabets, which no notebook has.
sys.modules["rfc3987_syntax"] = None
pytest_plugins = ["nbval.plugin"]                            # after that line: pyproject.toml keeps it from coming before


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadScopeScheduling

    class Apart(LoadScopeScheduling):
        """A file's tests stay in one process, with their kernel or server; those on pages share nothing but a browser."""

        def _split_scope(self, nodeid):
            path = nodeid.split("::")[0]
            return nodeid if path.endswith(("_page.py", "test_site.py")) else path
    return Apart(config, log)
