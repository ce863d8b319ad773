import io
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from bureau.hazards.models import Hazard, HazardEvent
from bureau.hazards.service import finding, handling, moving
from bureau.inspections.service import answering
from bureau.roles import Role
from kernel.actor import system_actor
from kernel.database import new_id, now
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.notices.models import Notice
from scorecards.form import AllOrNothing, Repeat, Section, Veto, VetoOnly
from tests.support.inspections import make_plan, make_visit, published
from tests.support.pictures import jpeg
from tests.support.samples.hazards import make_hazard
from tests.unit.scorecards.forms import form, item


@pytest.fixture
def visit(session, world, acting):
    """With a form of one scored item and two red lines, one of which is a hazard."""
    system = acting(system_actor(world.bureaus["a"]))
    version = published(
        system,
        form(
            item("1", AllOrNothing(), 100),
            item("r1", VetoOnly(), veto=Veto("verdict", "重大事故隐患")),
            item("r2", VetoOnly(), veto=Veto("verdict", "不合格")),
            kind="safety",
        ),
    )
    made = make_visit(world, "a1", make_plan(system, version))
    acting(world.actor(Role.INSPECTOR))
    return made


def hazards(session):
    return list(session.scalars(select(Hazard).order_by(Hazard.id)))


def save(world, visit, **answers):
    answering.save_answers(world.actor(Role.INSPECTOR), visit.school_id, visit.id, answers)


def test_the_alarm_goes_out_with_the_answer(visit, session, world, acting):
    save(world, visit, r1={"found": True}, r2={"found": True})
    (hazard,) = hazards(session)
    assert (hazard.answer_key, hazard.label, hazard.state) == ("r1", "重大事故隐患", "found")
    assert hazard.control_by - hazard.found_at == timedelta(hours=24)
    told = set(session.scalars(select(Notice.person_id).where(Notice.kind == "hazard_found")))
    assert world.person(Role.PRINCIPAL, "a1").account_id in told
    assert world.person(Role.SAFETY_OFFICER).account_id in told
    assert world.person(Role.PRINCIPAL, "a2").account_id not in told
    acting(world.actor(Role.PRINCIPAL))
    assert len(hazards(session)) == 1  # long before the visit's result is released


def test_the_same_answer_again_is_no_second_alarm(visit, session, world):
    for _ in range(3):
        save(world, visit, r1={"found": True})
    assert len(hazards(session)) == 1
    assert session.scalar(select(func.count()).select_from(HazardEvent)) == 1


def test_a_slip_is_taken_back_and_a_finding_raised_again(visit, session, world):
    save(world, visit, r1={"found": True})
    save(world, visit, r1={"found": False})
    assert [hazard.state for hazard in hazards(session)] == ["dismissed"]
    save(world, visit, r1={"found": True})
    assert [hazard.state for hazard in hazards(session)] == ["found"]
    events = session.scalars(select(HazardEvent.event).order_by(HazardEvent.id)).all()
    assert events == ["find", "correct", "reopen"]


def test_what_the_bureau_dismissed_is_not_raised_by_sending_the_same_answer(visit, session, world, acting):
    save(world, visit, r1={"found": True})
    (hazard,) = hazards(session)
    officer = acting(world.actor(Role.SAFETY_OFFICER))
    handling.act(officer, hazard.school_id, hazard.id, "dismiss", "现场核实不属重大隐患", hazard.version)
    acting(world.actor(Role.INSPECTOR))
    told = session.scalar(select(func.count()).select_from(Notice))
    save(world, visit, r1={"found": True}, **{"1": {"met": True}})
    assert [one.state for one in hazards(session)] == ["dismissed"]
    assert session.scalar(select(func.count()).select_from(Notice)) == told


def test_a_hazard_in_a_room_is_raised_for_that_room(session, world, acting):
    system = acting(system_actor(world.bureaus["a"]))
    red_line = item("r1", VetoOnly(), veto=Veto("verdict", "重大事故隐患"))
    sections = (
        Section(code="1", title="一", items=(item("1", AllOrNothing(), 100),)),
        Section(code="R", title="寝室", repeat=Repeat(unit_label="寝室"), items=(red_line,)),
    )
    version = published(system, form(sections=sections, total=Decimal(100), kind="safety"))
    made = make_visit(world, "a1", make_plan(system, version))
    acting(world.actor(Role.INSPECTOR))
    save(world, made, **{"r1@101": {"found": True}, "r1@102": {"found": False}})
    (hazard,) = hazards(session)
    assert (hazard.answer_key, hazard.place) == ("r1@101", "101")


