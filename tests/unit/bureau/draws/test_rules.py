"""What a draw never does, whatever the seed."""

import copy
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bureau.draws.document import DocumentInvalid
from bureau.draws.labels import REASONS
from bureau.draws.rules import NoAssignment, draw, key_of, shared_sections
from bureau.draws.verification import verify
from tests.support.draw_documents import DAYS, document, inspector, pools, rules, school

KEY = key_of(bytes(32), "")


@st.composite
def districts(draw_from):
    """Pools with recusals, last inspectors, days off and places missing; enough inspectors to make most of them work."""
    schools = draw_from(st.integers(1, 24))
    people = draw_from(st.integers(4, 8))
    numbers = list(range(1, people + 1))
    given_pools = {
        "schools": [
            school(
                number,
                last_inspectors=[
                    f"inspector-{one:02}"
                    for one in draw_from(st.lists(st.sampled_from(numbers), max_size=2, unique=True))
                ],
                **({"latitude_e6": None, "longitude_e6": None} if draw_from(st.integers(0, 5)) == 0 else {}),
            )
            for number in range(1, schools + 1)
        ],
        "inspectors": [
            inspector(
                number,
                recused=draw_from(st.lists(st.integers(1, schools), max_size=2, unique=True)),
                away=draw_from(st.lists(st.sampled_from(DAYS), max_size=2, unique=True)),
            )
            for number in numbers
        ],
    }
    counts = Counter(row["stratum"] for row in given_pools["schools"])
    strata = {stratum: draw_from(st.integers(0, counts[stratum])) for stratum in ("high", "medium", "low")}
    return given_pools, rules(
        strata=strata, order=draw_from(st.sampled_from(["random", "route"])), mix=draw_from(st.booleans()),
        weighted=draw_from(st.booleans()), visits_a_day=draw_from(st.integers(1, 3)), team_size=2,
    )  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(districts(), st.binary(min_size=32, max_size=32))
def test_no_draw_breaks_a_rule_and_every_draw_can_be_repeated(district, seed):
    given_pools, given_rules = district
    before = copy.deepcopy(district)
    try:
        made = document(given_pools, given_rules, seed)
    except NoAssignment as error:
        reasons = error.reasons
    else:
        reasons = ()
    if reasons:
        assert {reason.code for reason in reasons} <= set(REASONS)
        return
    assert (given_pools, given_rules) == before
    assert made == document(given_pools, given_rules, seed)
    failed = [check for check in verify(made) if not check.ok]
    assert failed == []


@given(st.binary(min_size=32, max_size=32))
@settings(max_examples=50, deadline=None)
def test_the_order_in_which_pools_are_listed_does_not_matter(seed):
    given_pools = pools()
    turned = {name: rows[::-1] for name, rows in given_pools.items()}
    key = key_of(seed, "")
    assert draw(given_pools, rules(), key) == draw(turned, rules(), key)


def test_another_seed_is_another_draw():
    drawn = {str(draw(pools(), rules(), key_of(bytes([number]) * 32, ""))) for number in range(20)}
    assert len(drawn) == 20


def test_without_weights_every_school_is_drawn_as_often_as_another():
    """3,000 seeds, 3 of 9 schools of one stratum: each 1,000 times; 8 degrees of freedom, 26.1 is the 99.9 % quantile."""
    given_pools = {
        "schools": [school(number, stratum="high", zone="") for number in range(1, 10)],
        "inspectors": [inspector(number) for number in range(1, 5)],
    }
    given_rules = rules(strata={"high": 3}, weighted=False)
    counts: Counter[int] = Counter()
    people: Counter[str] = Counter()
    for number in range(3_000):
        result = draw(given_pools, given_rules, key_of(number.to_bytes(32, "big"), ""))
        counts.update(result["schools"])
        people.update(result["visits"][0]["inspectors"])
    assert sum((counts[one] - 1000) ** 2 / 1000 for one in range(1, 10)) < 26.1
    # Four inspectors, two of them go each time: 1,500 each; 3 degrees of freedom, 16.3 (halved: two drawn at once).
    assert sum((people[row["id"]] - 1500) ** 2 / 1500 for row in given_pools["inspectors"]) < 16.3


def test_a_riskier_school_is_drawn_more_often():
    given_pools = {
        "schools": [school(1, stratum="high", weight=110), school(2, stratum="high", weight=10)],
        "inspectors": [inspector(number) for number in range(1, 3)],
    }
    first = sum(
        draw(given_pools, rules(strata={"high": 1}), key_of(number.to_bytes(32, "big"), ""))["schools"] == [1]
        for number in range(1_200)
    )
    assert 1040 < first < 1160  # 1,100 expected, standard deviation 9.6


