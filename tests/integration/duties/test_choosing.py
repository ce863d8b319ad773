"""The bureau's settings, a school's own choice, kinds that people make, starters."""

from datetime import time, timedelta

import pytest
from sqlalchemy import select

from bureau.roles import Role
from duties.kinds import DutyKind
from duties.models import BureauDutyKind, Duty
from duties.resolving import Choice, SchoolTypes
from duties.service import choosing, own_kinds
from duties.service.generating import generate
from duties.starter import STARTERS
from kernel.database import clock_at, db, new_id
from kernel.errors import Conflict, Invalid, NotFound
from kernel.web.dates import today
from tests.support.duties import FRIDAY, at, published

DAY = timedelta(days=1)


@pytest.fixture
def officer(world, acting, district):
    return acting(world.actor(Role.CANTEEN_OFFICER))


@pytest.fixture
def head(world, acting, district):
    return acting(world.actor(Role.PRINCIPAL, "a1"))


def save(officer, setting_id=None, seen=None, **changes):
    content = {"kind": "morning", "is_on": True, "types": SchoolTypes(), "choice": Choice(), **changes}
    return choosing.save_setting(officer, setting_id or new_id(), seen, **content)


def due_times(school_id, kind):
    zone = at(FRIDAY).tzinfo
    rows = db.session.scalars(select(Duty).where(Duty.school_id == school_id, Duty.kind == kind))
    return {row.due_at.astimezone(zone).time() for row in rows}


def test_setting_reaches_the_duties_with_the_next_run(world, acting, officer, district):
    save(officer, choice=Choice(due_time=time(7, 30)), types=SchoolTypes(stages=("primary",)))
    acting(district)
    generate(district.bureau_id)
    assert due_times(world.schools["a1"], "morning") == {time(7, 30)}
    assert due_times(world.schools["a3"], "morning") == {time(8)}


def test_saving_asks_the_worker_for_a_new_plan(officer, monkeypatch):
    asked = []
    monkeypatch.setattr(choosing.jobs, "defer", lambda _session, task, arguments: asked.append((task, arguments)))
    row = save(officer)
    choosing.delete_setting(officer, row.id, row.version)
    assert asked == [("duties.generate", {"bureau_id": officer.bureau_id})] * 2


def test_same_setting_twice_is_one_other_content_a_conflict_and_stale_too(officer):
    setting_id = new_id()
    first = save(officer, setting_id, choice=Choice(due_time=time(7)))
    assert save(officer, setting_id, choice=Choice(due_time=time(7))) is first
    with pytest.raises(Conflict):
        save(officer, setting_id, choice=Choice(due_time=time(6)))
    with pytest.raises(Conflict):
        save(officer, setting_id, first.version + 1, choice=Choice(due_time=time(6)))
    changed = save(officer, setting_id, first.version, choice=Choice(due_time=time(6)))
    assert changed.due_time == time(6)


def test_two_settings_for_the_same_schools_are_refused(officer):
    save(officer, types=SchoolTypes(boarding=True))
    with pytest.raises(Invalid):
        save(officer, types=SchoolTypes(boarding=True), is_on=False)
    save(officer, types=SchoolTypes(boarding=False))


def test_what_a_rule_asks_for_is_switched_off_with_a_reason(world, acting, officer):
    kind = DutyKind("legal", "依规", "daily", citation="演示规定第一条")
    with published(kind):
        with pytest.raises(Invalid) as refusal:
            save(officer, kind="legal", is_on=False)
        assert set(refusal.value.fields) == {"why"}
        assert save(officer, kind="legal", is_on=False, why="演示：无此类学校").why


def test_fields_that_mean_nothing_for_a_cadence_are_not_kept(officer):
    row = save(officer, kind="samples", choice=Choice(due_time=time(7), minutes_after=30, month_day=3))
    assert (row.due_time, row.minutes_after, row.month_day) == (None, 30, None)


def test_unknown_kind_and_other_bureau_s_setting(world, acting, officer):
    with pytest.raises(NotFound):
        save(officer, kind="nothing")
    row = save(officer)
    other = acting(world.actor(Role.CANTEEN_OFFICER, "b"))
    with pytest.raises(NotFound):
        choosing.get_setting(other, row.id)


def test_how_many_schools_owe_a_kind(officer):
    save(officer, types=SchoolTypes(stages=("junior",)), is_on=False)
    assert choosing.owing(officer)["morning"] == 2
    assert choosing.owing(officer, ["drill"]) == {"drill": 3}


# A school.


def test_school_may_be_earlier_but_not_later(world, head):
    row = choosing.choose(head, "morning", None, is_added=False, choice=Choice(due_time=time(7, 15)))
    assert due_times(head.school_id, "morning") == {time(7, 15)}
    with pytest.raises(Invalid) as refusal:
        choosing.choose(head, "morning", row.version, is_added=False, choice=Choice(due_time=time(9)))
    assert set(refusal.value.fields) == {"due_time"}
    with pytest.raises(Conflict):
        choosing.choose(head, "morning", row.version + 1, is_added=False, choice=Choice(due_time=time(7)))
    choosing.forget(head, "morning", row.version)
    assert due_times(head.school_id, "morning") == {time(8)}


def test_school_takes_on_what_the_bureau_does_not_ask_for(world, acting, officer):
    save(officer, is_on=False)
    head = acting(world.actor(Role.PRINCIPAL, "a1"))
    with pytest.raises(Invalid):
        choosing.choose(head, "morning", None, is_added=False, choice=Choice())
    choosing.choose(head, "morning", None, is_added=True, choice=Choice(due_time=time(11)))
    # It owes nothing else here, so that its own time may be any.
    assert due_times(head.school_id, "morning") == {time(8)}


