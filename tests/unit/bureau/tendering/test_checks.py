from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from bureau.tendering import labels
from bureau.tendering.rules import checks, packs, wording
from bureau.tendering.rules.checks import Criterion, Draft, Known, Lot
from bureau.tendering.rules.report import refused, unanswered
from bureau.tendering.rules.terms import SHANGHAI
from kernel.policy.national import national_figures
from kernel.workdays.rules import Calendar

ISSUED = date(2026, 11, 2)
LOT, OTHER = Lot(uuid4(), "一包", 100_00, 2), Lot(uuid4(), "二包", 200_00, 1)
CALENDAR = Calendar({}, frozenset({2026, 2027}))


def known(rule_pack, **changed):
    """The national figures as they stand in the file, by the pack's names."""
    rows = {figure.key: figure for figure in national_figures() if figure.holds_on(ISSUED)}
    keys = packs.KEYS[rule_pack]
    figures = {name: rows[keys[name]].number for name in checks.NEEDED}
    return Known({**figures, **changed}, {name: rows[keys[name]].citation for name in checks.NEEDED}, CALENDAR)


def at(day, hour=9):
    return datetime(day.year, day.month, day.day, hour, 30, tzinfo=SHANGHAI)


def criterion(part, code, points=0, **more):
    scale = {"price": "formula", "qualification": "pass_fail", "conformity": "pass_fail"}.get(part, "judged")
    return Criterion(part, code, more.pop("title", f"因素{code}"), points=Decimal(points), **{"scale": scale, **more})


FINE = Draft(
    rule_pack="order_87", subject="goods", award_method="comprehensive", price_form="fixed", budget_fen=300_00,
    issued_on=ISSUED, bid_deadline=at(ISSUED + timedelta(days=22)), documents_until=at(ISSUED + timedelta(days=10)),
    questions_until=at(ISSUED + timedelta(days=5)), small_firm_deduction=Decimal(10), lots=(LOT, OTHER),
    criteria=(criterion("qualification", "Q1"), criterion("technical", "T1", 60), criterion("price", "P1", 40)),
    document_kinds=frozenset({"tender_document"}), is_framework=True, framework_from=date(2027, 1, 1),
    framework_until=date(2027, 12, 31), winners_per_lot=2,
)  # fmt: skip


def finding(draft, rule, **figures):
    return next(one for one in checks.report(draft, known(draft.rule_pack, **figures)) if one.rule == rule)


@pytest.mark.parametrize("pack", packs.PACKS)
def test_a_tender_that_keeps_all_rules(pack):
    assert [one for one in checks.report(replace(FINE, rule_pack=pack), known(pack)) if one.outcome != "passed"] == []


def test_nineteen_days_are_refused_under_order_87_with_the_article_and_pass_under_internal():
    nineteen = replace(FINE, bid_deadline=at(ISSUED + timedelta(days=19)))
    found = finding(nineteen, "bid_period")
    assert (found.outcome, found.found, found.demanded, found.unit) == ("refused", "19", "20", "days")
    assert "第三十五条" in found.citation
    inside = finding(replace(nineteen, rule_pack="internal"), "bid_period")
    assert (inside.outcome, inside.demanded) == ("passed", "7")
    assert finding(replace(nineteen, rule_pack="order_110"), "bid_period").outcome == "refused"


def test_twenty_days_are_enough_unless_the_last_one_is_free():
    on_sunday = ISSUED + timedelta(days=20)
    assert on_sunday.weekday() == 6
    assert finding(replace(FINE, bid_deadline=at(on_sunday)), "bid_period").outcome == "refused"
    assert finding(replace(FINE, bid_deadline=at(on_sunday + timedelta(days=1))), "bid_period").outcome == "passed"
    from_tuesday = replace(FINE, issued_on=ISSUED + timedelta(days=1), bid_deadline=at(on_sunday + timedelta(days=1)))
    assert finding(from_tuesday, "bid_period").outcome == "passed"


def test_internal_rules_warn_and_follow_the_bureaus_own_figure():
    short = replace(FINE, rule_pack="internal", bid_deadline=at(ISSUED + timedelta(days=5)))
    assert finding(short, "bid_period").outcome == "warned"
    assert finding(short, "bid_period", bid_period=Decimal(4)).outcome == "passed"


