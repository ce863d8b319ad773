"""The real thing: gunicorn, the demo district, Chromium. A worker starts one server for all its
browser tests; a file whose tests tell one story stays in one worker (`--dist=loadfile`)."""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SCREENS = ROOT / "var" / "test" / "screens"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.when == "call":
        item.failed_call = report.failed  # type: ignore[attr-defined]
    return report


def chromium() -> str:
    for name in (os.environ.get("HOUQIN_CHROMIUM"), *BROWSERS):
        path = shutil.which(name) if name else None
        if path:
            return path
    pytest.fail("no Chromium on this machine; `make test` installs it or leaves these tests out")


@pytest.fixture(scope="session")
def district(
    admin_url: str, tmp_path_factory: pytest.TempPathFactory, testrun_uid: str
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """A database with the demo district: its environment, and who may sign in. Built once per run, for it takes long;
    every worker has a copy of database and files."""
    from tests.support import database

    built = database.VAR / "demo"
    with database.made_once(admin_url, "houqin_demo", testrun_uid) as (template, is_there):
        if not is_there:
            _seed(_environ(admin_url, template, built), built)
    folder = tmp_path_factory.mktemp("browser") / "var"
    shutil.copytree(built, folder)
    with database.cloned(admin_url, "browser", template) as name:
        sign_ins = json.loads((folder / "sign_ins.json").read_text(encoding="utf-8"))
        yield {"environ": _environ(admin_url, name, folder), "sign_ins": sign_ins}


def _environ(admin_url: str, name: str, folder: Path) -> dict[str, str]:
    from tests.support import database

    return {
        **os.environ,
        "HOUQIN_ENVIRONMENT": "demo",
        "DATABASE_URL": database.url_of(admin_url, name, user="houqin_app"),
        "DATABASE_OWNER_URL": database.url_of(admin_url, name),
        "SECRET_KEY": "browser-tests-only-" + "x" * 32,
        "HOUQIN_VAR_DIR": str(folder),
        "PYTHONPATH": os.pathsep.join(str(ROOT / part) for part in (".", "platform", "tenants")),
    }


def _seed(environ: dict[str, str], folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    made = subprocess.run(
        [sys.executable, str(Path(__file__).parent / "seed.py")],
        env=environ, cwd=ROOT, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr[-4000:]
    (folder / "sign_ins.json").write_text(made.stdout.splitlines()[-1], encoding="utf-8")


@pytest.fixture(scope="session")
def address(district: dict[str, Any]) -> Iterator[str]:
    """Where the server listens: loopback, on a port that the system picked."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {**district["environ"], "HOUQIN_BIND": f"127.0.0.1:{port}", "HOUQIN_WORKERS": "1"}
    environ["HOUQIN_BASE_URL"] = url = f"http://127.0.0.1:{port}"
    log_path = Path(environ["HOUQIN_VAR_DIR"]) / "server.log"
    with open(log_path, "wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "deploy" / "gunicorn.conf.py"), "wsgi:app"],
            env=environ, cwd=ROOT, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        for _ in range(200):
            try:
                with urllib.request.urlopen(f"{url}/readyz", timeout=2):
                    break
            except OSError:
                assert server.poll() is None, log_path.read_text()[-4000:]
                time.sleep(0.1)
        else:
            pytest.fail(log_path.read_text()[-4000:])
        yield url
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield started
        started.close()


class Visitor:
    """One person at one browser window; collects what the browser complains about."""

    def __init__(self, browser: Any, address: str, width: int = 1440, height: int = 900) -> None:
        self.address = address
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        self.context.set_default_timeout(10_000)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))

    def _heard(self, message: Any) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def go(self, path: str) -> Any:
        response = self.page.goto(self.address + path if path.startswith("/") else path)
        assert response is not None
        return response

    def sign_in(self, username: str, password: str) -> "Visitor":
        self.go("/sign-in")
        self.page.fill("[name=name]", username)
        self.page.fill("[name=password]", password)
        self.page.click("main button[type=submit], form button[type=submit]")
        self.page.wait_for_url(lambda url: "/sign-in" not in url)
        if "/account/place" in self.page.url:  # serves several schools: take the first
            self.page.locator("main form button[type=submit]").first.click()
            self.page.wait_for_url(lambda url: "/account/place" not in url)
        return self

    def axe(self) -> list[str]:
        """What axe-core finds serious or critical on this page, in words."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{violation['id']}: {violation['nodes'][0]['html'][:160]}"
            for violation in found["violations"]
            if violation["impact"] in ("serious", "critical")
        ]

    def overflow(self) -> int:
        """Pixels by which the page is wider than its window: a reader would have to scroll sideways."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def shoot(self, name: str) -> None:
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(SCREENS / f"{name}.png"), full_page=True)

    def close(self) -> None:
        self.context.close()


@pytest.fixture
def visit(request: pytest.FixtureRequest, browser: Any, address: str, district: dict[str, Any]) -> Iterator[Any]:
    """`visit("inspector-1", width=360)`: that person's window, signed in; `visit(None)`: a stranger's."""
    visitors: list[Visitor] = []
    from bureau.people.demo import PASSWORD

    passwords = {row["username"]: row["password"] for row in district["sign_ins"]}

    def open_window(username: str | None, width: int = 1440) -> Visitor:
        visitor = Visitor(browser, address, width, 780 if width < 500 else 900)
        visitors.append(visitor)
        if username is not None:
            visitor.sign_in(username, passwords.get(username, PASSWORD))
        return visitor

    yield open_window
    for number, visitor in enumerate(visitors):
        if getattr(request.node, "failed_call", False):
            visitor.shoot(f"failed-{request.node.name}-{number}".replace("/", "-"))
        visitor.close()
