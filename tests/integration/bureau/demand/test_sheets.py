"""A school's sheet: who fills it, who hands it in, what is refused."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from bureau.demand.models import DemandSheet
from bureau.demand.service import progress, proposals, rounds, sheets, workbook
from bureau.demand.service.moving import get_round, get_sheet
from kernel.database import db, new_id, now
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.sheets import export_xlsx
from kernel.web.dates import SHANGHAI
from tests.support.demand import FIRST, approved, as_actor, fill, opened, submitted
from tests.support.receipts import line as receipt_line
from tests.support.receipts import record
from tests.support.world import World


def change(item: Any, version: int, *months: Any) -> sheets.RowChange:
    return sheets.RowChange(item, version, [None if one is None else Decimal(one) for one in months])


def test_the_same_figures_again_are_the_same_line(session: Any, world: World) -> None:
    row, stocked = opened(world)
    keeper = as_actor(world.actor("storekeeper"))
    (first,) = sheets.save_rows(keeper, row.id, [change(stocked.rice, 0, 5, None)])
    (again,) = sheets.save_rows(keeper, row.id, [change(stocked.rice, 0, 5, None)])
    assert again is first
    assert first.version == 1
    assert first.total == 5


def test_a_line_that_a_colleague_changed_is_not_written_over(session: Any, world: World) -> None:
    row, stocked = opened(world)
    keeper = as_actor(world.actor("storekeeper"))
    sheets.save_rows(keeper, row.id, [change(stocked.rice, 0, 5, 6)])
    manager = as_actor(world.actor("canteen_manager"))
    with pytest.raises(Conflict) as refused:
        sheets.save_rows(manager, row.id, [change(stocked.rice, 0, 7, 6), change(stocked.pork, 0, 1, 1)])
    assert refused.value.current == {
        "rows": {str(stocked.rice): {"version": 1, "months": ["5", "6", *[""] * 10], "total": "11"}}
    }
    (line,) = sheets.save_rows(manager, row.id, [change(stocked.rice, 1, 7, 6)])
    assert line.version == 2


def test_only_items_of_the_round_and_its_months(session: Any, world: World) -> None:
    row, stocked = opened(world)
    keeper = as_actor(world.actor("storekeeper"))
    with pytest.raises(Invalid):
        sheets.save_rows(keeper, row.id, [change(new_id(), 0, 1, 1)])
    with pytest.raises(Invalid):
        sheets.save_rows(keeper, row.id, [change(stocked.rice, 0, 1, 1, 1)])


def test_a_sheet_that_was_handed_in_stays_as_it_is(session: Any, world: World) -> None:
    row, stocked = opened(world)
    fill(world, "a1", row.id, {stocked.rice: [1, 2]})
    sheet = submitted(world, "a1", row.id)
    keeper = as_actor(world.actor("storekeeper"))
    with pytest.raises(RuleBroken):
        sheets.save_rows(keeper, row.id, [change(stocked.rice, 1, 3, 2)])
    principal = as_actor(world.actor("principal"))
    with pytest.raises(Conflict):
        sheets.withdraw(principal, row.id, sheet.version - 1)
    sheets.withdraw(principal, row.id, sheet.version)
    sheets.save_rows(as_actor(keeper), row.id, [change(stocked.rice, 1, 3, 2)])
    events = sheets.events_of(sheet)
    assert [(one.event, one.from_state, one.to_state, one.by_name) for one in events] == [
        ("submit", "draft", "submitted", principal.display_name),
        ("withdraw", "submitted", "draft", principal.display_name),
    ]


def test_an_empty_sheet_is_not_handed_in(session: Any, world: World) -> None:
    row, stocked = opened(world)
    with pytest.raises(RuleBroken):
        submitted(world, "a1", row.id)
    fill(world, "a1", row.id, {stocked.rice: [0, None]})
    assert submitted(world, "a1", row.id).state == "submitted"


def test_a_closed_round_takes_only_what_was_sent_back(session: Any, world: World) -> None:
    row, stocked = opened(world)
    fill(world, "a1", row.id, {stocked.rice: [1, 2]})
    fill(world, "a2", row.id, {stocked.rice: [1, 2]})
    sheet = submitted(world, "a1", row.id)
    officer = as_actor(world.actor("procurement_officer"))
    rounds.close_round(officer, row.id, row.version)
    with pytest.raises(RuleBroken):
        submitted(world, "a2", row.id)
    as_actor(officer)
    with pytest.raises(Invalid):
        sheets.send_back(officer, world.schools["a1"], row.id, sheet.version, "  ")
    sheets.send_back(officer, world.schools["a1"], row.id, sheet.version, "单位弄错")
    keeper = as_actor(world.actor("storekeeper"))
    sheets.save_rows(keeper, row.id, [change(stocked.rice, 1, 3, 2)])
    assert submitted(world, "a1", row.id).state == "submitted"


def test_a_late_sheet_says_so(session: Any, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row, stocked = opened(world)
    later = now() + timedelta(days=11)
    monkeypatch.setattr("bureau.demand.service.sheets.now", lambda: later)
    monkeypatch.setattr("bureau.demand.service.progress.now", lambda: later)
    fill(world, "a1", row.id, {stocked.rice: [1, 2]})
    submitted(world, "a1", row.id)
    officer = as_actor(world.actor("procurement_officer"))
    east, west = progress.progress(officer, get_round(officer, row.id))
    assert (east.name, east.handed_in, east.late) == ("演示片区 a-east", 1, 1)
    assert [one.late for one in east.schools] == [True, True]
    assert west.handed_in == 0
    supervisor = as_actor(world.actor("zone_supervisor"))
    seen = progress.progress(supervisor, get_round(supervisor, row.id))
    assert [zone.name for zone in seen] == ["演示片区 a-east"]


def test_reminders_go_to_those_who_owe_and_not_twice(session: Any, world: World) -> None:
    row, stocked = opened(world)
    fill(world, "a1", row.id, {stocked.rice: [1, 2]})
    submitted(world, "a1", row.id)
    officer = as_actor(world.actor("procurement_officer"))
    assert progress.remind(officer, row.id) == 2
    assert progress.remind(officer, row.id) == 0
    told = set(db.session.scalars(text("SELECT DISTINCT school_id FROM notices WHERE kind = 'demand_reminder'")))
    assert told == {world.schools["a2"], world.schools["a3"]}


def test_schools_are_kept_apart(session: Any, world: World, acting: Callable[[Any], Any]) -> None:
    row, stocked = opened(world)
    fill(world, "a1", row.id, {stocked.rice: [1, 2]})
    submitted(world, "a1", row.id)
    counted = "SELECT (SELECT count(*) FROM {0} WHERE round_id = '{1}')"
    for role, place, sheets_seen, lines_seen in (
        ("storekeeper", "a1", 1, 1), ("storekeeper", "a2", 1, 0), ("zone_supervisor", "a-east", 2, 1),
        ("zone_supervisor", "a-west", 1, 0), ("procurement_officer", "a", 3, 1), ("procurement_officer", "b", 0, 0),
    ):  # fmt: skip
        as_actor(world.actor(role, place))
        assert db.session.scalar(text(counted.format("demand_sheets", row.id))) == sheets_seen, (role, place)
        assert db.session.scalar(text(counted.format("demand_lines", row.id))) == lines_seen, (role, place)
    other = as_actor(world.actor("storekeeper", "a2"))
    with pytest.raises(NotFound):
        get_sheet(other, world.schools["a1"], row.id)
    supplier = as_actor(world.actor("supplier_user"))
    assert supplier.level == "supplier"
    for table in ("demand_rounds", "demand_sheets", "demand_lines", "demand_lots", "demand_lot_items"):
        with pytest.raises(Exception, match="permission denied"), db.session.begin_nested():
            db.session.execute(text(f"SELECT 1 FROM {table}"))


def test_only_schools_that_were_chosen(session: Any, world: World) -> None:
    row, _stocked = opened(world, schools=rounds.SchoolChoice(stages=["junior"]))
    officer = world.actor("procurement_officer")
    (zone,) = progress.progress(officer, row)
    assert [one.sheet.school_id for one in zone.schools] == [world.schools["a3"]]
    keeper = as_actor(world.actor("storekeeper", "a1"))
    with pytest.raises(NotFound):
        get_round(keeper, row.id)
    assert rounds.list_rounds(keeper).items == []


def test_opened_twice_is_opened_once(session: Any, world: World) -> None:
    row, stocked = opened(world)
    values = {
        "id": row.id, "title": row.title, "first_month": FIRST, "month_count": 2, "deadline": row.deadline,
        "category_ids": [stocked.grain],
    }  # fmt: skip
    officer = world.actor("procurement_officer")
    assert rounds.open_round(officer, **values) is row
    with pytest.raises(Conflict):
        rounds.open_round(officer, **{**values, "title": "另一轮"})
    with pytest.raises(Invalid):
        rounds.open_round(officer, **{**values, "id": new_id(), "deadline": now() - timedelta(seconds=1)})


def test_the_table_goes_out_and_comes_back(session: Any, world: World) -> None:
    row, stocked = opened(world)
    fill(world, "a1", row.id, {stocked.rice: [1, "2.5"]})
    keeper = as_actor(world.actor("storekeeper"))
    sheet = get_sheet(keeper, world.schools["a1"], row.id)
    content = workbook.sheet_xlsx(keeper, row, sheet, row.title)
    _spec, _parsed, problems, count = workbook.import_sheet(keeper, row.id, content)
    assert (problems, count) == ([], 0)
    codes = {item.item_id: item.code for item in rounds.items_of(keeper, row.id)}
    spec = workbook.sheet_spec(row)
    changed = [{"code": codes[stocked.rice], "m1": 9, "m2": Decimal("2.5")}, {"code": codes[stocked.pork], "m1": 4}]
    _spec, _parsed, problems, count = workbook.import_sheet(keeper, row.id, export_xlsx(spec, changed))
    assert (problems, count) == ([], 2)
    lines = sheets.lines_of(keeper, sheet)
    assert lines[stocked.rice].months[:2] == [Decimal(9), Decimal("2.5")]
    assert lines[stocked.pork].months[:2] == [Decimal(4), None]


def test_one_wrong_cell_and_nothing_is_taken(session: Any, world: World) -> None:
    row, stocked = opened(world)
    keeper = as_actor(world.actor("storekeeper"))
    codes = {item.item_id: item.code for item in rounds.items_of(keeper, row.id)}
    rows = [
        {"code": codes[stocked.rice], "m1": 1, "unit": "kg"},
        {"code": codes[stocked.pork], "m1": 1, "unit": "斤"},
        {"code": "没有", "m1": 1},
        {"code": codes[stocked.rice], "m1": 2},
    ]
    content = export_xlsx(workbook.sheet_spec(row), rows)
    _spec, _parsed, problems, count = workbook.import_sheet(keeper, row.id, content)
    assert [(one.row, one.key) for one in problems] == [(3, "unit"), (4, "code"), (5, "code")]
    assert count == 0
    assert sheets.lines_of(keeper, get_sheet(keeper, world.schools["a1"], row.id)) == {}
    bad = export_xlsx(workbook.sheet_spec(row), [{"code": codes[stocked.rice], "m1": "很多"}])
    assert workbook.import_sheet(keeper, row.id, bad)[2][0].key == "m1"


def test_proposals_come_from_receipts_then_the_round_before_then_the_norm(session: Any, world: World) -> None:
    first, stocked = opened(world, first_month=date(2025, 9, 1))
    fill(world, "a1", first.id, {stocked.pork: [40, 50], stocked.rice: [1, 1]})
    approved(world, "a1", first.id)
    keeper = as_actor(world.actor("storekeeper"))
    for day, quantity in ((3, 60), (28, 40)):
        at = datetime(2025, 9, day, 7, tzinfo=SHANGHAI)
        record(
            keeper,
            receipt_line(
                stocked.rice, quantity=Decimal(quantity), production_date=date(2025, 8, 20), batch_no=f"B{day}"
            ),
            received_at=at,
        )
    officer = as_actor(world.actor("procurement_officer"))
    before = get_sheet(officer, world.schools["a1"], first.id)
    before.diners = 400  # 520 now
    categories = [stocked.grain, stocked.meat, stocked.seasoning]
    row = rounds.open_round(
        officer, id=new_id(), title="今年", first_month=FIRST, month_count=2, deadline=now() + timedelta(days=3),
        category_ids=categories, previous_id=first.id,
    )  # fmt: skip
    rounds.set_norms(officer, row.id, {stocked.salt: Decimal("0.1")}, row.version)
    as_actor(keeper)
    sheet = get_sheet(keeper, world.schools["a1"], row.id)
    offered = proposals.proposals(keeper, row, sheet, rounds.items_of(keeper, row.id))
    assert (offered.change.of, offered.change.before, offered.change.after) == ("diners", 400, 520)
    assert offered.of[stocked.rice].source == "receipts"
    assert offered.of[stocked.rice].months == (Decimal(130), None)
    assert offered.of[stocked.pork].months == (Decimal(52), Decimal(65))
    assert offered.of[stocked.salt].months == (Decimal(52), Decimal(52))
    sheets.save_rows(keeper, row.id, [change(stocked.rice, 0, 7, 7)])
    assert proposals.take_proposals(keeper, row.id) == 2
    lines = sheets.lines_of(keeper, sheet)
    assert (lines[stocked.rice].months[0], lines[stocked.rice].basis) == (7, "")
    assert (lines[stocked.salt].months[0], lines[stocked.salt].basis) == (52, "norm")
    assert db.session.get(DemandSheet, (sheet.bureau_id, sheet.school_id, sheet.id)) is sheet
