"""What a release is tagged with, from what changed."""

import copy
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.ocds.rules.checks import check_release
from bureau.ocds.rules.release import build_release
from bureau.ocds.rules.tags import content_of, tags_of
from tests.support.processes import process

NOW = datetime(2026, 5, 2, tzinfo=UTC)


def whole(**changes):
    return build_release(process(**changes), "r", NOW, ())


def changed(change):
    release = copy.deepcopy(whole())
    change(release)
    return tags_of(whole(), release)


def new_amendment(release):
    release["tender"]["amendments"].append({"id": "n9", "date": "2026-03-05T00:00:00Z", "rationale": "延期"})


def test_the_first_release_has_a_tag_for_each_section():
    assert tags_of(None, whole()) == ["tender", "award", "contract"]
    assert tags_of(None, whole(bids=None, awards=(), contracts=())) == ["tender"]
    assert tags_of(None, whole(state="failed", bids=None, awards=(), contracts=())) == ["tender", "tenderCancellation"]


@pytest.mark.parametrize(
    ("change", "tags"),
    [
        (lambda r: r["tender"].update(title="另一个名称"), ["tenderUpdate"]),
        (new_amendment, ["tenderUpdate"]),
        (lambda r: (new_amendment(r), r["tender"]["tenderPeriod"].update(endDate="2026-04-01T00:00:00Z")), ["tenderAmendment"]),
        (lambda r: (new_amendment(r), r["tender"]["lots"][0].update(status="cancelled")), ["tenderAmendment"]),
        (lambda r: (new_amendment(r), r["tender"]["items"][0].update(quantity=3)), ["tenderAmendment"]),
        (lambda r: r["tender"]["tenderPeriod"].update(endDate="2026-04-01T00:00:00Z"), ["tenderUpdate"]),
        (lambda r: r["tender"].update(status="cancelled"), ["tenderCancellation"]),
        (lambda r: r["awards"][0].update(status="cancelled"), ["awardCancellation"]),
        (lambda r: r["awards"][0].update(description="更正"), ["awardUpdate"]),
        (lambda r: r["awards"].append({**r["awards"][0], "id": "a2"}), ["award"]),
        (lambda r: (r["awards"][0].update(status="cancelled"), r["awards"].append({**r["awards"][0], "id": "a2"})),
         ["award", "awardCancellation"]),
        (lambda r: r["contracts"][0].update(status="terminated"), ["contractTermination"]),
        (lambda r: r["contracts"][0]["period"].update(endDate="2027-06-01T00:00:00Z"), ["contractUpdate"]),
        (lambda r: r["contracts"].append({**r["contracts"][0], "id": "c2"}), ["contract"]),
        (lambda r: r["parties"][1].update(name="改名公司"), ["tenderUpdate"]),
    ],
)  # fmt: skip
def test_each_change_has_its_tag(change, tags):
    assert changed(change) == tags


def test_a_tender_that_stays_cancelled_is_only_updated():
    ended = whole(state="terminated", bids=None, awards=(), contracts=())
    later = copy.deepcopy(ended)
    later["tender"]["houqin_statusDetails"] = "采购任务取消"
    assert tags_of(ended, later) == ["tenderUpdate"]


def test_what_varies_is_no_content():
    assert content_of(build_release(process(), "r1", NOW, ["tender"])) == content_of(
        build_release(process(), "r2", datetime(2027, 1, 1, tzinfo=UTC), ["award"])
    )


@given(st.sampled_from(["bidding", "evaluation", "terminated", "failed"]), st.sampled_from(["bidding", "contracting"]))
def test_tags_always_pass_our_own_checks(last, first):
    bare = {"bids": None, "awards": (), "contracts": ()}
    former, new = whole(state=first, **bare), whole(state=last, **bare)
    new["tag"] = tags_of(former, new)
    assert new["tag"]
    assert [fault for fault in check_release(new) if fault.code == "tag"] == []
