"""Firefox, as it is installed, over WebDriver BiDi: the protocol that it speaks without a driver beside it."""
import json
import re
import shutil
import subprocess
import tempfile
import threading
from itertools import count

import websocket

from browser import starts

NAMES = ("firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox")
LISTENS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
START_S, ANSWER_S = 90, 60
KEYS = {"ArrowUp": "\ue013"}


def find():
    """The path of a Firefox that starts, or None."""
    return next(filter(starts, filter(None, map(shutil.which, NAMES))), None)


class Firefox:
    """One window.  What its pages say to the console and what they ask for is kept in ``said`` and ``asked``."""

    def __init__(self, path):
        self.said, self.asked, self._numbers = [], [], count(1)
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._process = subprocess.Popen([path, "--headless", "--no-remote", "--profile", self._profile.name, "--remote-debugging-port", "0"],
                                         stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        late = threading.Timer(START_S, self._process.kill)
        late.start()
        where = next((found[1] for found in map(LISTENS.search, self._process.stderr) if found), None)
        late.cancel()
        assert where, f"{path} did not start within {START_S} s"
        threading.Thread(target=self._process.stderr.read, daemon=True).start()             # else it waits once the pipe is full
        self._wire = websocket.create_connection(f"{where}/session", timeout=ANSWER_S, suppress_origin=True)
        self("session.new", capabilities={})
        self("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])
        self._context = self("browsingContext.getTree")["contexts"][0]["context"]

    def __call__(self, method, **parameters):
        """The result of a command; events that come before it are kept."""
        number = next(self._numbers)
        self._wire.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while (answer := json.loads(self._wire.recv())).get("id") != number:
            if answer.get("method") == "log.entryAdded":
                self.said.append(answer["params"]["text"])
            elif answer.get("method") == "network.beforeRequestSent":
                self.asked.append(answer["params"]["request"]["url"])
        assert answer["type"] == "success", answer
        return answer["result"]

    def resize(self, width, height=800):
        self("browsingContext.setViewport", context=self._context, viewport={"width": width, "height": height})

    def goto(self, address):
        self.resize(1280)
        self("browsingContext.navigate", context=self._context, url=address, wait="complete")

    def value(self, expression):
        """What a JavaScript expression, or the promise that it is, comes to."""
        found = self("script.evaluate", expression=f"Promise.resolve({expression}).then(JSON.stringify)", awaitPromise=True,
                     target={"context": self._context})
        assert found["type"] == "success", found["exceptionDetails"]["text"]
        return json.loads(found["result"].get("value", "null"))

    def click(self, element):
        """Press the mouse in the middle of the element that an expression gives."""
        x, y = self.value(f"""(async () => {{ const one = {element}; one.scrollIntoView({{ block: "center" }});
          await new Promise((frame) => requestAnimationFrame(() => requestAnimationFrame(frame)));
          const box = one.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2].map(Math.round); }})()""")
        press = [{"type": "pointerMove", "x": x, "y": y}, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self._act({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": press})

    def press(self, key):
        self._act({"type": "key", "id": "keys", "actions": [{"type": kind, "value": KEYS[key]} for kind in ("keyDown", "keyUp")]})

    def _act(self, source):
        self("input.performActions", context=self._context, actions=[source])

    def close(self):
        self._wire.close()
        self._process.kill()
        self._process.wait()
        self._profile.cleanup()
