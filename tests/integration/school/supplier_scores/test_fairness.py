"""Whether a supplier serves rural and small schools worse than its others."""

import pytest

from bureau.schools.models import School
from kernel.database import db
from kernel.errors import NotFound
from school.supplier_scores.rules import Counts
from school.supplier_scores.service import fairness
from tests.support.supplier_scores import allow, delivered, gathered, officer_of


@pytest.fixture
def served(shop):
    """a1 in time; a2, small and rural, three hours late; three times each."""
    allow(shop, fair_facts=3, fair_points=5)
    officer = officer_of(shop)
    school = db.session.get(School, (officer.bureau_id, shop.world.schools["a2"]))
    school.setting, school.diners = "rural", 90
    db.session.flush()
    for day in (1, 2, 3):
        delivered(shop, day)
        delivered(shop, day, school="a2", hour=10)
    gathered(shop, 3)
    return shop


def of(served, actor):
    (one,) = fairness.report(actor).suppliers
    return one.differences


def test_late_at_the_rural_school_alone(served):
    on_time = of(served, officer_of(served))["on_time"]
    for group in ("rural", "small", "small_rural"):
        assert (on_time[group].group, on_time[group].others) == (Counts(0, 3), Counts(3, 3))
        assert (on_time[group].state, on_time[group].points) == ("worse", -100.0)
    east = served.world.zones["a-east"]
    assert on_time[f"zone:{east}"].state == "not_enough"
    assert on_time["town"].state == "better"


def test_one_supplier_down_to_its_schools_says_the_same(served):
    report, schools = fairness.of_supplier(officer_of(served), served.agreement.supplier_id)
    assert report.suppliers[0].differences == of(served, officer_of(served))
    assert [(share.name, share.counts["on_time"]) for share in schools] == [
        ("演示第二小学", Counts(0, 3)), ("演示第一小学", Counts(3, 3)),
    ]  # fmt: skip


def test_groups_that_are_served_alike_are_not_told_apart(served):
    short = of(served, officer_of(served))["short"]
    assert short["rural"].state == "even"
    assert short["rural"].group == Counts(6, 6)


def test_a_zone_reads_its_own_schools(served):
    east = served.actor("zone_supervisor", "a-east")
    assert of(served, east)["on_time"]["rural"].state == "worse"
    west = served.actor("zone_supervisor", "a-west")
    assert fairness.report(west).suppliers == []
    with pytest.raises(NotFound):
        fairness.of_supplier(west, served.agreement.supplier_id)
