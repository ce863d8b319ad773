"""The service on a port of its own with the test world in it, a clock that can be moved, and a window for each role."""

import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from werkzeug.serving import make_server

import kernel.database
from bureau.evaluation.service import experts
from bureau.roles import Role
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.scope import IDENTITY, Scope, use_scope
from kernel.identity.loading import digest
from kernel.identity.models import Account, Membership, Person, SignIn
from tests.browser.conftest import Visitor
from tests.support.at_once import city
from tests.support.catalogue import Stocked, stock

PICTURES = bool(os.environ.get("HOUQIN_PICTURES"))  # of every page that is looked at, for a person to look at too
PATIENCE = 30_000  # milliseconds
PASSPHRASE_TAKES = 180_000  # a passphrase is made slow to guess, and other tests take the processor as well


class MovingClock:
    """In the place of kernel.database's told time: the real clock, moved ahead for every thread of the server."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def get(self) -> datetime | None:
        return datetime.now(UTC) + self.ahead if self.ahead else None

    def move_to(self, instant: datetime) -> None:
        """Only ever forward: a deadline that passed stays passed."""
        self.ahead = max(self.ahead, instant - datetime.now(UTC))


class Window(Visitor):
    """One person's window; looks at every page that it is told to look at."""

    def go(self, path: str) -> Any:
        response = super().go(path)
        assert response.status < 400, f"{path}: {response.status}"
        return response

    def see(self, name: str, *, wide: bool = False) -> None:
        """No serious fault of access, nothing to scroll sideways for, and no complaint of the browser until here.
        `wide`: the page has tables that scroll for themselves at any width."""
        self.settle()
        assert self.axe() == [], name
        if not wide:
            assert self.overflow() <= 0, name
        assert self.complaints == [], name
        if PICTURES:
            self.shoot(f"life-{name}")

    def confirm(self, summary: str, *, inside: str = "main", fill: dict[str, str] | None = None) -> None:
        """A question that opens in place: open it, fill what it asks for, say yes."""
        exact = self.page.get_by_text(summary, exact=True)
        box = self.page.locator(f"{inside} details.confirm").filter(has=self.page.locator("summary", has=exact)).first
        box.locator("summary").click()
        for name, value in (fill or {}).items():
            box.locator(f"[name={name}]").fill(value)
        box.locator(".confirm-buttons button[type=submit]").click()

    def said(self, text: str, patience: int = PATIENCE) -> None:
        self.page.get_by_text(text).first.wait_for(timeout=patience)

    def settle(self) -> None:
        """The page that the last click led to is there as a whole."""
        self.page.wait_for_load_state("load")

    def text(self) -> str:
        self.settle()
        return str(self.page.inner_text("main"))


class Town:
    def __init__(self, app: Any, world: Any, address: str, browser: Any, clock: MovingClock) -> None:
        self.app, self.world, self.address, self.browser, self.clock = app, world, address, browser, clock
        self.windows: list[Window] = []
        self.bureau_id: int = world.bureaus["a"]
        self.stocked: Stocked = saved(lambda: stock(world.actor(Role.PROCUREMENT_OFFICER)))
        self.experts = saved(lambda: pool(self, 5))

    def window(self, role: str | None, place: str | None = None, width: int = 1440) -> Window:
        """Signed in as that person of the world; `None`: a stranger's."""
        if role is None:
            return self._open(None, width)
        return self._open(self.world.person(role, place).secret, width)

    def window_of(self, actor: Actor, width: int = 1440) -> Window:
        """For a person who was made for this tender."""
        return self._open(saved(lambda: sign_in(actor)), width)

    def _open(self, secret: str | None, width: int) -> Window:
        window = Window(self.browser, self.address, width, 780 if width < 500 else 900)
        window.context.set_default_timeout(PATIENCE)
        window.page.on("dialog", lambda dialog: dialog.accept())
        if secret is not None:
            signer = self.app.session_interface.get_signing_serializer(self.app)
            value = signer.dumps({"_user_id": secret, "_fresh": True})
            window.context.add_cookies([{"name": "houqin", "value": value, "url": self.address}])
        self.windows.append(window)
        return window

    def close_windows(self) -> None:
        for window in self.windows:
            window.close()
        self.windows.clear()


@contextmanager
def town_of(admin_url: str, browser: Any, folder: Path) -> Iterator[Town]:
    """The town, its server running; both end with the block."""
    clock = MovingClock()
    told = kernel.database._told
    with city(admin_url, "life", folder) as (app, world):
        db.session.remove()
        kernel.database._told = clock  # type: ignore[assignment]
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            town = Town(app, world, f"http://127.0.0.1:{server.server_port}", browser, clock)
            with app.app_context():
                keep_signed_in()
            yield town
            town.close_windows()
        finally:
            server.shutdown()
            thread.join(10)
            kernel.database._told = told


def saved(work: Any) -> Any:
    done = work()
    db.session.commit()
    db.session.remove()
    return done


def keep_signed_in() -> None:
    """The world's sign-ins last a day; the tender takes weeks."""

    def lengthen() -> None:
        use_scope(db.session(), IDENTITY)
        db.session.query(SignIn).update({"expires_at": now() + timedelta(days=365)})

    saved(lengthen)


def sign_in(actor: Actor) -> str:
    """The secret of a new sign-in of that person."""
    secret = secrets.token_urlsafe(32)
    use_scope(db.session(), IDENTITY)
    db.session.add(
        SignIn(
            account_id=actor.account_id, token_hash=digest(secret), bureau_id=actor.bureau_id, level=actor.level,
            supplier_id=actor.supplier_id, expires_at=now() + timedelta(days=365), address="127.0.0.1",
            user_agent="test",
        )
    )  # fmt: skip
    db.session.flush()
    return secret


def pool(town: Town, count: int) -> dict[UUID, Actor]:
    """So many experts of the tender's categories, the world's own among them, by their ids."""
    first = town.world.actor(Role.COMMITTEE_EXPERT)
    people = [first, *(_expert(town.bureau_id, number) for number in range(2, count + 1))]
    officer = town.world.actor(Role.PROCUREMENT_OFFICER)
    use_scope(db.session(), officer.scope)
    for person in people:
        experts.save_expert(
            officer, person.account_id, None, employer="演示大学", title="副教授",
            category_ids=[town.stocked.grain, town.stocked.meat],
        )  # fmt: skip
    return {person.account_id: person for person in people}


def _expert(bureau_id: int, number: int) -> Actor:
    session = db.session()
    account_id, name = new_id(), f"演示评审专家 {number}"
    use_scope(session, IDENTITY)
    session.add(
        Account(
            id=account_id, username=f"life-expert-{number}", display_name=name, password_hash="!",
            must_change_password=False,
        )
    )  # fmt: skip
    session.flush()
    session.add(Person(bureau_id=bureau_id, id=account_id, display_name=name, search_name=name.lower()))
    session.flush()
    session.add(
        Membership(
            bureau_id=bureau_id, person_id=account_id, level="bureau", role=str(Role.COMMITTEE_EXPERT),
            valid_from=date(2020, 1, 1),
        )
    )  # fmt: skip
    session.flush()
    use_scope(session, Scope("houqin_bureau", bureau_id=bureau_id))
    return Actor(
        account_id=account_id, display_name=name, level="bureau", bureau_id=bureau_id,
        roles=frozenset({str(Role.COMMITTEE_EXPERT)}),
    )  # fmt: skip
