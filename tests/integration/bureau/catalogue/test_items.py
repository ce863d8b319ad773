"""The catalogue: kept by the bureau, seen by schools when published."""

from decimal import Decimal

import pytest

from bureau.catalogue.models import CatalogueItem
from bureau.catalogue.rules import ItemEvent
from bureau.catalogue.service import categories as category_service
from bureau.catalogue.service import items as service
from bureau.catalogue.service.category_changes import save_category
from kernel.database import new_id
from kernel.errors import Conflict, Invalid, NotFound
from tests.support.catalogue import RICE, SALT, item, stock


@pytest.fixture
def officer(world, acting):
    return acting(world.actor("procurement_officer"))


@pytest.fixture
def stocked(officer):
    return stock(officer)


def names(page):
    return [one.name for one in page.items]


def test_a_school_sees_published_items_only(session, world, acting, officer, stocked):
    draft = item(officer, stocked.grain, {**RICE, "code": "GR99", "name": "草稿米"}, publish=False)
    retired = service.get_item(officer, stocked.salt)
    service.change_state(officer, retired.id, ItemEvent.RETIRE, retired.version)
    assert names(service.list_items(officer)) == ["粳米", "草稿米", "猪前腿肉", "食盐"]

    school = acting(world.actor("storekeeper"))
    session.expunge_all()
    assert names(service.list_items(school)) == ["粳米", "猪前腿肉"]
    for hidden in (draft, stocked.salt):
        with pytest.raises(NotFound):
            service.get_item(school, hidden)
        # Not even past the service: the database does not show it to the school's role.
        assert session.get(CatalogueItem, (school.bureau_id, hidden)) is None


def test_another_bureau_sees_nothing_of_it(world, acting, stocked):
    other = acting(world.actor("procurement_officer", "b"))
    assert names(service.list_items(other)) == []
    with pytest.raises(NotFound):
        service.get_item(other, stocked.rice)


def test_items_are_found_by_part_of_name_or_code_and_by_category(officer, stocked):
    assert names(service.list_items(officer, q="腿肉")) == ["猪前腿肉"]
    assert names(service.list_items(officer, q="gr0")) == ["粳米"]
    assert names(service.list_items(officer, q="100%")) == []
    assert names(service.list_items(officer, category_id=stocked.seasoning)) == ["食盐"]
    first = service.list_items(officer, limit=2)
    assert names(first) == ["粳米", "猪前腿肉"]
    assert names(service.list_items(officer, limit=2, cursor=first.next_cursor)) == ["食盐"]


def test_a_category_brings_its_subcategories(officer, stocked):
    below = save_category(
        officer, new_id(), None, code="pork", name="猪肉", parent_id=stocked.meat, storage="chilled",
        requirements=[{"kind": "swine_fever_test", "label": "非瘟报告"}],
    )  # fmt: skip
    item(officer, below.id, {**SALT, "code": "ME09", "name": "排骨"})
    assert names(service.list_items(officer, category_id=stocked.meat)) == ["猪前腿肉", "排骨"]
    required = category_service.requirements_of(officer, [below.id, stocked.seasoning])
    assert [(one.kind, one.label) for one in required[below.id]] == [
        ("animal_quarantine", ""), ("meat_inspection", ""), ("swine_fever_test", "非瘟报告"),
    ]  # fmt: skip
    assert required[stocked.seasoning] == ()
    with pytest.raises(Invalid) as refused:
        save_category(
            officer, new_id(), None, code="deep", name="过深", parent_id=below.id, storage="ambient", requirements=[]
        )
    assert "parent_id" in refused.value.fields


def values_of(one):
    return {name: getattr(one, name) for name in service.FIELDS}


def test_an_edit_made_on_an_older_version_is_refused(officer, stocked):
    one = service.get_item(officer, stocked.rice)
    seen = one.version
    bags = [{"unit": "袋", "factor": Decimal(50)}]
    service.save_item(officer, one.id, seen, conversions=bags, **values_of(one))
    assert one.version == seen + 1, "a change of conversions alone moves the version too"
    with pytest.raises(Conflict):
        service.save_item(officer, one.id, seen, conversions=[], **values_of(one))


def test_sent_twice_it_is_one_item_and_other_content_is_a_conflict(officer, stocked):
    wanted = {**RICE, "code": "GR50", "category_id": stocked.grain}
    one_id = new_id()
    first = service.save_item(officer, one_id, None, **wanted)
    again = service.save_item(officer, one_id, None, **wanted)
    assert again is first
    with pytest.raises(Conflict):
        service.save_item(officer, one_id, None, **{**wanted, "name": "别的"})


def test_codes_are_unique_and_the_message_stands_at_the_field(officer, stocked):
    with pytest.raises(Invalid) as refused:
        service.save_item(officer, new_id(), None, **RICE, category_id=stocked.grain)
    assert list(refused.value.fields) == ["code"]


def test_the_base_unit_of_a_published_item_stands(officer, stocked):
    one = service.get_item(officer, stocked.rice)
    with pytest.raises(Invalid) as refused:
        service.save_item(officer, one.id, one.version, conversions=[], **{**values_of(one), "base_unit": "袋"})
    assert list(refused.value.fields) == ["base_unit"]


@pytest.mark.parametrize(
    ("conversions", "field"),
    [
        ([{"unit": "kg", "factor": Decimal(1)}], "conversions.0.unit"),
        ([{"unit": "袋", "factor": Decimal(1)}, {"unit": "袋", "factor": Decimal(2)}], "conversions.1.unit"),
    ],
)
def test_units_that_contradict_are_named_at_their_row(officer, stocked, conversions, field):
    wanted = {**RICE, "code": "GR51", "category_id": stocked.grain, "conversions": conversions}
    with pytest.raises(Invalid) as refused:
        service.save_item(officer, new_id(), None, **wanted)
    assert list(refused.value.fields) == [field]


def test_an_item_is_published_once(officer, stocked):
    one = service.get_item(officer, stocked.rice)
    with pytest.raises(Conflict):
        service.change_state(officer, one.id, ItemEvent.PUBLISH, one.version)
