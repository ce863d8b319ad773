"""Runs the test suite: all of it in one pytest, with Chromium where it is or may be installed.

HOUQIN_BROWSER=required makes a machine without Chromium, or a run without browser tests, a failure (CI).
"""

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from common import ROOT, SetupError, main, run, say

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
RESULTS = ROOT / "var" / "test" / "results.xml"


def find_chromium() -> str | None:
    """A Chromium that starts; a package manager's placeholder does not count."""
    for name in (os.environ.get("HOUQIN_CHROMIUM"), *BROWSERS):
        path = shutil.which(name) if name else None
        if path and subprocess.run([path, "--version"], capture_output=True).returncode == 0:
            return path
    return None


def has_chinese_font() -> bool:
    if shutil.which("fc-list") is None:
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, text=True).stdout.strip())


def install_browser() -> None:
    """From the Debian archive, where that is allowed; a browser without a Chinese font would test empty boxes."""
    missing = ([] if find_chromium() else ["chromium"]) + (
        [] if has_chinese_font() else ["fontconfig", "fonts-noto-cjk"]
    )
    if not missing or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    say(f"Installing {', '.join(missing)} for the browser tests …")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        run(["apt-get", "update", "-qq"], why="apt-get update failed", env=quiet)
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
        run(command, why="apt-get install failed", env=quiet)
    except SetupError as error:
        say(str(error))


def browser_tests_run() -> int:
    """How many browser tests the last run executed."""
    cases = ElementTree.parse(RESULTS).iter("testcase")  # noqa: S314  our own run wrote it
    return sum(
        1 for case in cases if case.get("classname", "").startswith("tests.browser") and case.find("skipped") is None
    )


def action(arguments: list[str]) -> None:
    required = os.environ.get("HOUQIN_BROWSER") == "required"
    install_browser()
    chromium = find_chromium()
    tests = arguments or ["tests"]
    options = [
        "-n",
        os.environ.get("WORKERS", "2"),
        "--dist=loadfile",
        # In the order of the folders: the browser's files are few and slow, and must not all come last.
        "--no-loadscope-reorder",
        f"--junitxml={RESULTS}",
        "-o",
        "junit_family=xunit1",
    ]
    environment = dict(os.environ)
    if chromium:
        environment["HOUQIN_CHROMIUM"] = chromium
    elif required:
        raise SetupError("no Chromium, and the browser tests are required here")
    else:
        say("Left out: the browser tests, because this machine has no Chromium (Debian: apt install chromium).")
        options.append("--ignore=tests/browser")
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.unlink(missing_ok=True)
    code = subprocess.run(
        [str(Path(sys.executable)), "-m", "pytest", *options, *tests], cwd=ROOT, env=environment
    ).returncode
    if code == 0 and required and browser_tests_run() == 0:
        raise SetupError("no browser test ran, and they are required here")
    sys.exit(code)


if __name__ == "__main__":
    main(action, waits=False)  # a test run takes minutes
