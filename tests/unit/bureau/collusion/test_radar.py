"""Synthetic lots: colluders are found by their trick, honest bids raise nothing. Rates over many seeds stand here."""

from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest

from bureau.collusion.rules.facts import ARTICLES, METHODS, File, Person, Thresholds
from bureau.collusion.rules.identity import GENERIC, same_agent, same_author, same_bond, same_contact, shared
from bureau.collusion.rules.patterns import price_pattern, spread_of
from bureau.collusion.rules.radar import look
from bureau.collusion.rules.rotation import PastLot, rotation
from tests.support.collusion import KNOWN, TEMPLATE, TRICKS, colluding_lot, honest_lot

USUAL = Thresholds()


def methods(bids):
    return [sign.method for _, sign in look({"lot": bids}, KNOWN, USUAL)]


@pytest.mark.parametrize("is_book_lot", [False, True])
@pytest.mark.parametrize("bidders", [3, 8])
def test_honest_bids_raise_nothing(bidders, is_book_lot):
    """25 lots of each kind, up to 700 pairs: no sign at all. (1,200 lots while this was written: none.)"""
    found = [method for seed in range(25) for method in methods(honest_lot(seed, bidders, is_book_lot=is_book_lot))]
    assert found == []


# What a trick may also look like: copying a file copies its author; equal steps on even prices are equal ratios.
NEXT_TO = {"same_file": {"document_maker"}, "constant_difference": {"constant_ratio"}}
MISSED = {"same_prices": 0.1, "constant_difference": 0.0}


@pytest.mark.parametrize("method", TRICKS)
def test_every_trick_is_found_and_nothing_else(method):
    hits, seeds = 0, range(100, 112)
    for seed in seeds:
        found = set(methods(colluding_lot(seed, method)))
        alike = NEXT_TO.get(method, set())
        assert found <= {method} | alike
        hits += bool(found & ({method} | alike if method == "constant_difference" else {method}))
    assert hits >= len(seeds) * (1 - MISSED.get(method, 0))


def test_every_method_has_a_trick_that_tries_it():
    assert set(TRICKS) | {"taking_turns"} == {method for listed in METHODS.values() for method in listed}
    assert set(METHODS) == set(ARTICLES)


@pytest.mark.parametrize("method", TRICKS)
def test_a_sign_shows_both_sides_and_names_its_article(method):
    bids = colluding_lot(7, method)
    sign = next(sign for _, sign in look({"lot": bids}, KNOWN, USUAL) if sign.method == method)
    assert sign.method in METHODS[sign.kind]
    assert sign.article == ARTICLES[sign.kind]
    assert set(sign.bids) >= {"bid-0", "bid-1"}
    shown = {row["bid"] for row in sign.evidence if "bid" in row} | {
        key for row in sign.evidence for key in row if key.startswith("bid-")
    }
    assert shown == {str(bid) for bid in sign.bids}


def test_one_suppliers_own_bids_are_not_compared():
    bids = [replace(bid, supplier="one") for bid in colluding_lot(3, "same_phone")]
    assert methods(bids) == []


def test_bids_of_different_lots_are_not_compared_and_a_sign_is_told_once():
    bids = colluding_lot(3, "same_phone")
    assert look({"x": bids[:1], "y": bids[1:]}, KNOWN, USUAL) == []
    again = [replace(bid, key=f"second-{bid.key}") for bid in bids]
    (found,) = look({"x": bids, "y": again}, KNOWN, USUAL)
    assert found[0] == "x"
    assert set(found[1].bids) == {"bid-0", "bid-1", "second-bid-0", "second-bid-1"}


def test_what_the_tender_gave_out_is_no_sign():
    bids = honest_lot(5)
    own = File(
        "offer", "a.docx", "0" * 64, {"author": "演示区采购办", "created": "2026-05-01 08:30:11", "program": "W"}
    )
    alike = [replace(bid, files=(replace(own, sha256=f"{place}" * 64), TEMPLATE)) for place, bid in enumerate(bids)]
    assert same_author(alike, KNOWN, USUAL) == []
    assert same_author(alike, replace(KNOWN, makers=frozenset()), USUAL) != []


def test_programs_names_are_nobodys():
    for name in sorted(GENERIC):
        bids = [
            replace(bid, files=(File("o", "a.docx", f"{place}" * 64, {"author": name.upper()}),))
            for place, bid in enumerate(honest_lot(1, 3))
        ]
        assert same_author(bids, KNOWN, USUAL) == [], name