def test_school_cannot_choose_for_what_is_unknown(head):
    with pytest.raises(NotFound):
        choosing.choose(head, "nothing", None, is_added=True, choice=Choice())


# Kinds that people make.


def content(**changes):
    return {
        "title": "演示校门检查", "cadence": "daily", "due_time": time(18), "grace_hours": 12, "starts_on": today(),
        "roles": ["guard"], **changes,
    }  # fmt: skip


def test_school_s_own_kind_is_owed_at_once_and_by_it_alone(world, acting, head):
    row = own_kinds.create(head, new_id(), **content())
    code = f"s-{row.id}"
    assert due_times(head.school_id, code) == {time(18)}
    acting(world.actor(Role.PRINCIPAL, "a2"))
    with pytest.raises(NotFound):
        own_kinds.get_own(world.actor(Role.PRINCIPAL, "a2"), row.id)


def test_changed_and_ended(head):
    row = own_kinds.create(head, new_id(), **content())
    code = f"s-{row.id}"
    own_kinds.edit(head, row.id, row.version, **content(due_time=time(17)))
    assert due_times(head.school_id, code) == {time(17)}
    with pytest.raises(Invalid):
        own_kinds.edit(head, row.id, row.version, **content(cadence="weekly"))
    own_kinds.end(head, row.id, row.version)
    assert due_times(head.school_id, code) == set()
    with pytest.raises(Conflict):
        own_kinds.end(head, row.id, row.version)
    own_kinds.create(head, new_id(), **content())  # its title is free again


def test_title_is_taken_once_per_place(world, acting, head):
    own_kinds.create(head, new_id(), **content())
    with pytest.raises(Invalid) as refusal:
        own_kinds.create(head, new_id(), **content())
    assert set(refusal.value.fields) == {"title"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"cadence": "months"}, "months"),
        ({"cadence": "once"}, "once_on"),
        ({"once_on": FRIDAY}, "once_on"),
        ({"ends_on": FRIDAY - timedelta(days=30)}, "ends_on"),
    ],
)
def test_contradictions_are_refused_at_their_field(head, changes, field):
    with pytest.raises(Invalid) as refusal:
        own_kinds.create(head, new_id(), **content(**changes))
    assert field in refusal.value.fields


def test_starters_are_adopted_once_and_become_the_bureau_s_own(world, acting, officer, district):
    assert own_kinds.adopt(officer, ["extinguishers", "fire-drill"]) == 2
    assert own_kinds.adopt(officer, ["extinguishers", "opening-check"]) == 1
    with pytest.raises(Invalid):
        own_kinds.adopt(officer, ["nothing"])
    row = own_kinds.adopted(officer)["extinguishers"]
    assert "GB 50444" in row.citation
    own_kinds.edit(officer, row.id, row.version, title="演示灭火器", starts_on=row.starts_on, cadence=row.cadence)
    own_kinds.end(officer, row.id, row.version)
    assert own_kinds.adopt(officer, ["extinguishers"]) == 1
    acting(district)
    generate(district.bureau_id)
    kinds = {row.kind for row in db.session.scalars(select(Duty).where(Duty.kind.startswith("b-")))}
    assert len(kinds) == 1  # this month's fire drill; its day for the extinguishers is over, the next term is far


def test_every_starter_can_be_adopted_and_laid_out(world, acting, officer, district):
    assert own_kinds.adopt(officer, STARTERS) == len(STARTERS)
    assert db.session.query(BureauDutyKind).count() == len(STARTERS)
    acting(district)
    made = generate(district.bureau_id)
    assert made.duties > 0


def test_pages_save_and_show_refusals(world, district, client_as):
    client = client_as(Role.CANTEEN_OFFICER)
    setting = {"id": str(new_id()), "is_on": "1", "due_time": "07:30", "stages": ["primary"], "boarding": "1"}
    assert client.post("/duties/settings/of/morning", data=setting).status_code == 302
    page = client.get("/duties/settings/of/morning").text
    assert 'value="07:30"' in page
    assert client.post("/duties/settings/of/morning", data={**setting, "id": str(new_id())}).status_code == 422
    assert client.post("/duties/settings/of/morning", data={**setting, "due_time": "25:00"}).status_code == 422
    assert client.post("/duties/settings/starters", data={"codes": ["fire-drill"]}).status_code == 302
    kind = {
        "id": str(new_id()), "title": "演示任务", "cadence": "weekly", "due_time": "16:00", "starts_on": "2026-11-20",
        "grace_hours": "24", "weekday": "2", "month_day": "31", "shift_days": "0", "lead_days": "0", "needed": "1",
    }  # fmt: skip
    assert client.post("/duties/settings/kinds/new", data=kind).status_code == 302
    shown = client.get(f"/duties/settings/kinds/{kind['id']}").text
    assert "演示任务" in shown
    edit = {**kind, "version": "1", "title": "演示任务二"}
    assert client.post(f"/duties/settings/kinds/{kind['id']}", data=edit).status_code == 302
    assert client.post(f"/duties/settings/kinds/{kind['id']}", data=edit).status_code == 409
    with clock_at(at(FRIDAY, 6)):
        head = client_as(Role.PRINCIPAL)
        assert head.post("/duties/plan/kinds/new", data={**kind, "id": str(new_id())}).status_code == 302
        assert head.post("/duties/plan/drill", data={"month_day": "20"}).status_code == 302
        assert head.post("/duties/plan/drill", data={"month_day": "20"}).status_code in (409, 422)
        assert "本校另定" in head.get("/duties/plan").text
        assert client_as(Role.GUARD).post("/duties/plan/drill", data={"month_day": "20"}).status_code == 403
