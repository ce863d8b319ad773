"""A server and phones in a school: like the inspectors', with a district of their own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import ROOT
from tests.browser.fill.conftest import Phone, Rows, Service


@pytest.fixture(scope="session")
def town(admin_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    from tests.support import database

    with database.cloned(admin_url, "school_phones") as name:
        environ = {
            **os.environ,
            "HOUQIN_ENVIRONMENT": "demo",
            "DATABASE_URL": database.url_of(admin_url, name, user="houqin_app"),
            "DATABASE_OWNER_URL": database.url_of(admin_url, name),
            "SECRET_KEY": "browser-tests-only-" + "x" * 32,
            "HOUQIN_VAR_DIR": str(tmp_path_factory.mktemp("school_phones")),
            "PYTHONPATH": os.pathsep.join(str(ROOT / part) for part in (".", "platform", "tenants")),
        }
        made = subprocess.run(
            [sys.executable, str(Path(__file__).parent / "town.py")],
            env=environ, cwd=ROOT, capture_output=True, text=True, timeout=180,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr[-4000:]
        yield {"environ": environ, **json.loads(made.stdout.splitlines()[-1])}


@pytest.fixture(scope="session")
def town_service(town: dict[str, Any]) -> Iterator[Service]:
    service = Service(town["environ"])
    service.start()
    yield service
    service.stop()


@pytest.fixture
def service(town_service: Service) -> Iterator[Service]:
    town_service.start()
    yield town_service
    town_service.start()


@pytest.fixture(scope="session")
def rows(town: dict[str, Any]) -> Rows:
    return Rows(town["environ"]["DATABASE_OWNER_URL"])


class SchoolPhone(Phone):
    def state_of(self, kind: str, state: str) -> Any:
        found = self.page.locator(f"[data-record][data-kind='{kind}'][data-state='{state}']")
        found.first.wait_for()
        return found

    def task(self, key: str) -> "SchoolPhone":
        self.page.locator(f"[data-task='{key}']").click()
        self.page.locator("#keep").wait_for()
        return self

    def shipment(self, shipment: dict[str, Any]) -> "SchoolPhone":
        self.page.locator(f"[data-shipment='{shipment['id']}']").click()
        self.page.locator("#keep").wait_for()
        return self

    def row(self, label: str) -> Any:
        return self.page.locator(f"section[aria-label='{label}']")

    def typed(self, label: str, field: str, value: str) -> None:
        self.row(label).locator(f"[data-k='{field}']").fill(value)

    def chosen(self, label: str, control: str) -> None:
        self.row(label).locator(f"[data-k='{control}']").click()

    def keep(self) -> None:
        self.page.click("#keep")
        self.page.locator("#keep").wait_for(state="detached")

    def add_second(self, username: str) -> None:
        """The second person's own sign-in, while there is a network."""
        self.go("/more")
        form = self.page.locator("#seconds details")
        form.locator("summary").click()
        form.locator("[name=username]").fill(username)
        form.locator("[name=password]").fill(self.password)
        form.locator("button[type=submit]").click()
        self.page.locator(".toast.is-success").wait_for()


@pytest.fixture
def phone(
    request: pytest.FixtureRequest, browser: Any, service: Service, town: dict[str, Any], tmp_path: Path
) -> Iterator[Any]:
    """`phone("storekeeper@a1")`: a browser with an empty disk, signed in."""
    opened: list[SchoolPhone] = []

    def make(username: str | None = None, width: int = 390, script: str = "") -> SchoolPhone:
        one = SchoolPhone(browser.browser_type, tmp_path / f"phone{len(opened)}", service.url, town["password"], width)
        if script:
            one.scripts.append(script)
            one.context.add_init_script(script)
        opened.append(one)
        if username:
            one.sign_in(username)
            one.kept_offline()
        return one

    yield make
    for number, one in enumerate(opened):
        if getattr(request.node, "failed_call", False):
            try:
                one.shoot(f"failed-school-{request.node.name}-{number}".replace("/", "-"))
            except Exception as error:  # the page may be gone: the test has said what went wrong
                print(f"no picture: {error}")
        one.close()