def test_another_bidders_name_as_the_author():
    bids = honest_lot(2, 3)
    bids[0] = replace(bids[0], files=(File("o", "a.docx", "9" * 64, {"company": bids[1].name}),))
    (sign,) = same_author(bids, KNOWN, USUAL)
    assert sign.bids == ("bid-0", "bid-1")


def test_a_namesake_manages_for_another():
    """The name alone is no sign, and neither is the end of the card."""
    bids = honest_lot(2, 3)
    people = [Person("manager", "演示张伟", id_tail="123X"), Person("manager", "演示张伟", id_tail="4567")]
    named = [replace(bid, people=(person,)) for bid, person in zip(bids, people, strict=False)]
    assert same_contact(named, KNOWN, USUAL) == []
    untold = [replace(bid, people=(Person("manager", "演示张伟"),)) for bid in bids]
    assert same_contact(untold, KNOWN, USUAL) == []
    other = [replace(bid, people=(Person("manager", f"演示{bid.key}", id_tail="123X"),)) for bid in bids]
    assert same_contact(other, KNOWN, USUAL) == []
    (sign,) = same_contact(
        [replace(bid, people=(replace(people[0], id_tail="123x"),)) for bid in bids[:2]], KNOWN, USUAL
    )
    assert sign.method == "same_manager"


def test_the_account_into_which_bonds_go_is_everybodys():
    bids = [replace(bid, bond_accounts=("1100 2233 4455 66",)) for bid in honest_lot(3, 3)]
    assert [sign.method for sign in same_bond(bids, KNOWN, USUAL)] == ["same_bond_account"]
    told = replace(KNOWN, texts=("保证金请汇入采购人账户 11002233445566，并注明项目编号。",))
    assert same_bond(bids, told, USUAL) == []


def test_a_bond_paid_by_one_hand():
    """Also where the one who paid has a guarantee itself, and where the payer bids for nothing."""
    bids = [replace(bid, bond_payers=(), bond_accounts=()) for bid in honest_lot(3, 3)]
    assert same_bond(bids, KNOWN, USUAL) == []
    (sign,) = same_bond([bids[0], replace(bids[1], bond_payers=(bids[0].name,)), bids[2]], KNOWN, USUAL)
    assert (sign.method, set(sign.bids)) == ("same_bond_payer", {"bid-0", "bid-1"})
    stranger = [replace(bid, bond_payers=("演示某人",)) for bid in bids[:2]] + [bids[2]]
    (sign,) = same_bond(stranger, KNOWN, USUAL)
    assert set(sign.bids) == {"bid-0", "bid-1"}


def test_a_shared_address_alone_is_none():
    bids = honest_lot(4, 3)
    trace = bids[0].traces[0]
    near = [replace(bid, traces=(replace(bid.traces[0], address=trace.address, at=trace.at),)) for bid in bids]
    assert same_agent(near, KNOWN, USUAL) == []
    untold = [replace(bid, traces=(replace(trace, account=bid.key, device={}),)) for bid in bids]
    assert same_agent(untold, KNOWN, USUAL) == []


def test_the_same_browser_counts_for_an_hour_and_not_at_a_public_computer():
    bids = colluding_lot(4, "same_browser")
    assert len(same_agent(bids, KNOWN, USUAL)) == 1
    assert same_agent(bids, KNOWN, replace(USUAL, device_minutes=8)) == []
    public = replace(KNOWN, addresses=frozenset({bids[0].traces[0].address}))
    assert same_agent(bids, public, USUAL) == []


def test_namesakes_are_none():
    bids = honest_lot(6, 3)
    same = bids[0].people[1]
    assert same_contact([replace(bid, people=(same,)) for bid in bids], KNOWN, USUAL) == []


def test_three_papers_of_a_maker_are_asked_about_two_are_not():
    bids = honest_lot(8, 3)
    papers = tuple(File(f"p{place}", f"证{place}.pdf", f"{place}" * 64, {}, "qualification") for place in range(1, 4))
    for count, expected in ((2, []), (3, ["same_file"])):
        mixed = [replace(bids[0], files=papers[:count]), replace(bids[1], files=papers[:count]), bids[2]]
        assert methods(mixed) == expected


def test_prices_off_the_book_are_explained_by_the_book():
    """All took the same discount off prices that everybody knew; without known prices it would be a sign."""
    bids = honest_lot(9, 3, is_book_lot=True)
    unknown = [replace(bid, lines=tuple(replace(line, reference_fen=None) for line in bid.lines)) for bid in bids]
    assert price_pattern(bids, KNOWN, USUAL) == []
    assert {sign.method for sign in price_pattern(unknown, KNOWN, USUAL)} == {"constant_ratio"}


