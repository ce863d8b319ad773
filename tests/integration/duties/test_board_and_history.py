"""Who is late, where, since when; and how punctual a month was."""

import io
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bureau.roles import Role
from bureau.schools.models import School
from duties.models import Duty, DutyTally
from duties.service import board, history, tallying
from duties.service.fulfilling import fulfil
from duties.service.generating import generate
from kernel.database import clock_at, db, new_id
from kernel.errors import NotFound
from kernel.sheets.workbook import read_sheets
from tests.support.duties import FRIDAY, at

DAY = timedelta(days=1)


@pytest.fixture
def generated(district):
    generate(district.bureau_id)
    return district


def do(world, acting, place, kind, instant, meal=None, day=FRIDAY):
    head = acting(world.actor(Role.PRINCIPAL, place))
    assert fulfil(head, head.school_id, kind, day, meal=meal, record=("record", new_id()), at=instant)


def seen(acting, actor, **where):
    return board.board(acting(actor), **where)


def late_of(found):
    return {(one.school.name, kind.code, kind.count, kind.since) for one in found.late for kind in one.kinds}


def test_board_tells_who_is_late_with_what_since_when(world, acting, generated):
    do(world, acting, "a1", "morning", at(FRIDAY, 7))
    do(world, acting, "a2", "morning", at(FRIDAY, 9))
    with clock_at(at(FRIDAY, 9, 30)):
        found = seen(acting, world.actor(Role.CANTEEN_OFFICER))
    assert late_of(found) == {
        ("演示第一小学", "samples", 1, at(FRIDAY, 8, 30)),
        ("演示第三初级中学", "morning", 1, at(FRIDAY, 8)),
        ("演示第三初级中学", "samples", 1, at(FRIDAY, 8, 30)),
    }
    assert [one.school.name for one in found.late] == ["演示第三初级中学", "演示第一小学"]
    assert found.schools == 3
    total = found.total
    assert (total.late, total.done, total.done_late, total.undone) == (3, 2, 1, 3)
    # Three morning checks, seven sample retentions (3 + 1 + 3), three weekly checks.
    assert total.due == 13
    assert total.to_come == 8


def test_nothing_is_late_before_its_time_and_by_the_second(world, acting, generated):
    officer = world.actor(Role.CANTEEN_OFFICER)
    with clock_at(at(FRIDAY, 8)):
        assert seen(acting, officer).late == []
    with clock_at(at(FRIDAY, 8) + timedelta(seconds=1)):
        assert {kind.code for one in seen(acting, officer).late for kind in one.kinds} == {"morning"}


def test_what_is_missed_leaves_the_board(world, acting, generated):
    officer = world.actor(Role.CANTEEN_OFFICER)
    with clock_at(at(FRIDAY + DAY, 7, 59)):
        assert "morning" in {code for _name, code, _count, _since in late_of(seen(acting, officer))}
    with clock_at(at(FRIDAY + DAY, 8, 1)):
        assert "morning" not in {code for _name, code, _count, _since in late_of(seen(acting, officer))}
    # The weekly one can be made up for three days.
    with clock_at(at(FRIDAY + 3 * DAY, 7)):
        assert {code for _name, code, _count, _since in late_of(seen(acting, officer))} == {"weekly"}


def test_zone_s_supervisor_sees_own_schools_only(world, acting, generated):
    supervisor = world.actor(Role.ZONE_SUPERVISOR)
    with clock_at(at(FRIDAY, 9)):
        found = seen(acting, supervisor)
        assert {one.school.name for one in found.late} == {"演示第一小学", "演示第二小学"}
        assert list(found.zones) == [world.zones["a-east"]]
        with pytest.raises(NotFound):
            seen(acting, supervisor, zone_id=world.zones["a-west"])


def test_by_zone_and_by_kind(world, acting, generated):
    officer = world.actor(Role.CANTEEN_OFFICER)
    with clock_at(at(FRIDAY, 9)):
        west = seen(acting, officer, zone_id=world.zones["a-west"])
        assert {one.school.name for one in west.late} == {"演示第三初级中学"}
        only = seen(acting, officer, kind="morning")
        assert set(only.by_kind) == {"morning"}
        assert only.total.due == 3
        with pytest.raises(NotFound):
            seen(acting, officer, zone_id=world.zones["b-east"])


def test_suspended_school_is_not_late(world, acting, generated):
    school = db.session.get(School, (generated.bureau_id, world.schools["a3"]))
    school.state = "suspended"
    db.session.flush()
    with clock_at(at(FRIDAY, 9)):
        generate(generated.bureau_id)
        found = seen(acting, world.actor(Role.CANTEEN_OFFICER))
    assert found.schools == 2
    assert "演示第三初级中学" not in {one.school.name for one in found.late}


def test_matrix_of_a_zone(world, acting, generated):
    do(world, acting, "a1", "samples", at(FRIDAY, 8), meal="breakfast")
    officer = acting(world.actor(Role.CANTEEN_OFFICER))
    with clock_at(at(FRIDAY, 9)):
        found = board.matrix(officer, world.zones["a-east"])
    cell = found.cells[world.schools["a1"], "samples"]
    assert (cell.due, cell.done, cell.late, cell.tone) == (3, 1, 0, "info")
    assert found.cells[world.schools["a2"], "morning"].tone == "danger"
    assert found.codes == ["morning", "samples", "weekly"]


