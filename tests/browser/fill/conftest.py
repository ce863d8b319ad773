"""A server that a test may stop for real and start again on the same port, phones that are browsers, and the rows."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import psycopg2.extras
import pytest

from tests.browser.conftest import AXE, ROOT, SCREENS, chromium
from tests.support.pictures import jpeg

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


class Service:
    def __init__(self, environ: dict[str, str]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.environ = {
            **environ, "HOUQIN_BIND": f"127.0.0.1:{port}", "HOUQIN_WORKERS": "1", "HOUQIN_BASE_URL": self.url,
        }  # fmt: skip
        self.log = Path(environ["HOUQIN_VAR_DIR"]) / "fill-server.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if self.process is not None:
            return
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "deploy" / "gunicorn.conf.py"), "wsgi:app"],
                env=self.environ, cwd=ROOT, stdout=log, stderr=log,
            )  # fmt: skip
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=2):
                    return
            except OSError:
                assert self.process.poll() is None, self.log.read_text()[-4000:]
                time.sleep(0.1)
        pytest.fail(self.log.read_text()[-4000:])

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)
            self.process = None


@pytest.fixture(scope="session")
def district(admin_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Small, for phones only: seeding the whole demo would take longer than these tests."""
    from tests.support import database

    with database.cloned(admin_url, "phones") as name:
        environ = {
            **os.environ,
            "HOUQIN_ENVIRONMENT": "demo",
            "DATABASE_URL": database.url_of(admin_url, name, user="houqin_app"),
            "DATABASE_OWNER_URL": database.url_of(admin_url, name),
            "SECRET_KEY": "browser-tests-only-" + "x" * 32,
            "HOUQIN_VAR_DIR": str(tmp_path_factory.mktemp("phones")),
            "PYTHONPATH": os.pathsep.join(str(ROOT / part) for part in (".", "platform", "tenants")),
        }
        made = subprocess.run(
            [sys.executable, str(Path(__file__).parent / "district.py")],
            env=environ, cwd=ROOT, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr[-4000:]
        yield {"environ": environ, "sign_ins": json.loads(made.stdout.splitlines()[-1])}


@pytest.fixture(scope="session")
def running(district: dict[str, Any]) -> Iterator[Service]:
    service = Service(district["environ"])
    service.start()
    yield service
    service.stop()


@pytest.fixture
def service(running: Service) -> Iterator[Service]:
    """Runs at the beginning and again at the end, whatever the test does with it."""
    running.start()
    yield running
    running.start()


class Rows:
    """The database as its owner sees it."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg2.connect(url.replace("postgresql+psycopg2", "postgresql"))
        self.connection.autocommit = True

    def __call__(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        with self.connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
            cursor.execute(statement, values)
            return [dict(row) for row in cursor.fetchall()] if cursor.description else []

    def answers(self, visit: str) -> dict[str, Any]:
        found = self("SELECT item_code, answer, remark FROM inspection_answers WHERE inspection_id = %s", visit)
        assert len({row["item_code"] for row in found}) == len(found)
        return {row["item_code"]: row["answer"] for row in found}

    def submissions(self, visit: str) -> list[dict[str, Any]]:
        return self("SELECT * FROM fill_submissions WHERE inspection_id = %s ORDER BY id", visit)

    def files(self, visit: str) -> list[dict[str, Any]]:
        return self("SELECT * FROM fill_files WHERE inspection_id = %s ORDER BY id", visit)

    def receipts(self, visit: str) -> list[dict[str, Any]]:
        return self(
            "SELECT r.* FROM fill_receipts r JOIN fill_submissions s ON s.bureau_id = r.bureau_id AND s.id = r.submission_id "
            "WHERE s.inspection_id = %s", visit,
        )  # fmt: skip


@pytest.fixture(scope="session")
def rows(district: dict[str, Any]) -> Rows:
    return Rows(district["environ"]["DATABASE_OWNER_URL"])


@pytest.fixture(scope="session")
def prepare(district: dict[str, Any]) -> Any:
    """`prepare([{form, title, inspectors, …}])`: published forms and visits, by title."""

    def make(visits: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
        made = subprocess.run(
            [sys.executable, str(Path(__file__).parent / "prepare.py")], input=json.dumps({"visits": visits}),
            env=district["environ"], cwd=ROOT, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr[-4000:]
        return {one["title"]: one for one in json.loads(made.stdout.splitlines()[-1])}

    return make


class Phone:
    """One browser with a disk of its own; `restart` closes it and opens it again on the same disk."""

    def __init__(self, browser: Any, folder: Path, address: str, password: str, width: int = 390) -> None:
        self.kind, self.folder, self.address, self.password, self.width = browser, folder, address, password, width
        self.scripts: list[str] = []
        self.complaints: list[str] = []
        self.open()

    def open(self) -> None:
        self.context = self.kind.launch_persistent_context(
            str(self.folder), executable_path=chromium(), args=ARGUMENTS, locale="zh-CN", timezone_id="Asia/Shanghai",
            viewport={"width": self.width, "height": 780}, geolocation={"latitude": 30.5, "longitude": 114.3, "accuracy": 12},
            permissions=["geolocation"], accept_downloads=True, reduced_motion="reduce",
        )  # fmt: skip
        self.context.set_default_timeout(8_000)
        for script in self.scripts:
            self.context.add_init_script(script)
        self.page = self.context.pages[0] if self.context.pages else self.context.new_page()
        self.listen(self.page)

    def listen(self, page: Any) -> None:
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))

    def restart(self) -> "Phone":
        self.close()
        self.open()
        return self

    def close(self) -> None:
        self.context.close()

    def go(self, place: str = "/") -> "Phone":
        self.page.goto(f"{self.address}/fill/#{place}")
        self.page.locator("#fill header.top h1").wait_for()
        return self

    def sign_in(self, username: str) -> "Phone":
        self.go("/sign-in")
        self.page.fill("[name=username]", username)
        self.page.fill("[name=password]", self.password)
        self.page.click("form button[type=submit]")
        self.page.locator("#fetch-now").wait_for()
        return self

    def kept_offline(self) -> None:
        """Until the worker has the page on the disk."""
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    def card(self, visit: dict[str, Any]) -> Any:
        return self.page.locator(f"[data-inspection='{visit['id']}']")

    def state(self, visit: dict[str, Any], state: str, page: Any = None) -> None:
        (page or self.page).locator(f"[data-inspection='{visit['id']}'][data-state='{state}']").wait_for()

    def begin(self, visit: dict[str, Any], section: str = "") -> "Phone":
        self.go(f"/fill/{visit['id']}/{section}")
        self.page.locator(".filling nav.chips").wait_for()
        if section:
            self.page.locator(f".chip[data-section='{section}'][aria-current=true]").wait_for()
        return self

    def section(self, code: str) -> None:
        self.page.click(f".chip[data-section='{code}']")
        self.page.locator(f".chip[data-section='{code}'][aria-current=true]").wait_for()

    def item(self, key: str, page: Any = None) -> Any:
        return (page or self.page).locator(f"[data-key='{key}']")

    def tap(self, key: str, control: str, times: int = 1) -> None:
        for _ in range(times):
            self.item(key).locator(f"[data-k='{control}']").click()

    def photo(self, key: str, seed: str, size: tuple[int, int] = (640, 480)) -> None:
        place = self.item(key)
        before = place.locator(".thumb").count()
        place.locator("input[type=file]").set_input_files(
            {"name": f"{seed}.jpg", "mimeType": "image/jpeg", "buffer": jpeg(seed, size)}
        )
        place.locator(".thumb").nth(before).wait_for()

    def saved(self) -> None:
        """Until nothing waits for the disk."""
        self.page.wait_for_function("() => ![...document.querySelectorAll('.card-state .link')].length")

    def sign(self, signer: str) -> None:
        place = self.page.locator(f"[data-signer='{signer}']")
        pad = place.locator("canvas")
        pad.scroll_into_view_if_needed()
        box = pad.bounding_box()
        self.page.mouse.move(box["x"] + 20, box["y"] + 20)
        self.page.mouse.down()
        for step in range(1, 15):
            self.page.mouse.move(box["x"] + 20 + 10 * step, box["y"] + 25 + (step % 3) * 12)
        self.page.mouse.up()
        place.locator("[data-k=keep]").click()
        place.locator("img.signature").wait_for()

    def all_right(self, *sections: str) -> None:
        for section in sections:
            self.section(section)
            self.page.click("[data-k=all-right]")
        self.saved()

    def finish(self, visit: dict[str, Any], signers: list[str] | None = None) -> None:
        if self.page.locator("#to-finish").count():
            self.page.click("#to-finish")
        for signer in signers or [f"inspector:{visit['people'][0]}", "school"]:
            self.sign(signer)
        self.page.click("#finalise")
        self.card(visit).wait_for()

    def fetch(self) -> None:
        self.page.click("#fetch-now")

    def axe(self) -> list[str]:
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{one['id']}: {one['nodes'][0]['html'][:160]} {one['nodes'][0]['failureSummary'][:200]}"
            for one in found["violations"] if one["impact"] in ("serious", "critical")
        ]  # fmt: skip

    def overflow(self) -> int:
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def shoot(self, name: str) -> None:
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(SCREENS / f"{name}.png"), full_page=True)


@pytest.fixture
def phone(
    request: pytest.FixtureRequest, browser: Any, service: Service, district: dict[str, Any], tmp_path: Path
) -> Iterator[Any]:
    """`phone()`, `phone("inspector-1")`: a browser with an empty disk, signed in."""
    opened: list[Phone] = []
    password = district["sign_ins"][0]["password"]

    def make(username: str | None = None, width: int = 390, script: str = "") -> Phone:
        one = Phone(browser.browser_type, tmp_path / f"phone{len(opened)}", service.url, password, width)
        if script:
            one.scripts.append(script)
            one.context.add_init_script(script)
        opened.append(one)
        return one.sign_in(username) if username else one

    yield make
    for number, one in enumerate(opened):
        if getattr(request.node, "failed_call", False):
            try:
                one.shoot(f"failed-fill-{request.node.name}-{number}".replace("/", "-"))
            except Exception as error:  # the page may be gone: the test has said what went wrong
                print(f"no picture: {error}")
        one.close()
