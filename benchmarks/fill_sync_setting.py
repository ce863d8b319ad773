"""What the phones of benchmarks.fill_sync find and carry: a district with one open visit for each, and pictures."""

import io
import uuid
from datetime import date, timedelta
from typing import Any

from PIL import Image

from benchmarks import sample
from kernel.database import migrate

DATABASE = "houqin_bench_sync"
PHOTO_BYTES = 300_000


def photos(count: int) -> list[bytes]:
    """As a phone makes them: 1600 × 1200, about 300 kB. A comment makes each one's bytes its own."""
    bases = []
    for seed in range(4):
        noise = Image.effect_noise((1600, 1200), 20 + 2 * seed).convert("RGB")
        fitting = b""
        for quality in range(30, 90, 3):
            target = io.BytesIO()
            noise.save(target, "JPEG", quality=quality)
            fitting = target.getvalue()
            if len(fitting) >= PHOTO_BYTES:
                break
        bases.append(fitting)
    made = []
    for number in range(count):
        mark = f"houqin bench {number} {uuid.uuid4()}".encode()
        block = b"\xff\xfe" + (len(mark) + 2).to_bytes(2, "big") + mark
        base = bases[number % len(bases)]
        made.append(base[:2] + block + base[2:])
    return made


def signature(number: int) -> bytes:
    target = io.BytesIO()
    Image.new("RGBA", (400, 160), (number % 256, number // 256, 7, 255)).save(target, "PNG")
    return target.getvalue()


def prepare(server: Any, count: int) -> list[tuple[str, str]]:
    """A fresh database with `count` schools, each with one open visit of one inspector of its own: [(token, person)]."""
    server.psql("postgres", f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)')
    server.create_database(DATABASE)
    migrate.upgrade(server.owner_url(DATABASE).replace("postgresql://", "postgresql+psycopg2://"))
    import wsgi

    app = wsgi.create_app()
    with app.app_context():
        try:
            return _people_and_visits(count)
        finally:
            from kernel.database import db

            db.session.remove()
            db.engine.dispose()


def _people_and_visits(count: int) -> list[tuple[str, str]]:
    from bureau.inspections.models import Inspection, InspectionInspector, InspectionPlan
    from bureau.schools.models import School
    from kernel.actor import system_actor
    from kernel.database import db, new_id, now
    from kernel.database.scope import IDENTITY, OPERATOR, use_scope
    from kernel.identity.loading import digest
    from kernel.identity.models import Account, ApiToken, Bureau, Membership, Person
    from scorecards import service as forms

    session = db.session()
    use_scope(session, OPERATOR)
    bureau = Bureau(code="bench", name="演示教育局", settings={})
    session.add(bureau)
    session.flush()
    system = system_actor(bureau.id)
    use_scope(session, system.scope)
    draft = forms.import_form(system, sample.form())
    version = forms.publish(system, draft.id, draft.version)
    today = date.today()  # noqa: DTZ011
    plan = InspectionPlan(
        bureau_id=bureau.id, id=new_id(), title="演示检查计划", kind="canteen", form_version_id=version.id,
        starts_on=today, ends_on=today, created_by=system.account_id,
    )  # fmt: skip
    session.add(plan)
    session.flush()
    people = []
    for number in range(1, count + 1):
        account = Account(
            id=new_id(), username=f"bench-{number}", display_name=f"演示检查员{number}", password_hash="!",
            must_change_password=False,
        )  # fmt: skip
        token = f"bench-phone-{number}-{uuid.uuid4().hex}"
        use_scope(session, IDENTITY)
        session.add(account)
        session.flush()
        name = account.display_name
        session.add(Person(bureau_id=bureau.id, id=account.id, display_name=name, search_name=name))
        session.flush()
        session.add(
            Membership(
                bureau_id=bureau.id, person_id=account.id, level="bureau", role="inspector",
                valid_from=date(2020, 1, 1),
            )
        )  # fmt: skip
        session.add(
            ApiToken(
                account_id=account.id, token_hash=digest(token), name="bench", scopes=["bureau:inspection:fill"],
                bureau_id=bureau.id, level="bureau", expires_at=now() + timedelta(days=1), last_used_at=now(),
            )
        )  # fmt: skip
        session.flush()
        use_scope(session, system.scope)
        school = School(
            bureau_id=bureau.id, code=f"s{number}", name=f"演示第{number}学校", search_name=f"演示第{number}学校",
            stage="primary", enrolment_6_8=300, classes=12, diners=300,
        )  # fmt: skip
        session.add(school)
        session.flush()
        visit = Inspection(
            bureau_id=bureau.id, school_id=school.id, id=new_id(), plan_id=plan.id, form_version_id=version.id,
            kind="canteen", scheduled_on=today, created_by=system.account_id,
        )  # fmt: skip
        session.add(visit)
        session.flush()
        session.add(
            InspectionInspector(
                bureau_id=bureau.id, school_id=school.id, inspection_id=visit.id, person_id=account.id, is_lead=True
            )
        )
        people.append((token, str(account.id)))
    session.commit()
    return people
