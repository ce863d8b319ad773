"""A school's own view: what it may order, and its favourites."""

from uuid import UUID

import pytest
from sqlalchemy import text

from bureau.catalogue.ordering import OrderLimit
from bureau.catalogue.service import favourites
from kernel.errors import NotFound
from kernel.module import Module
from tests.support.catalogue import RICE, item, stock


@pytest.fixture
def stocked(world, acting):
    return stock(acting(world.actor("procurement_officer")))


@pytest.fixture
def keeper(world, acting, stocked):
    return acting(world.actor("storekeeper"))


def names(actor, **query):
    return [one.name for one in favourites.orderable(actor, **query).items]


def test_everything_published_where_nothing_limits(keeper, stocked):
    assert names(keeper) == ["粳米", "猪前腿肉", "食盐"]
    assert names(keeper, q="腿肉") == ["猪前腿肉"]
    assert names(keeper, category_id=stocked.seasoning) == ["食盐"]


def test_a_module_above_narrows_it(app, monkeypatch, keeper, stocked):
    """As agreements do: asked for this school and today."""
    asked = []

    def allowed(bureau_id, school_id, on):
        asked.append((bureau_id, school_id))
        return frozenset({stocked.rice, stocked.pork})

    limits = [
        Module(name="agreed", publishes=(OrderLimit(allowed),)),
        Module(name="none", publishes=(OrderLimit(lambda *_: None),)),
        Module(name="recalled", publishes=(OrderLimit(lambda *_: frozenset({stocked.rice, stocked.salt})),)),
    ]
    monkeypatch.setitem(app.extensions, "houqin.modules", [*app.extensions["houqin.modules"], *limits])
    assert names(keeper) == ["粳米"]
    assert asked == [(keeper.bureau_id, keeper.school_id)]


def test_favourites_are_the_schools_own(session, world, acting, keeper, stocked):
    for _ in range(2):
        favourites.mark(keeper, stocked.rice, is_favourite=True)
    assert names(keeper, favourites=True) == ["粳米"]
    other = acting(world.actor("storekeeper", "a2"))
    assert names(other, favourites=True) == []
    assert session.execute(text("SELECT count(*) FROM catalogue_favourites")).scalar() == 0
    acting(keeper)
    favourites.mark(keeper, stocked.rice, is_favourite=False)
    assert names(keeper, favourites=True) == []


def test_only_what_is_published_here_can_be_marked(world, acting, stocked):
    officer = acting(world.actor("procurement_officer"))
    draft = item(officer, stocked.grain, {**RICE, "code": "GR99"}, publish=False)
    keeper = acting(world.actor("storekeeper"))
    for hidden in (draft, UUID(int=7)):
        with pytest.raises(NotFound):
            favourites.mark(keeper, hidden, is_favourite=True)


def test_the_page_marks_and_goes_back_to_the_same_list(client_as, keeper, stocked):
    client = client_as("storekeeper")
    page = client.get("/orderable-items?q=米").get_data(as_text=True)
    assert "粳米" in page
    assert "食盐" not in page
    marked = client.post(f"/orderable-items/favourites/{stocked.rice}", data={"is_favourite": "1", "q": "米"})
    assert marked.status_code == 302
    assert marked.location.startswith("/orderable-items?q=")
    assert "已收藏" in client.get(marked.location).get_data(as_text=True)
    rows = client.get("/api/v1/catalogue/orderable?favourites=true").json["items"]
    assert [(row["name"], row["is_favourite"]) for row in rows] == [("粳米", True)]
    assert client.put(f"/api/v1/catalogue/favourites/{stocked.rice}", json={"is_favourite": False}).status_code == 204
    assert client.get("/api/v1/catalogue/orderable?favourites=true").json["items"] == []
    assert client_as("procurement_officer").get("/orderable-items").status_code == 403
    assert client_as("teacher").get("/orderable-items").status_code == 403
