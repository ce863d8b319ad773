"""The whole life of one tender, from demand to a signed agreement, each role in a window of its own.

A real server, real browsers, sealing and opening for real; the clock is moved, never waited for. What one step leaves,
the next one finds: they run in this order (`--dist=loadfile`), and a failure names its step.
"""

from typing import Any

import pytest

from tests.browser.tender_life import bidding, contracting, judging, preparing, tendering
from tests.browser.tender_life.town import Town, saved, town_of
from tests.support import ocds_schema


@pytest.fixture(scope="module")
def whole_town(admin_url, browser, tmp_path_factory):
    with town_of(admin_url, browser, tmp_path_factory.mktemp("life")) as made:
        yield made


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What a bidder kept of its bid."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def story() -> dict[str, Any]:
    return {}


@pytest.fixture
def town(request, whole_town, story):
    """The windows of one step; a picture of each where the step failed, and no further step after it."""
    if "failed" in story:
        pytest.fail(f"the tender did not get past {story['failed']}")
    yield whole_town
    if getattr(request.node, "failed_call", False):
        story["failed"] = request.node.name
        for number, window in enumerate(whole_town.windows):
            window.shoot(f"failed-{request.node.name}-{number}")
    whole_town.close_windows()


def test_01_the_bureau_opens_a_round_of_demand(town: Town):
    preparing.open_round(town)


def test_02_two_schools_fill_it_and_their_principals_hand_it_in(town: Town):
    preparing.fill_demand(town, "a1", "3000 4000", "2000 2500")
    preparing.fill_demand(town, "a2", "1500 1500", "3000 2500")


def test_03_the_bureau_approves_and_gathers_it_into_lots(town: Town):
    preparing.aggregate(town)


def test_04_a_company_registers_itself_and_is_admitted(town: Town):
    preparing.register(town)
    preparing.admit(town)
    saved(lambda: preparing.admit_the_others(town))


def test_05_nineteen_days_are_refused_and_put_right_and_the_officers_confirm_their_keys(town: Town):
    tendering.draft(town)
    tendering.refuse_the_nineteen_days(town)
    tendering.correct(town)
    tendering.no_script_no_passphrase(town)
    tendering.make_keys(town)
    tendering.seat_officers(town)


def test_06_another_person_publishes_it(town: Town):
    tendering.publish(town)


def test_07_a_question_without_a_name_is_answered_to_all(town: Town):
    tendering.ask(town)
    tendering.answer(town)


def test_08_three_suppliers_seal_their_bids_and_one_replaces_its_own(town: Town, folder):
    bidding.bid_and_replace(town, folder)
    bidding.bid(town, "a", "21.00")
    bidding.bid(town, "a-2", "22.00")


def test_09_the_deadline_passes_and_anybody_verifies_what_was_sealed(town: Town, folder):
    bidding.pass_deadline(town)
    bidding.verify(town, folder)


def test_10_two_officers_open_the_bids(town: Town):
    bidding.open_bids(town)
    bidding.read_record(town)


def test_11_the_bidders_are_qualified(town: Town):
    judging.qualify(town)


def test_12_a_drawn_committee_judges_each_member_alone(town: Town):
    judging.draw(town)
    committee = judging.declare(town)
    judging.conform(committee)
    judging.score(committee)
    judging.sign(committee)


def test_13_the_award_is_decided_and_each_bidder_reads_its_own_letter(town: Town):
    contracting.award(town)
    contracting.read_letters(town)


def test_14_a_challenge_is_filed_and_answered(town: Town):
    contracting.challenge(town)


def test_15_the_agreement_is_signed_with_a_reason_and_published(town: Town):
    contracting.make_agreement(town)


def test_16_a_school_sees_todays_price_and_how_it_came_about(town: Town):
    contracting.order_price(town)


def test_17_the_world_sees_the_result_and_the_data_hold(town: Town):
    package = contracting.export(town)
    names = {party["name"] for release in package["releases"] for party in release.get("parties", ())}
    assert preparing.COMPANY in names
    if ocds_schema.is_there():
        faults = [fault for release in package["releases"] for fault in ocds_schema.release_errors(release)]
        assert faults == []
    contracting.look_from_outside(town)