def test_recusal_and_last_time_leave_only_who_may_go():
    given_pools = {
        "schools": [school(1, stratum="high", last_inspectors=["inspector-02"])],
        "inspectors": [inspector(1, recused=[1]), *(inspector(number) for number in (2, 3, 4))],
    }
    for number in range(50):
        result = draw(given_pools, rules(strata={"high": 1}), key_of(number.to_bytes(32, "big"), ""))
        assert set(result["visits"][0]["inspectors"]) == {"inspector-03", "inspector-04"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"strata": {"high": 99}}, "too_few_schools"),
        ({"team_size": 7}, "too_few_inspectors"),
        ({"days": DAYS[:1], "visits_a_day": 1}, "too_few_days"),
    ],
)
def test_where_no_assignment_exists_it_says_why(change, code):
    with pytest.raises(NoAssignment) as raised:
        draw(pools(), rules(**change), KEY)
    assert code in {reason.code for reason in raised.value.reasons}


def test_capacity_holds_and_is_named_when_too_small():
    small = {**pools(), "inspectors": [inspector(number, capacity=5) for number in range(1, 7)]}
    result = draw(small, rules(), KEY)
    load = Counter(one for visit in result["visits"] for one in visit["inspectors"])
    assert max(load.values()) <= 5
    with pytest.raises(NoAssignment) as raised:
        draw({**small, "inspectors": [inspector(number, capacity=2) for number in range(1, 7)]}, rules(), KEY)
    assert raised.value.reasons[0].code == "too_little_capacity"


def test_pairs_mix():
    """A senior leads and a junior goes along wherever there are both; over many parts no pair is always the same."""
    result = draw(pools(60, 6), rules(strata={"high": 12, "medium": 12, "low": 12}, days=DAYS), KEY)
    pairs = {tuple(visit["inspectors"]) for visit in result["visits"]}
    assert all(int(lead[-1]) % 2 == 0 and int(other[-1]) % 2 == 1 for lead, other in pairs)
    assert len(pairs) >= 6


def test_a_teams_day_stays_in_one_zone():
    given_pools = pools()
    zone = {row["id"]: row["zone"] for row in given_pools["schools"]}
    result = draw(given_pools, rules(), KEY)
    days: dict[tuple[str, str], set[str]] = {}
    for visit in result["visits"]:
        days.setdefault((visit["day"], visit["inspectors"][0]), set()).add(zone[visit["school_id"]])
    assert {len(zones) for zones in days.values()} == {1}


def test_the_order_of_the_day_is_not_always_the_way():
    def orders(order):
        found = set()
        for number in range(40):
            given = rules(order=order, strata={"high": 3, "medium": 0, "low": 0})
            result = draw(pools(9), given, key_of(number.to_bytes(32, "big"), ""))
            found.add(tuple(visit["school_id"] for visit in result["visits"]))
        return found

    assert len(orders("random")) > len(orders("route"))


@given(st.integers(2, 4), st.lists(st.integers(0, 30), min_size=4, max_size=12))
def test_sections_go_to_exactly_one_and_evenly(size, items):
    team = [f"p{number}" for number in range(size)]
    sections = [(f"S{number}", count) for number, count in enumerate(items)]
    shared = shared_sections(team, sections, KEY, "visit")
    assert shared is not None
    assert sorted(code for codes in shared.values() for code in codes) == sorted(code for code, _ in sections)
    count = dict(sections)
    loads = [sum(count[code] for code in codes) for codes in shared.values()]
    assert max(loads) - min(loads) <= max(items)


@pytest.mark.parametrize(
    ("spoil", "path"),
    [
        (lambda p, r: p["schools"][3].update(weight=0), "pools.schools.3.weight"),
        (lambda p, r: p["schools"][0].update(id="1"), "pools.schools.0.id"),
        (lambda p, r: p["schools"][0].update(latitude_e6=None), "pools.schools.0.latitude_e6"),
        (lambda p, r: p["schools"].append(p["schools"][0]), "pools.schools"),
        (lambda p, r: p["inspectors"][0].pop("recused"), "pools.inspectors.0.recused"),
        (lambda p, r: p["inspectors"][0].update(senior=1), "pools.inspectors.0.senior"),
        (lambda p, r: r.update(days=[]), "rules.days"),
        (lambda p, r: r.update(days=["2026-02-30"]), "rules.days.0"),
        (lambda p, r: r.update(days=DAYS[::-1]), "rules.days"),
        (lambda p, r: r.update(order="alphabet"), "rules.order"),
        (lambda p, r: r.update(team_size=True), "rules.team_size"),
        (lambda p, r: r.update(sections=[{"code": "A", "items": 1}] * 2), "rules.sections"),
        (lambda p, r: r.pop("strata"), "rules.strata"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(spoil, path):
    given_pools, given_rules = pools(), rules()
    spoil(given_pools, given_rules)
    with pytest.raises(DocumentInvalid) as raised:
        draw(given_pools, given_rules, KEY)
    assert raised.value.path == path