@pytest.mark.parametrize(
    ("rule", "changed", "places"),
    [
        ("lots_present", {"lots": ()}, ()),
        ("items_present", {"lots": (LOT, replace(OTHER, items=0))}, ("二包",)),
        ("dates_present", {"questions_until": None}, ()),
        ("dates_present", {"questions_until": at(ISSUED + timedelta(days=30))}, ()),
        ("lot_limits", {"most_lots_bid": 1, "most_lots_won": 2}, ()),
        ("documents_period", {"documents_until": at(ISSUED + timedelta(days=4))}, ()),
        ("budget", {"budget_fen": 299_99}, ()),
        ("documents_present", {"document_kinds": frozenset()}, ()),
        ("large", {"budget_fen": 1_000_000_000}, ()),
        ("demand_survey", {"budget_fen": 1_000_000_000}, ()),
        ("price_criterion", {"criteria": (criterion("technical", "T1", 100),)}, ("一包", "二包")),
        ("points_sum", {"criteria": (criterion("technical", "T1", 59), criterion("price", "P1", 40))}, ("一包", "二包")),
        ("price_weight", {"criteria": (criterion("technical", "T1", 71), criterion("price", "P1", 29))}, ("一包", "二包")),
        ("bid_bond", {"bid_bond_fen": 601}, ()),
    ],
)  # fmt: skip
def test_what_order_87_refuses(rule, changed, places):
    found = finding(replace(FINE, **changed), rule)
    assert (found.outcome, found.places) == ("refused", places)


def test_large_goods_pass_with_their_survey_and_committee():
    large = replace(
        FINE, budget_fen=1_000_000_000, is_large=True, document_kinds=frozenset({"tender_document", "demand_survey"})
    )
    assert refused(checks.report(large, known("order_87"))) == []


def test_services_may_weigh_the_price_with_ten():
    weights = (criterion("technical", "T1", 90), criterion("price", "P1", 10))
    assert finding(replace(FINE, criteria=weights), "price_weight").outcome == "refused"
    assert finding(replace(FINE, criteria=weights, subject="services"), "price_weight").outcome == "passed"


def test_points_are_summed_per_lot():
    own = replace(criterion("technical", "T2", 10), lot_id=OTHER.id)
    found = finding(replace(FINE, criteria=(*FINE.criteria, own)), "points_sum")
    assert (found.outcome, found.places, found.found) == ("refused", ("二包",), "110")


def test_the_lowest_price_knows_nothing_but_pass_or_fail():
    lowest = replace(FINE, award_method="lowest_price", criteria=(criterion("qualification", "Q1"),))
    assert refused(checks.report(lowest, known("order_87"))) == []
    scored = replace(lowest, criteria=(*lowest.criteria, criterion("technical", "T1", 10)))
    assert finding(scored, "price_criterion").outcome == "refused"


def test_a_condition_is_not_scored_again():
    again = criterion("commercial", "B1", 60, title="食品 经营许可证。")
    condition = criterion("qualification", "Q1", title="食品经营许可证")
    found = finding(
        replace(FINE, criteria=(condition, again, criterion("price", "P1", 40))), "qualification_not_scored"
    )
    assert (found.outcome, found.places) == ("refused", ("食品 经营许可证。",))


def test_levels_say_what_each_is_worth():
    good = criterion("technical", "T1", 60, scale="levels", levels=(Decimal(60), Decimal(30)))
    assert (
        finding(replace(FINE, criteria=(good, criterion("price", "P1", 40))), "levels_quantified").outcome == "passed"
    )
    for levels in ((Decimal(60),), (Decimal(50), Decimal(20)), (Decimal(70), Decimal(60))):
        bad = replace(good, levels=levels)
        assert finding(replace(FINE, criteria=(bad,)), "levels_quantified").outcome == "refused"


@pytest.mark.parametrize(
    "text",
    ["得分＝投标下浮率÷最高下浮率×40", "最高下浮率得满分，其余按比例", "价格分 = d/dmax × 40", "下浮率越高得分越高"],
)
def test_the_naive_ratio_of_discounts_is_refused(text):
    price = replace(criterion("price", "P1", 40), description=text)
    draft = replace(FINE, price_form="discount", criteria=(criterion("technical", "T1", 60), price))
    assert finding(draft, "price_formula").outcome == "refused"
    assert finding(replace(draft, rule_pack="internal"), "price_formula").outcome == "warned"


