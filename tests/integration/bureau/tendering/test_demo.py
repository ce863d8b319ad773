"""The demo's tenders stand where the demo says: one refused by a rule, one that a second person can publish."""

from bureau.tendering.demo import CRITERIA, _draft
from bureau.tendering.service import criteria, report
from kernel.database import new_id
from kernel.web.dates import today
from tests.support.catalogue import stock
from tests.support.tenders import officer


class Day:
    today = today()


def test_the_demos_draft_of_nineteen_days_is_refused_for_just_that(session, world):
    actor = officer(world)
    stock(actor, prefix="demo-")
    kept = criteria.make_set(actor, new_id(), "演示模板", "", CRITERIA)
    short = _draft(Day, actor, "演示：十九天", ("demo-grain",), "order_87", days=19)
    criteria.apply_set(actor, short.id, kept.id, short.version)
    outcomes = {one.rule: one.outcome for one in report.report_of(actor, short)}
    assert outcomes["bid_period"] == "refused"
    assert outcomes["points_sum"] == "passed"
    assert outcomes["price_weight"] == "passed"
    assert outcomes["budget"] == "passed"
    fine = _draft(Day, actor, "演示：够长", ("demo-grain",), "order_87")
    assert {one.rule: one.outcome for one in report.report_of(actor, fine)}["bid_period"] == "passed"