def test_other_answers_leave_it_alone(visit, session, world):
    save(world, visit, r1={"found": True})
    save(world, visit, **{"1": {"met": True}})
    assert [hazard.state for hazard in hazards(session)] == ["found"]


@pytest.fixture
def hazard(session, world, acting):
    acting(system_actor(world.bureaus["a"]))
    return make_hazard(world)


def test_from_alarm_to_closing(hazard, session, world, acting):
    head, officer = world.actor(Role.PRINCIPAL), world.actor(Role.SAFETY_OFFICER)
    acting(head)
    with pytest.raises(Invalid) as refused:
        handling.act(head, hazard.school_id, hazard.id, "control", "已上锁停用", hazard.version)
    assert "photos" in refused.value.fields
    one = handling.act(head, hazard.school_id, hazard.id, "control", "已停用", hazard.version, photos=[jpeg("x")])
    one = handling.act(head, hazard.school_id, hazard.id, "remove", "已拆除", one.version, photos=[jpeg("y")])
    assert one.state == "removed"
    with pytest.raises(Invalid):  # closing is the bureau's
        handling.act(head, hazard.school_id, hazard.id, "close", "好了", one.version, photos=[jpeg("z")])
    acting(officer)
    one = handling.act(officer, hazard.school_id, hazard.id, "reject", "仍有一处", one.version)
    assert one.state == "controlled"
    with pytest.raises(RuleBroken):
        handling.act(officer, hazard.school_id, hazard.id, "close", "x", one.version)
    acting(head)
    one = handling.act(head, hazard.school_id, hazard.id, "remove", "全部拆除", one.version, photos=[jpeg("w")])
    acting(officer)
    one = handling.act(officer, hazard.school_id, hazard.id, "close", "现场核实", one.version)
    assert one.closed_at is not None


def test_a_stale_step_is_refused(hazard, world, acting):
    officer = acting(world.actor(Role.SAFETY_OFFICER))
    handling.act(officer, hazard.school_id, hazard.id, "dismiss", "误报", hazard.version)
    with pytest.raises(Conflict):
        handling.act(officer, hazard.school_id, hazard.id, "reopen", "重开", 1)


def test_reminders_come_once_a_day_and_only_when_late(hazard, session, world):
    bureau = world.bureaus["a"]
    assert handling.remind(bureau) == 0
    hazard.control_by = now() - timedelta(minutes=1)
    session.flush()
    assert handling.remind(bureau) == 1
    assert handling.remind(bureau) == 0
    hazard.reminded_at = now() - timedelta(hours=25)
    session.flush()
    assert handling.remind(bureau) == 1


def test_a_school_reports_its_own_only(session, world, acting):
    head = acting(world.actor(Role.PRINCIPAL))
    same = new_id()
    one = finding.report(head, id=same, school_id=world.schools["a2"], text="围墙开裂")
    assert one.school_id == world.schools["a1"]
    assert finding.report(head, id=same, school_id=None, text="围墙开裂").id == one.id
    with pytest.raises(Conflict):
        finding.report(head, id=same, school_id=None, text="别的")
    other = acting(world.actor(Role.PRINCIPAL, "a2"))
    with pytest.raises(NotFound):
        moving.get_hazard(other, one.school_id, one.id)
    assert hazards(session) == []


def test_pages(hazard, client_as, world):
    school = client_as(Role.PRINCIPAL)
    assert "消防通道上锁" in school.get("/hazards/").text
    path = f"/hazards/{hazard.school_id}/{hazard.id}"
    assert "落实管控措施" in school.get(path).text
    assert client_as(Role.PRINCIPAL, "a2").get(path).status_code == 404
    assert client_as(Role.ZONE_SUPERVISOR, "a-west").get(path).status_code == 404
    assert client_as(Role.GUARD).get("/hazards/").status_code == 403
    missing = school.post(f"{path}/control", data={"event": "control", "words": "", "version": hazard.version})
    assert missing.status_code == 422
    done = school.post(
        f"{path}/control",
        data={
            "event": "control", "words": "已封闭", "version": hazard.version,
            "photos": (io.BytesIO(jpeg("p")), "p.jpg"),
        },
    )  # fmt: skip
    assert done.status_code == 302
    assert school.post(f"{path}/decision", data={"event": "close", "words": "x", "version": 2}).status_code == 403
    assert "已管控" in client_as(Role.SAFETY_OFFICER).get(path).text
    home = client_as(Role.PRINCIPAL).get("/").text
    assert "重大隐患" in home