def test_the_price_factor_is_fine():
    price = replace(criterion("price", "P1", 40), description="价格系数＝1－下浮率；最低价格系数÷投标价格系数×40")
    assert (
        finding(replace(FINE, criteria=(criterion("technical", "T1", 60), price)), "price_formula").outcome == "passed"
    )


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("no_least_price", "下浮率不得超过30%"),
        ("no_least_price", "本项目设最低限价"),
        ("no_size_condition", "注册资本不低于500万元"),
        ("no_size_condition", "上一年度营业收入1000万元以上"),
        ("no_authorisation", "须提供生产厂家授权"),
    ],
)
def test_words_that_do_not_belong_are_warned(rule, text):
    for draft in (
        replace(FINE, requirements=text),
        replace(FINE, criteria=(*FINE.criteria, replace(criterion("qualification", "Q2"), description=text))),
    ):
        found = finding(draft, rule)
        assert found.outcome == "warned"
        assert found.places
    assert finding(FINE, rule).outcome == "passed"


def test_framework_rules():
    framework = replace(FINE, rule_pack="order_110")
    assert finding(replace(framework, is_framework=False), "is_framework").outcome == "refused"
    long = replace(framework, framework_until=date(2028, 1, 1))
    assert finding(long, "framework_term").outcome == "warned"
    assert finding(replace(long, subject="services"), "framework_term").outcome == "passed"
    bare = replace(framework, lots=(replace(LOT, items_without_ceiling=1),))
    assert finding(bare, "framework_ceilings").outcome == "refused"
    assert finding(replace(bare, price_form="discount"), "framework_ceilings").outcome == "passed"
    assert finding(replace(framework, winners_per_lot=3), "elimination").outcome == "warned"
    quality = replace(framework, competition="quality", winners_per_lot=2)
    assert finding(quality, "elimination").outcome == "warned"  # two of three go out under quality first


@pytest.mark.parametrize(
    ("qualified", "percent", "least_out", "most"),
    [
        (3, 20, 1, 2), (4, 20, 1, 3), (5, 20, 1, 4), (6, 20, 1, 4), (10, 20, 1, 8), (11, 20, 1, 8), (3, 40, 1, 1),
        (4, 40, 1, 2), (5, 40, 1, 3), (1, 20, 1, 0), (0, 20, 1, 0), (10, 20, 3, 7), (2, 20, 3, 0),
        (9, Decimal("22.5"), 1, 6),
    ],
)  # fmt: skip
def test_how_many_a_framework_may_select(qualified, percent, least_out, most):
    assert packs.most_winners(qualified, percent, least_out) == most


def test_small_firms_are_favoured_one_way_or_the_other():
    assert finding(replace(FINE, small_firm_deduction=Decimal(0)), "small_firms").outcome == "warned"
    assert finding(replace(FINE, small_firm_deduction=Decimal(0), is_reserved=True), "small_firms").outcome == "passed"
    assert finding(replace(FINE, small_firm_deduction=Decimal("20.01")), "small_firms").outcome == "warned"


def test_an_unknown_calendar_and_a_rest_day_are_warned():
    late = replace(FINE, bid_deadline=at(date(2028, 1, 4)))
    assert finding(late, "calendar_known").places == ("2028",)
    assert finding(replace(FINE, bid_deadline=at(date(2026, 11, 28))), "rest_day").outcome == "warned"


def test_a_waiver_holds_for_the_figure_it_was_given_at():
    warned = [finding(replace(FINE, small_firm_deduction=Decimal(5)), "small_firms")]
    assert unanswered(warned, [("small_firms", "5")]) == []
    assert unanswered(warned, [("small_firms", "4")]) == warned


def test_every_rule_of_every_pack_is_checked_named_and_sourced():
    rows = {figure.key for figure in national_figures()}
    for pack in packs.PACKS:
        assert set(packs.KEYS[pack].values()) <= rows
        for rule in packs.RULES[pack]:
            assert rule.code in checks.CHECKS
            assert rule.code in labels.RULES
            assert rule.code in labels.RULE_HELP


def test_a_company_is_recognised_in_a_text():
    assert wording.names("我公司演示丰源粮油想问", "演示丰源粮油有限公司")
    assert wording.names("演示 丰源粮油有限公司：请问", "演示丰源粮油有限公司")
    assert not wording.names("粮油的规格如何？", "演示丰源粮油有限公司")
    assert not wording.names("任何文字", "")
