"""From the opening to the purchaser's desk, with everything going well and the ways in which it does not."""

from fractions import Fraction

from bureau.evaluation.service import facts, reporting, results
from tests.support import opened as support


def test_a_tender_is_judged_from_opening_to_signed_report(session, world):
    found = support.judged(world, "signed")
    tender = found.made.tender
    assert tender.state == "award_decision"
    assert {row.state for row in facts.evaluations_of(tender).values()} == {"signed"}
    for lot_id in found.bids:
        rows = results.results_of(tender, lot_id)
        assert [row.place for row in rows] == [1, 2, 3]
        assert all(Fraction(row.total) > 0 and row.account["total"]["exact"] == row.total for row in rows)
    report = reporting.standing(tender)
    assert report.state == "signed"
    assert len(reporting.signatures_of(report)) == 5
