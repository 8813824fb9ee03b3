"""A headless Chromium with the network off, driven over its debugging pipe: what a page shows, asks for and complains of."""

import json
import os
import shutil
import subprocess
from base64 import b64decode
from contextlib import suppress
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
OFF = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}


class Browser:
    """One page of a browser. `requests` are the addresses that it asked for, `complaints` what stood in its console."""

    def __init__(self, folder: Path) -> None:
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self._number = 0
        self._rest = b""
        (theirs_in, self._out), (self._in, theirs_out) = os.pipe(), os.pipe()
        # A shell puts the two ends where the browser looks for them.
        line = f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}'
        flags = ["--headless=new", "--no-sandbox", "--remote-debugging-pipe", "--disable-gpu", "--no-first-run"]
        command = ["bash", "-c", line, "-", CHROMIUM, *flags, f"--user-data-dir={folder}", "about:blank"]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen(command, pass_fds=(theirs_in, theirs_out), **quiet)
        os.close(theirs_in)
        os.close(theirs_out)
        self._session = None
        target = next(one for one in self._targets() if one["type"] == "page")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")
        self.call("Network.emulateNetworkConditions", **OFF)

    def _targets(self) -> list[dict]:
        while True:
            found = self.call("Target.getTargets")["targetInfos"]
            if any(one["type"] == "page" for one in found):
                return found

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Ask the browser for something, and return its answer."""
        self._number += 1
        asked = {"id": self._number, "method": method, "params": params}
        if self._session:
            asked["sessionId"] = self._session
        os.write(self._out, json.dumps(asked).encode() + b"\0")
        while (answer := self._next()).get("id") != asked["id"]:
            self._note(answer)
        assert "error" not in answer, answer
        return answer["result"]

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            piece = os.read(self._in, 1 << 20)
            assert piece, "the browser is gone"
            self._rest += piece
        one, _, self._rest = self._rest.partition(b"\0")
        return json.loads(one)

    def _note(self, event: dict[str, Any]) -> None:
        method, told = event.get("method"), event.get("params", {})
        if method == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(told["exceptionDetails"]))
        elif method == "Log.entryAdded":
            self.complaints.append(told["entry"]["text"])
        elif method == "Runtime.consoleAPICalled":
            self.complaints.append(json.dumps(told["args"]))

    def open(self, page: Path, rest: str = "") -> None:
        """Open a file, and wait until it has loaded."""
        self.call("Page.navigate", url="about:blank")
        self.call("Page.navigate", url=f"{page.as_uri()}{rest}")
        address = json.dumps(page.as_uri())
        while not self.value(f"document.readyState === 'complete' && document.URL.startsWith({address})"):
            pass

    def value(self, expression: str) -> Any:
        """Return the value of an expression on the page; a promise is waited for."""
        done = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True, replMode=True
        )
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def picture(self, path: Path, **rest: Any) -> None:
        """Keep a picture of what the page shows."""
        path.write_bytes(b64decode(self.call("Page.captureScreenshot", format="png", **rest)["data"]))

    def close(self) -> None:
        """End the browser that was started here."""
        self._session = None
        with suppress(AssertionError, OSError):
            self.call("Browser.close")
        self._process.wait(timeout=20)
        os.close(self._in)
        os.close(self._out)
