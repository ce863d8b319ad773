"""Trying a draft's weights: on a table, on a past lot, by whom and when."""

import io
from decimal import Decimal

import pytest

from bureau.evaluation.service import results
from bureau.roles import Role
from bureau.simulation import service
from bureau.simulation.models import TenderSimulation
from kernel.database import new_id
from kernel.database.scope import use_scope
from kernel.errors import Conflict, Invalid, RuleBroken
from kernel.sheets import export_xlsx
from tests.support import tenders
from tests.support.opened import judged
from tests.support.samples.simulation import tried_bids


@pytest.fixture
def made(session, world):
    found = tenders.ready(world)
    tenders.officer(world)
    return found


@pytest.fixture
def officer(world):
    return world.actor(Role.PROCUREMENT_OFFICER)


def criteria_of(officer, made):
    return service.factors_of(officer, made.tender, made.lots[0])


def run(officer, made, simulation_id=None, **changes):
    values = {
        "lot_id": made.lots[0], "points": {}, "bids": tried_bids(criteria_of(officer, made)), "source_lot_id": None,
        "source_title": "演示",
    }  # fmt: skip
    return service.run(officer, made.id, simulation_id or new_id(), **{**values, **changes})


def table(made, officer, rows):
    tender = made.tender
    spec = service.sheet_of(tender, criteria_of(officer, made))
    return export_xlsx(spec, rows)


def row(criteria, name, price, share, brand=""):
    return {
        "name": name, "price": Decimal(price), "brand": brand,
        **{str(one.id): (one.points * Decimal(share)).quantize(Decimal("0.01")) for one in criteria if one.part != "price"},
    }  # fmt: skip


def test_the_report_is_kept_beside_the_draft(session, made, officer):
    found = run(officer, made)
    assert [one["place"] for one in found.report["ranked"]] == [1, 2, 3]
    assert service.simulations_of(officer, made.id) == [found]
    assert (
        sum(Decimal(one["points"].split("/")[0]) / Decimal(one["points"].split("/")[1]) for one in found.factors) == 100
    )


def test_sent_twice_it_is_one(session, made, officer):
    first = run(officer, made)
    assert run(officer, made, first.id) is first
    with pytest.raises(Conflict):
        run(officer, made, first.id, source_title="其他")


def test_other_points_are_tried_without_changing_the_draft(session, made, officer):
    criteria = criteria_of(officer, made)
    price = next(one for one in criteria if one.part == "price")
    other = next(one for one in criteria if one.part != "price" and one.points >= 5)
    found = run(officer, made, points={price.id: price.points + 5, other.id: other.points - 5})
    tried = {one["key"]: one["points"] for one in found.factors}
    assert tried["price"] == f"{int(price.points + 5)}/1"
    assert {one.id: one.points for one in criteria_of(officer, made)} == {one.id: one.points for one in criteria}
    with pytest.raises(Invalid):
        run(officer, made, points={price.id: price.points + 5})


def test_too_few_bids_are_refused(session, made, officer):
    with pytest.raises(Invalid):
        run(officer, made, bids=tried_bids(criteria_of(officer, made))[:2])


def test_nothing_is_tried_once_it_is_published(session, world, officer):
    made = tenders.published(world)
    tenders.officer(world)
    with pytest.raises(RuleBroken):
        run(officer, made)


def test_a_table_is_read(session, made, officer):
    criteria = criteria_of(officer, made)
    data = table(made, officer, [row(criteria, f"演示{n}", 100 + n, "0.5", "演示甲、演示乙") for n in range(3)])
    bids, parsed = service.bids_of_table(made.tender, criteria, data)
    assert parsed.problems == []
    assert (bids[0].name, bids[0].price, bids[0].brands) == ("演示0", 10_000, ("演示甲", "演示乙"))
    pasted = "投标人\t投标报价（元）\n演示\t1"
    _bids, parsed = service.bids_of_table(made.tender, criteria, service.csv_of(pasted))
    assert parsed.problems


def test_a_past_lot_is_tried_again(session, world, officer):
    """The lot's own weights give its own order again."""
    found = judged(world, "signed")
    old = found.made
    use_scope(session(), officer.scope)
    draft = tenders.ready(world)
    tenders.officer(world)
    assert found.lot not in [one.lot_id for one in service.sources(officer, draft.tender)]
    old.tender.state = "complete"
    session.flush()
    assert found.lot in [one.lot_id for one in service.sources(officer, draft.tender)]
    criteria = criteria_of(officer, draft)
    bids = service.bids_of_lot(officer, found.lot, criteria)
    again = run(officer, draft, bids=bids, source_lot_id=found.lot)
    before = [str(one.bid_id) for one in results.results_of(old.tender, found.lot) if one.is_valid]
    assert [one["key"] for one in again.report["ranked"]] == before
    totals = {str(one.bid_id): one.total_shown for one in results.results_of(old.tender, found.lot)}
    assert all(abs(Decimal(one["total"]) - totals[one["key"]]) <= Decimal("0.005") for one in again.report["ranked"])


def test_pages(session, made, officer, client_as):
    client = client_as(Role.PROCUREMENT_OFFICER)
    page = client.get(f"/simulation/tenders/{made.id}")
    assert page.status_code == 200
    assert client.get(f"/simulation/tenders/{made.id}/template.xlsx").status_code == 200
    criteria = criteria_of(officer, made)
    data = table(made, officer, [row(criteria, f"演示{n}", 100 + n, f"0.{9 - n}") for n in range(3)])
    sent = {"id": str(new_id()), "lot_id": str(made.lots[0]), "source": "table"}
    answer = client.post(
        f"/simulation/tenders/{made.id}", data={**sent, "table": (io.BytesIO(data), "bids.xlsx")},
        content_type="multipart/form-data",
    )  # fmt: skip
    assert answer.status_code == 302, answer.text
    report = client.get(answer.location)
    assert "演示0" in report.text
    assert "价格分值变化时的第一名" in report.text
    assert "评分试算" in client.get(f"/tenders/{made.id}").text
    refused = client.post(f"/simulation/tenders/{made.id}", data={**sent, "id": str(new_id())})
    assert refused.status_code == 422
    assert "请上传表格或粘贴内容" in refused.text
    missing = client.post(f"/simulation/tenders/{made.id}", data={**sent, "source": "past"})
    assert "请选择一个往年标包" in missing.text
    words = {f"points-{criteria[0].id}": "很多"}
    with_words = {**sent, **words, "table": (io.BytesIO(data), "bids.xlsx")}
    wrong = client.post(f"/simulation/tenders/{made.id}", data=with_words, content_type="multipart/form-data")
    assert (wrong.status_code, "的分值应为数字" in wrong.text) == (422, True)


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.BUREAU_ADMIN, 200),
        (Role.DISCIPLINE_SUPERVISOR, 200),
        (Role.COMMITTEE_EXPERT, 403),
        (Role.PRINCIPAL, 403),
        (Role.SUPPLIER_USER, 403),
    ],
)
def test_who_reads_and_who_tries(session, made, officer, client_as, role, status):
    found = run(officer, made)
    client = client_as(role)
    assert client.get(f"/simulation/tenders/{made.id}").status_code == status
    assert client.get(f"/simulation/tenders/{made.id}/reports/{found.id}").status_code == status
    assert client.post(f"/simulation/tenders/{made.id}", data={}).status_code == 403


def test_a_report_cannot_be_changed(session, made, officer):
    found = run(officer, made)
    with pytest.raises(Exception, match="permission denied"), session.begin_nested():
        session.query(TenderSimulation).filter_by(id=found.id).update({"source_title": "x"})
