"""Figures: the nation's are loaded, bureau and school override them, only to the strict side, and the page says why."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import create_engine, text

from kernel.database import new_id
from kernel.database.scope import Scope, use_scope
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.policy import service
from kernel.policy.loading import load_national_figures
from kernel.policy.models import FigureOverride
from kernel.policy.national import national_figures
from kernel.web.dates import today

WEIGHT = "canteen.sample.weight"
SINCE = date(2026, 1, 1)


def save(actor, value, *, key=WEIGHT, override_id=None, version=None, start=SINCE, end=None, citation="演示区规定"):
    return service.save_override(
        actor, override_id or new_id(), version, key=key, value=value, citation=citation, valid_from=start,
        valid_to=end,
    )  # fmt: skip


def test_the_nations_figures_are_loaded_once(owner_url):
    engine = create_engine(owner_url)
    with engine.begin() as connection:
        assert load_national_figures(connection) == 0
        count = connection.execute(text("SELECT count(*) FROM national_figures")).scalar_one()
        assert count == len(national_figures())
    engine.dispose()


def test_a_changed_file_is_brought_into_the_database(owner_url):
    engine = create_engine(owner_url)
    with engine.connect() as connection:
        connection.execute(text("UPDATE national_figures SET citation = 'x' WHERE key = 'canteen.sample.hours'"))
        connection.execute(text("UPDATE national_figures SET key = 'old.figure' WHERE key = 'canteen.sample.weight'"))
        assert load_national_figures(connection) == 3  # one mended, one added, one taken away
        assert load_national_figures(connection) == 0
        connection.rollback()
    engine.dispose()


def test_nation_bureau_and_school_in_their_order(acting, world):
    bureau = acting(world.actor("bureau_admin"))
    assert service.number(bureau, WEIGHT) == 125
    save(bureau, Decimal(150))
    assert service.number(bureau, WEIGHT) == 150
    school = acting(world.actor("principal", "a1"))
    assert service.number(school, WEIGHT) == 150
    save(school, Decimal(200), citation="演示校规定")
    found = service.effective(school.bureau_id, WEIGHT, school_id=school.school_id)
    assert found.number == 200
    assert "演示校规定" in found.citation
    assert "第四十条" in found.citation
    acting(world.actor("principal", "a2"))
    assert service.number(world.actor("principal", "a2"), WEIGHT) == 150
    other = acting(world.actor("bureau_admin", "b"))
    assert service.number(other, WEIGHT) == 125


def test_a_looser_override_is_refused_with_the_source(acting, world):
    bureau = acting(world.actor("bureau_admin"))
    with pytest.raises(RuleBroken) as refused:
        save(bureau, Decimal(100))
    assert refused.value.rule == "figure_looser"
    assert "第四十条" in refused.value.citation
    assert "125 克" in refused.value.message
    save(bureau, Decimal(150))
    with pytest.raises(RuleBroken, match="150 克"):
        save(acting(world.actor("principal")), Decimal(130))


def test_an_override_may_not_become_looser_when_the_level_above_tightens(acting, world):
    later = today() + timedelta(days=30)
    save(acting(world.actor("bureau_admin")), Decimal(200), start=later)
    school = acting(world.actor("principal"))
    with pytest.raises(RuleBroken):
        save(school, Decimal(150))
    save(school, Decimal(150), end=later)
    assert service.number(school, WEIGHT) == 150
    assert service.number(school, WEIGHT, on=later) == 200


def test_what_is_in_force_can_only_be_ended(acting, world):
    bureau = acting(world.actor("bureau_admin"))
    row = save(bureau, Decimal(150))
    with pytest.raises(Invalid):
        save(bureau, Decimal(160), override_id=row.id, version=row.version)
    with pytest.raises(Conflict):
        save(bureau, Decimal(150), override_id=row.id, version=row.version + 1, end=today() + timedelta(days=1))
    with pytest.raises(Invalid):
        save(bureau, Decimal(150), override_id=row.id, version=row.version, end=today())
    save(bureau, Decimal(150), override_id=row.id, version=row.version, end=today() + timedelta(days=1))
    assert service.number(bureau, WEIGHT, on=today() + timedelta(days=1)) == 125
    future = save(bureau, Decimal(170), start=today() + timedelta(days=5))
    save(bureau, Decimal(180), override_id=future.id, version=future.version, start=today() + timedelta(days=6))


def test_sent_twice_it_is_one_row(acting, world):
    bureau = acting(world.actor("bureau_admin"))
    row = save(bureau, Decimal(150))
    assert save(bureau, Decimal(150), override_id=row.id) is row
    with pytest.raises(Conflict):
        save(bureau, Decimal(151), override_id=row.id)
    with pytest.raises(Invalid):  # a second rule from the same day
        save(bureau, Decimal(160))


@pytest.mark.parametrize("value", [["四季豆"], True, {"least": "1", "most": "2"}])
def test_a_value_of_another_kind_is_refused(acting, world, value):
    with pytest.raises(Invalid):
        save(acting(world.actor("bureau_admin")), value)


def test_an_unknown_key_is_not_found_and_in_code_an_error(acting, world):
    bureau = acting(world.actor("bureau_admin"))
    with pytest.raises(NotFound):
        save(bureau, Decimal(1), key="no.such.figure")
    with pytest.raises(service.UnknownFigure):
        service.number(bureau, "no.such.figure")


def test_a_school_can_neither_write_nor_hide_its_bureaus_figure(session, acting, world):
    row = save(acting(world.actor("bureau_admin")), Decimal(150))
    school = acting(world.actor("principal"))
    with pytest.raises(NotFound):
        save(school, Decimal(150), override_id=row.id, version=row.version, end=today() + timedelta(days=9))
    assert session.execute(text("UPDATE figure_overrides SET citation = 'x'")).rowcount == 0
    use_scope(session(), Scope("houqin_school", world.bureaus["a"], world.schools["a2"]))
    assert [found.id for found in session.query(FigureOverride)] == [row.id]


def test_the_pages(client_as, world, session):
    admin = client_as("bureau_admin")
    page = admin.get("/figures/").get_data(as_text=True)
    assert "每份食品留样的最少重量" in page
    assert "待确认" in page
    assert "1,000.00 元" not in page
    assert "1,000.00 元" in admin.get("/figures/?group=assets").get_data(as_text=True)
    assert admin.get("/figures/?group=nonsense").status_code == 200
    form = {"id": str(new_id()), "value": "150", "citation": "演示区〔2026〕1号", "valid_from": "2026-01-01"}
    assert admin.post(f"/figures/{WEIGHT}", data=form).status_code == 302
    shown = admin.get(f"/figures/{WEIGHT}").get_data(as_text=True)
    assert "演示区〔2026〕1号" in shown
    assert "150 克" in shown
    refused = admin.post(
        f"/figures/{WEIGHT}", data={**form, "id": str(new_id()), "value": "100", "valid_from": "2026-02-01"}
    )
    assert refused.status_code == 422
    assert "第四十条" in refused.get_data(as_text=True)
    school = client_as("storekeeper")
    assert "150 克" in school.get(f"/figures/{WEIGHT}").get_data(as_text=True)
    assert "为本校另立标准" not in school.get(f"/figures/{WEIGHT}").get_data(as_text=True)
    assert school.post(f"/figures/{WEIGHT}", data=form).status_code == 403
    assert admin.get("/figures/no.such").status_code == 404


@pytest.mark.parametrize(
    ("key", "given", "stored"),
    [
        ("canteen.forbidden_foods", {"value": "四季豆\n鲜黄花菜\n生豆浆"}, {"json": ["四季豆", "鲜黄花菜", "生豆浆"]}),
        ("nutrition.lunch.energy_share", {"least": "36", "most": "39.5"}, {"json": {"least": "36", "most": "39.5"}}),
        ("assets.threshold_fen", {"value": "1500.50"}, {"number": "150050"}),
    ],
)
def test_each_shape_of_value_has_its_form(client_as, session, world, key, given, stored):
    admin = client_as("bureau_admin")
    assert admin.get(f"/figures/{key}").status_code == 200
    form = {"id": str(new_id()), "citation": "演示区规定", "valid_from": "2026-01-01", **given}
    assert admin.post(f"/figures/{key}", data=form).status_code == 302
    use_scope(session(), Scope("houqin_bureau", world.bureaus["a"]))
    [row] = session.query(FigureOverride).all()
    number = row.value.get("number")
    assert row.value == stored or Decimal(number) == Decimal(stored["number"])
    assert admin.get(f"/figures/{key}").status_code == 200


def test_the_api(client_as):
    principal = client_as("principal")
    listed = principal.get("/api/v1/figures?group=fire").json["items"]
    assert {item["key"].partition(".")[0] for item in listed} == {"fire"}
    one = principal.get(f"/api/v1/figures/{WEIGHT}").json
    assert (one["value"], one["unit"], one["level"], one["stricter"]) == ("125", "克", "national", "higher")
    token = {"key": WEIGHT, "value": "200", "citation": "演示校规定", "valid_from": "2026-01-01"}
    address = f"/api/v1/figure-overrides/{new_id()}"
    made = principal.put(address, json=token)
    assert (made.status_code, made.json["value"], made.json["version"]) == (200, "200", 1)
    assert principal.put(address, json=token).status_code == 200
    assert principal.put(address, json={**token, "value": "201"}).status_code == 409
    refused = principal.put(
        f"/api/v1/figure-overrides/{new_id()}", json={**token, "value": 1, "valid_from": "2026-03-01"}
    )
    assert refused.status_code == 422
    assert refused.json["rule"] == "figure_looser"
    assert principal.get(f"/api/v1/figures/{WEIGHT}").json["level"] == "school"
    assert client_as("supplier_user").get("/api/v1/figures").status_code == 403