def test_too_few_items_say_nothing():
    bids = [replace(bid, lines=bid.lines[:7]) for bid in colluding_lot(11, "constant_ratio")]
    assert price_pattern(bids, KNOWN, USUAL) == []


def test_round_totals_make_series_by_themselves():
    bids = honest_lot(12, 4)
    round_ones = [replace(bid, total_fen=(90 + place) * 1_000_000) for place, bid in enumerate(bids)]
    assert price_pattern(round_ones, KNOWN, USUAL) == []
    odd = [replace(bid, total_fen=bid.total_fen + 137) for bid in round_ones]
    assert [sign.method for sign in price_pattern(odd, KNOWN, USUAL)] == ["arithmetic_series"]


def test_of_three_totals_the_steps_must_agree_ten_times_as_closely():
    bids = honest_lot(13, 4)
    totals = [10_000_137, 11_000_137, 12_001_637, 13_000_137]
    four = [replace(bid, total_fen=total) for bid, total in zip(bids, totals, strict=True)]
    wide = replace(USUAL, series_tolerance=Decimal("0.2"))
    assert [sign.method for sign in price_pattern(four, KNOWN, wide)] == ["arithmetic_series"]
    assert price_pattern(four[:3], KNOWN, wide) == []


def test_rounding_to_whole_yuan_is_no_slip():
    bids = honest_lot(14, 2)
    rounded = [
        replace(bid, lines=tuple(replace(line, amount_fen=line.amount_fen // 100 * 100) for line in bid.lines))
        for bid in bids
    ]
    assert price_pattern(rounded, KNOWN, USUAL) == []


def test_the_same_difference_of_less_than_a_yuan_is_none():
    bids = honest_lot(14, 2)
    for off, found in ((99, []), (100, ["same_slip"])):
        alike = [
            replace(bid, lines=(replace(bid.lines[0], quantity=Decimal(10), amount_fen=bid.lines[0].unit_price_fen * 10 + off),))
            for bid in bids
        ]  # fmt: skip
        assert [sign.method for sign in price_pattern(alike, KNOWN, USUAL)] == found


def test_the_tenders_own_sentences_are_nobodys():
    bids = honest_lot(16, 2)
    given = "。".join(f"投标人应当按照招标文件第{number}条的要求逐日配送" for number in range(30))
    quoting = [replace(bid, texts=(given, *bid.texts)) for bid in bids]
    assert price_pattern(quoting, replace(KNOWN, texts=(given,)), USUAL) == []
    assert [sign.method for sign in price_pattern(quoting, KNOWN, USUAL)] == ["same_text"]


def test_spread_leaves_the_grain_of_fen_alone():
    from fractions import Fraction

    ratios = [Fraction(103, 100), Fraction(2, 2), Fraction(1030, 1000)]
    assert spread_of(ratios) > 0
    assert spread_of(ratios, [Fraction(1, 200), Fraction(1, 4), Fraction(1, 2000)]) == 0
    assert spread_of([Fraction(0)] * 3) == 100


def test_shared_values_need_two_suppliers():
    bids = honest_lot(15, 3)
    assert list(shared(bids, lambda bid: [("", {})])) == []
    assert list(shared([bids[0], replace(bids[0], key="other")], lambda bid: [("x", {})])) == []


# Taking turns


def past(winners, bidders=("a", "b", "c")):
    return [PastLot(place, f"演示{place}", frozenset(bidders), winner) for place, winner in enumerate(winners)]


def turns(winners, bidders=("a", "b", "c"), concerned="abc"):
    return [sign.bids for sign in rotation(past(winners, bidders), USUAL, frozenset(concerned))]


def test_three_that_take_turns():
    assert turns("abcabc") == [("a", "b", "c")]
    assert turns("ababab") == [("a", "b")]


@pytest.mark.parametrize("winners", ["ababa", "abcab", "aabbab", "aaaaaa", "abcacb", "abdaba", "ababac"])
def test_ordinary_histories(winners):
    assert turns(winners, "abcd", "abcd") == []


def test_turns_of_firms_that_do_not_bid_now_are_past():
    assert turns("abcabc", concerned="abx") == []


def test_random_winners_are_flagged_about_never():
    """1,000 histories of eight lots, four firms of unequal strength: at most one in 200."""
    random = Random(1)
    flagged = sum(bool(turns(random.choices("abcd", (4, 3, 2, 1), k=8), "abcd", "abcd")) for _ in range(1_000))
    assert flagged <= 5
