"""Versions of items: one for each published change, never altered, found again by whoever kept its number."""

from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from bureau.catalogue.models import CatalogueItemVersion
from bureau.catalogue.rules import ItemEvent
from bureau.catalogue.service import categories, items, versions
from bureau.catalogue.service.category_changes import save_category
from kernel.database import new_id
from kernel.errors import NotFound
from tests.support.catalogue import RICE, item, stock


@pytest.fixture
def officer(world, acting):
    return acting(world.actor("procurement_officer"))


@pytest.fixture
def stocked(officer):
    return stock(officer)


def change(officer, item_id, **values):
    one = items.get_item(officer, item_id)
    conversions = [{"unit": row.unit, "factor": row.factor} for row in one.conversions]
    kept = {name: getattr(one, name) for name in items.FIELDS}
    return items.save_item(officer, item_id, one.version, **{"conversions": conversions, **kept, **values})


def numbers(officer, item_id):
    return [step.version.number for step in items.item_history(officer, item_id)]


def test_publishing_makes_the_first_version_and_holds_everything(officer, stocked):
    version = versions.current_version(officer.bureau_id, stocked.rice)
    assert (version.number, version.name, version.standard, version.base_unit) == (1, "粳米", "GB/T 1354", "kg")
    assert version.conversions == [{"unit": "袋", "factor": "25"}]
    assert version.certificates == [{"kind": "batch_report", "label": ""}]
    assert (version.category_name, version.subject, version.shelf_life_days) == ("谷物", "food", 365)
    assert versions.factors_of(version) == {"kg": 1, "袋": 25}


def test_a_draft_has_none(officer, stocked):
    draft = item(officer, stocked.grain, {**RICE, "code": "GR99"}, publish=False)
    change(officer, draft, name="草稿米")
    assert items.item_history(officer, draft) == []
    with pytest.raises(NotFound):
        versions.current_version(officer.bureau_id, draft)


def test_each_published_change_is_a_version_and_says_what_it_changed(officer, stocked):
    change(officer, stocked.rice, specification="特级")
    change(officer, stocked.rice, conversions=[{"unit": "袋", "factor": Decimal(10)}])
    change(officer, stocked.rice, pack_sizes=[{"label": "10 kg 小袋", "quantity": Decimal("10.0")}])
    steps = items.item_history(officer, stocked.rice)
    assert [step.version.number for step in steps] == [4, 3, 2, 1]
    changed = [[(one.field, one.before, one.after) for one in step.changes] for step in steps]
    assert changed == [
        [("pack_sizes", [], [{"label": "10 kg 小袋", "quantity": "10"}])],
        [("conversions", [{"unit": "袋", "factor": "25"}], [{"unit": "袋", "factor": "10"}])],
        [("specification", "一级", "特级")],
        [],
    ]
    assert versions.version_of(officer.bureau_id, stocked.rice, 1).specification == "一级"


def test_saving_the_same_again_and_retiring_make_none(officer, stocked):
    one = change(officer, stocked.rice)
    one = items.change_state(officer, stocked.rice, ItemEvent.RETIRE, one.version)
    items.change_state(officer, stocked.rice, ItemEvent.PUBLISH, one.version)
    assert numbers(officer, stocked.rice) == [1]


def test_what_a_category_asks_for_belongs_to_its_items_versions(officer, stocked):
    category = categories.get_category(officer, stocked.grain)
    child = save_category(
        officer, new_id(), None, code="rice", name="大米", parent_id=stocked.grain, storage="ambient",
        requirements=[],
    )  # fmt: skip
    change(officer, stocked.rice, category_id=child.id)
    save_category(
        officer, stocked.grain, category.version, code=category.code, name=category.name, parent_id=None,
        storage="ambient", requirements=[{"kind": "purchase_voucher", "label": "购货凭证"}],
    )  # fmt: skip
    version = versions.current_version(officer.bureau_id, stocked.rice)
    assert version.number == 3
    assert version.certificates == [{"kind": "purchase_voucher", "label": "购货凭证"}]
    assert numbers(officer, stocked.salt) == [1], "of other categories nothing changed"


def test_a_receipt_finds_the_version_that_it_saw(officer, stocked):
    """Receipts keep the item's edit counter, those of before versions were kept as well."""
    seen = items.receivable_items(officer, [stocked.rice])[stocked.rice].version
    change(officer, stocked.rice, specification="特级")
    later = items.receivable_items(officer, [stocked.rice])[stocked.rice].version
    bureau_id = officer.bureau_id
    assert versions.version_seen(bureau_id, stocked.rice, seen).specification == "一级"
    assert versions.version_seen(bureau_id, stocked.rice, later).specification == "特级"
    assert versions.version_seen(bureau_id, stocked.rice, 1).number == 1, "older than every version: the first"
    with pytest.raises(NotFound):
        versions.version_seen(bureau_id, new_id(), 1)


@pytest.mark.parametrize(
    "statement", ["UPDATE catalogue_item_versions SET name = 'x'", "DELETE FROM catalogue_item_versions"]
)
def test_the_database_alters_no_version(session, officer, stocked, statement):
    with pytest.raises(ProgrammingError, match="permission denied"), session.begin_nested():
        session.execute(text(statement))


def test_a_school_reads_the_versions_of_a_retired_item_and_no_other_bureaus(session, world, acting, officer, stocked):
    one = items.get_item(officer, stocked.rice)
    items.change_state(officer, stocked.rice, ItemEvent.RETIRE, one.version)
    school = acting(world.actor("storekeeper"))
    assert numbers(school, stocked.rice) == [1]
    other = acting(world.actor("procurement_officer", "b"))
    session.expunge_all()
    with pytest.raises(NotFound):
        items.item_history(other, stocked.rice)
    assert session.get(CatalogueItemVersion, (officer.bureau_id, stocked.rice)) is None


def test_pages_show_versions_and_what_changed(client_as, officer, stocked):
    change(officer, stocked.rice, specification="特级")
    client = client_as("storekeeper")
    text_of_page = client.get(f"/catalogue/items/{stocked.rice}/versions").get_data(as_text=True)
    assert "第 2 版" in text_of_page
    assert "一级" in text_of_page
    assert "特级" in text_of_page
    old = client.get(f"/catalogue/items/{stocked.rice}/versions/1").get_data(as_text=True)
    assert "一级" in old
    assert "特级" not in old
    assert client.get(f"/catalogue/items/{stocked.rice}/versions/9").status_code == 404
    found = client.get(f"/api/v1/catalogue/items/{stocked.rice}/versions").json["items"]
    assert found[0]["changes"] == [{"field": "specification", "before": "一级", "after": "特级"}]
    assert client.get(f"/api/v1/catalogue/items/{stocked.rice}/versions/1").json["specification"] == "一级"