def test_month_counts_what_is_over(world, acting, generated):
    do(world, acting, "a1", "morning", at(FRIDAY, 7))
    do(world, acting, "a2", "morning", at(FRIDAY, 9))
    acting(generated)
    with clock_at(at(FRIDAY + DAY, 7)):
        tallying.recount(generated.bureau_id, FRIDAY)
    rows = {
        row.school_id: (row.due, row.on_time, row.late, row.missed)
        for row in db.session.scalars(select(DutyTally).where(DutyTally.kind == "morning"))
    }
    # a3's can still be made up for until 08:00.
    assert rows == {world.schools["a1"]: (1, 1, 0, 0), world.schools["a2"]: (1, 0, 1, 0)}
    with clock_at(at(FRIDAY + DAY, 9)):
        tallying.recount(generated.bureau_id, FRIDAY)
        tallying.recount(generated.bureau_id, FRIDAY)
        row = db.session.scalar(
            select(DutyTally).where(DutyTally.kind == "morning", DutyTally.school_id == world.schools["a3"])
        )
        assert (row.due, row.missed) == (1, 1)
        assert tallying.differing(generated.bureau_id, FRIDAY) == []
        db.session.execute(Duty.__table__.delete().where(Duty.kind == "morning", Duty.school_id == row.school_id))
        assert tallying.differing(generated.bureau_id, FRIDAY) == [(row.school_id, "morning")]


def tally(generated, world, place, month, kind="morning", **counts):
    values = {"due": 0, "on_time": 0, "late": 0, "missed": 0, "excused": 0, **counts}
    values["due"] = values["on_time"] + values["late"] + values["missed"] + values["excused"]
    db.session.add(
        DutyTally(bureau_id=generated.bureau_id, school_id=world.schools[place], month=month, kind=kind, **values)
    )
    db.session.flush()


MONTH = date(2026, 10, 1)


@pytest.fixture
def counted(world, generated):
    tally(generated, world, "a1", MONTH, on_time=17, late=2, missed=1)
    tally(generated, world, "a2", MONTH, on_time=4)
    tally(generated, world, "a3", MONTH, on_time=5, missed=5, excused=40)
    tally(generated, world, "a1", MONTH, "weekly", on_time=4)
    tally(generated, world, "a1", date(2026, 9, 1), on_time=9, late=1)
    return generated


def test_share_is_of_what_counts_and_small_numbers_say_nothing(world, acting, counted):
    found = history.history(acting(world.actor(Role.CANTEEN_OFFICER)), MONTH)
    shares = {school.id: share.percent for school, share in found.schools}
    assert shares == {world.schools["a1"]: 87, world.schools["a2"]: None, world.schools["a3"]: 50}
    assert found.total.percent == 30 * 100 // 38
    assert {code: share.percent for code, _title, share in found.kinds} == {"morning": 76, "weekly": None}
    assert [(month, share.percent) for month, share in found.months][-2:] == [(date(2026, 9, 1), 90), (MONTH, 78)]
    assert len(found.months) == 12


def test_history_of_a_zone_and_of_a_kind(world, acting, counted):
    supervisor = history.history(acting(world.actor(Role.ZONE_SUPERVISOR)), MONTH)
    assert {school.id for school, _share in supervisor.schools} == {world.schools["a1"], world.schools["a2"]}
    weekly = history.history(acting(world.actor(Role.CANTEEN_OFFICER)), MONTH, kind="weekly")
    assert weekly.total.due == 4
    own = history.history(acting(world.actor(Role.PRINCIPAL, "a2")), MONTH)
    assert {school.id for school, _share in own.schools} == {world.schools["a2"]}


def test_spreadsheets_hold_what_the_pages_show(world, counted, client_as):
    client = client_as(Role.CANTEEN_OFFICER)
    db.session.commit()
    answer = client.get("/duties/history/export?month=2026-10")
    rows = read_sheets(io.BytesIO(answer.data).read(), 1000)[0].rows
    text = "\n".join(" ".join(str(cell) for cell in row) for row in rows)
    assert "数据不足" in text
    assert "85" in text
    assert client.get("/duties/history?month=2026-10").text.count("数据不足") >= 2
    with clock_at(at(FRIDAY, 9)):
        text = "\n".join(
            " ".join(str(cell) for cell in row)
            for row in read_sheets(client.get("/duties/board/export").data, 1000)[0].rows
        )
    assert "演示第一小学" in text
    assert "2026-11-20 08:00" in text


def test_board_over_rest(world, generated, client_as):
    db.session.commit()
    with clock_at(at(FRIDAY, 9)):
        answer = client_as(Role.CANTEEN_OFFICER).get("/api/v1/duty-board").json
        assert client_as(Role.PRINCIPAL).get("/api/v1/duty-board").status_code == 403
    assert answer["total"]["late"] == sum(one["count"] for one in answer["late"])
    assert {one["school"] for one in answer["late"]} == {"演示第一小学", "演示第二小学", "演示第三初级中学"}
