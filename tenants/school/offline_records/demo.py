"""A few records of the show schools that came from phones: one sent from the cellar an hour later, one from a phone whose
clock was wrong, one that lay in a pocket for two days."""

from datetime import datetime, time, timedelta
from typing import Any

from flask import Flask
from flask_babel import force_locale

from bureau.demo import MARK
from bureau.demo.context import DemoContext
from bureau.demo.people import SHOW_SCHOOLS, build_people, holder
from kernel.actor import Actor
from kernel.database import clock_at, db, new_id
from kernel.database.scope import use_scope
from kernel.web.dates import SHANGHAI
from school.offline_records.schemas import OfflineRecordIn
from school.offline_records.service import taking

# Days back, made at, hours until it arrived, by how many minutes the phone's clock was wrong.
SENT = ((3, time(18, 40), 1, 0), (2, time(18, 35), 2, 25), (5, time(18, 50), 50, 0))


def demo(app: Flask, demo: DemoContext) -> None:
    people = build_people(demo.district)
    with force_locale("zh_CN"):
        for school in demo.district.schools[:SHOW_SCHOOLS]:
            if school.canteen_mode == "none":
                continue
            person = holder(people, "canteen_manager", school.code)
            actor = Actor(
                demo.accounts[person.username], person.name, "school", demo.bureau_id,
                school_id=demo.schools[school.code], roles=frozenset({"canteen_manager"}),
            )  # fmt: skip
            use_scope(db.session(), actor.scope)
            for back, hour, hours, minutes in SENT:
                made = datetime.combine(demo.today - timedelta(days=back), hour, SHANGHAI)
                _send(actor, made, timedelta(hours=hours), timedelta(minutes=minutes))
            db.session.commit()
            db.session.expunge_all()


def _send(actor: Actor, made: datetime, later: timedelta, wrong: timedelta) -> None:
    """A handover of the evening, made by a phone whose clock is behind by `wrong`."""
    row = {
        "id": str(new_id()),
        "to_name": f"{MARK}夜班",
        "matters": "煤气总阀已关，冷库门已锁。",
    }
    document: dict[str, Any] = {
        "kind": "handover", "school_id": actor.school_id, "made_at": (made - wrong).isoformat(),
        "clock_offset_ms": int(wrong.total_seconds() * 1000), "device": {"id": f"{MARK}手机", "label": f"{MARK}手机"},
        "body": {"rows": [row]}, "files": [],
    }  # fmt: skip
    with clock_at(made + later):
        taking.take(actor, new_id(), OfflineRecordIn().load(document), document)
