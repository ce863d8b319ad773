from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from school.orders import certificate_labels
from school.orders import certificate_rules as rules
from school.orders.certificate_rules import Finding, Paper, Use

DAY = date(2026, 11, 20)
SUPPLIER, ITEM = uuid4(), uuid4()
PAPER = Paper(
    uuid4(), SUPPLIER, ITEM, "batch_report", "R-1", "L1", "a" * 64, issued_on=DAY - timedelta(days=3),
    valid_from=DAY - timedelta(days=3), valid_until=DAY, covers=Decimal(100),
)  # fmt: skip
USE = Use(SUPPLIER, ITEM, "L1", DAY)


def test_a_good_paper_proves_its_lot_up_to_its_last_day():
    assert rules.beside_lot(PAPER, USE) == []
    assert rules.proves([])
    assert rules.beside_lot(replace(PAPER, batch_no=""), replace(USE, batch_no="L7")) == []


@pytest.mark.parametrize(
    ("change", "code", "proves"),
    [
        ({"valid_until": DAY - timedelta(days=1)}, "expired", False),
        ({"valid_from": DAY + timedelta(days=1)}, "not_yet_valid", False),
        ({"item_id": uuid4()}, "wrong_item", False),
        ({"supplier_id": uuid4()}, "wrong_supplier", False),
        ({"batch_no": "L2"}, "wrong_lot", False),
        ({"issued_on": DAY + timedelta(days=1)}, "issued_after", True),
    ],
)
def test_what_is_wrong_with_a_paper_beside_its_lot(change, code, proves):
    found = rules.beside_lot(replace(PAPER, **change), USE)
    assert [one.code for one in found] == [code]
    assert rules.proves(found) is proves


def other(**changes):
    return replace(PAPER, id=uuid4(), **changes)


def test_a_number_or_a_scan_that_served_another_lot_is_found_once_per_lot():
    assert rules.beside_papers(PAPER, [PAPER, other()]) == []  # the same lot again, e.g. for another cut
    assert rules.beside_papers(PAPER, [other(batch_no="L2")]) == [
        Finding("file_reused", "L2"), Finding("number_reused", "L2"),
    ]  # fmt: skip
    scan = other(batch_no="L2", number="R-9")
    assert rules.beside_papers(PAPER, [scan, replace(scan, id=uuid4())]) == [Finding("file_reused", "L2")]
    assert rules.beside_papers(PAPER, [other(batch_no="L2", sha256="b" * 64, kind="pesticide_test")]) == []


def test_another_suppliers_lot_of_the_same_name_is_another_lot():
    found = rules.beside_papers(PAPER, [other(supplier_id=uuid4(), sha256="b" * 64)])
    assert found == [Finding("number_reused", "L1")]


def test_papers_of_an_item_without_a_lot_serve_all_its_lots():
    assert rules.beside_papers(replace(PAPER, batch_no=""), [other(batch_no="L2")]) == []
    assert rules.beside_papers(PAPER, [other(batch_no="")]) == []


def test_a_paper_without_a_number_is_not_the_same_as_another_without_one():
    assert rules.beside_papers(replace(PAPER, number=""), [other(number="", batch_no="L2", sha256="b" * 64)]) == []


def test_papers_of_a_lot_and_kind_speak_for_their_weights_together():
    papers = [PAPER, other(covers=Decimal(50)), other(kind="other", covers=Decimal(900)), other(batch_no="L2")]
    assert rules.coverage(papers, PAPER) == 150
    assert rules.coverage([PAPER, other(covers=None)], PAPER) is None
    assert rules.coverage([], PAPER) is None


def test_more_than_they_speak_for_is_found_and_the_last_gram_is_not():
    assert rules.beside_weight(Decimal(150), Decimal("150.000")) == []
    assert rules.beside_weight(Decimal(150), Decimal("150.001")) == [Finding("over_covered")]
    assert rules.beside_weight(None, Decimal(9999)) == []


def test_every_code_has_its_words():
    assert set(certificate_labels.CODES) == rules.CODES
