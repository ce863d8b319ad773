import copy
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from bureau.ocds.rules.checks import check_package, check_release
from bureau.ocds.rules.packages import record, record_package, release_package
from bureau.ocds.rules.release import build_release
from bureau.ocds.rules.tender import STATUS
from bureau.ocds.rules.values import number
from bureau.tendering.models import STATES
from tests.support import ocds_schema
from tests.support.processes import BUREAU, at, process

needs_schema = pytest.mark.skipif(
    not ocds_schema.is_there(), reason="the OCDS schema is not beside the project: not validated against it"
)
NOW = datetime(2026, 5, 2, tzinfo=UTC)


def release(tags=("tender", "award", "contract"), **changes):
    return json.loads(json.dumps(build_release(process(**changes), "r1", NOW, list(tags))))


def discount():
    facts = process()
    bids = tuple(
        type(bid)(bid.id, bid.lot_id, bid.supplier_id, bid.state, bid.sealed_at, None, Decimal("12.5"))
        for bid in facts.bids
    )
    award = facts.awards[0]
    awards = (type(award)("a1", "l1", "b1", "s1", True, at(28), None, Decimal("12.5")),)
    contract = facts.contracts[0]
    contracts = (
        type(contract)(
            "c1", "a1", "s1", "协议", "active", contract.first_day, contract.last_day, contract.signed_on, None
        ),
    )
    return release(price_form="discount", bids=bids, awards=awards, contracts=contracts)


VARIANTS = {
    "fixed": lambda: release(),
    "discount": discount,
    "sealed": lambda: release(("tender",), state="bidding", bids=None, awards=(), contracts=(), unopened_bids=0),
    "terminated": lambda: release(
        ("tenderCancellation",), state="terminated", end_reason="重大变故", bids=None, awards=(), contracts=()
    ),
    "services": lambda: release(("tender",), subject="services", is_framework=False, framework_from=None,
                                framework_until=None, questions=(), documents=(), amendments=(), questions_until=None,
                                most_lots_bid=None, description=""),
    "second try": lambda: release(("tender",), former_ocid="ocds-213czf-demo-ZB2025-000009"),
}  # fmt: skip


@pytest.mark.parametrize("variant", VARIANTS)
def test_our_own_checks_find_nothing_wrong(variant):
    assert check_release(VARIANTS[variant]()) == []


@needs_schema
@pytest.mark.parametrize("variant", VARIANTS)
def test_the_schema_with_its_extensions_accepts_it(variant):
    assert ocds_schema.release_errors(VARIANTS[variant]()) == []


@needs_schema
@pytest.mark.parametrize("variant", VARIANTS)
def test_no_field_is_made_up_without_our_prefix(variant):
    assert ocds_schema.unknown_fields(VARIANTS[variant]()) == []


@needs_schema
def test_the_schema_is_really_asked():
    wrong = release()
    wrong["tender"]["status"] = "sold"
    del wrong["tender"]["lots"][0]["id"]
    wrong["tender"]["made_up"] = 1
    assert ocds_schema.release_errors(wrong)
    assert ocds_schema.unknown_fields(wrong) == ["/tender/made_up"]


def test_every_state_of_a_tender_has_a_status():
    assert set(STATUS) == set(STATES)


def test_nothing_of_bids_is_told_while_they_are_sealed():
    sealed = json.dumps(VARIANTS["sealed"](), ensure_ascii=False)
    for secret in ("bids", "tenderers", "numberOfTenderers", "演示粮油公司", "演示米面公司", "91110000MA00000001"):
        assert secret not in sealed


def test_who_asked_is_nobodys_business():
    assert "author" not in json.dumps(release())


def test_a_rate_is_a_requirement_and_no_amount():
    found = discount()
    response = found["bids"]["details"][0]["requirementResponses"][0]
    assert (response["value"], response["requirement"]["id"]) == (12.5, "discount-percent")
    assert "value" not in found["bids"]["details"][0]
    assert "value" not in found["awards"][0]


def test_money_is_yuan_and_days_are_those_of_shanghai():
    found = release()
    assert found["awards"][0]["value"] == {"amount": 271, "currency": "CNY"}
    assert found["contracts"][0]["period"] == {"startDate": "2026-04-30T16:00:00Z", "endDate": "2027-04-30T15:59:59Z"}


@pytest.mark.parametrize("fen", [1, 10, 99, 12_345_678_901, 99_999_999_999_99])
def test_an_amount_survives_being_a_json_number(fen):
    amount = number(Decimal(fen) / 100)
    assert Decimal(str(json.loads(json.dumps(amount)))) == Decimal(fen) / 100


def mutate(path, value):
    def change(found):
        *way, last = path
        for step in way:
            found = found[step]
        if value is DROP:
            del found[last]
        else:
            found[last] = value

    return change


DROP = object()
FAULTS = [
    ("no_party", mutate(["parties", 1], {"id": "x", "roles": []})),
    ("no_role", mutate(["parties", 0, "roles"], ["procuringEntity"])),
    ("no_lot", mutate(["tender", "items", 0, "relatedLot"], "l9")),
    ("no_lot", mutate(["awards", 0, "relatedLots"], ["l9"])),
    ("no_bid", mutate(["awards", 0, "relatedBid"], "b9")),
    ("other_bidder", mutate(["awards", 0, "relatedBid"], "b2")),
    ("no_award", mutate(["contracts", 0, "awardID"], "a9")),
    ("sum", mutate(["awards", 0, "value", "amount"], 270.99)),
    ("above_award", mutate(["contracts", 0, "value", "amount"], 271.01)),
    ("invalid_bid", mutate(["bids", "details", 0, "status"], "disqualified")),
    ("number_of_tenderers", mutate(["tender", "numberOfTenderers"], 3)),
    ("period", mutate(["tender", "tenderPeriod", "startDate"], "2027-01-01T00:00:00Z")),
    ("enquiries_after_deadline", mutate(["tender", "enquiryPeriod", "endDate"], "2026-03-23T00:00:00Z")),
    ("late_bid", mutate(["bids", "details", 0, "date"], "2026-03-22T02:00:00Z")),
    ("early_award", mutate(["awards", 0, "date"], "2026-03-21T00:00:00Z")),
    ("early_contract", mutate(["contracts", 0, "dateSigned"], "2026-03-26T16:00:00Z")),
    ("lot_without_award", mutate(["awards", 0, "status"], "cancelled")),
    ("lot_with_award", mutate(["tender", "lots", 0, "status"], "unsuccessful")),
    ("contract_of_dead_award", mutate(["awards", 0, "status"], "cancelled")),
    ("unsuccessful_with_award", mutate(["tender", "status"], "unsuccessful")),
    ("too_early", mutate(["tender", "status"], "planned")),
    ("asker_named", mutate(["tender", "enquiries", 0, "author"], {"id": "s1"})),
    ("tag", mutate(["contracts"], DROP)),
    ("tag", mutate(["tag"], ["tenderCancellation"])),
    ("other_supplier", mutate(["contracts", 0, "suppliers", 0, "id"], "CN-USCC-91110000MA00000002")),
]


@pytest.mark.parametrize(("code", "change"), FAULTS)
def test_what_a_schema_validator_misses_is_found(code, change):
    found = release()
    change(found)
    assert code in {fault.code for fault in check_release(found)}


def test_duplicate_lots_are_found():
    found = release()
    found["tender"]["lots"].append(copy.deepcopy(found["tender"]["lots"][0]))
    assert "duplicate_id" in {fault.code for fault in check_release(found)}


def test_a_contract_signed_on_the_day_of_the_award_is_in_time():
    facts = process()
    contract = facts.contracts[0]
    same_day = type(contract)(
        "c1",
        "a1",
        "s1",
        "协议",
        "active",
        contract.first_day,
        contract.last_day,
        date(2026, 3, 28),
        27_100,
        contract.items,
    )
    assert check_release(release(contracts=(same_day,))) == []


def test_packages_hold_releases_and_records():
    first, second = release(("tender",)), release(("award",))
    second["id"] = "r2"
    package = release_package([first, second], "https://example.org/p", BUREAU, NOW)
    assert check_package(package) == []
    assert "duplicate_release" in {fault.code for fault in check_package({**package, "releases": [first, first]})}
    records = record_package([record([first, second])], "https://example.org/r", BUREAU, NOW)
    assert check_package(records) == []
    assert records["records"][0]["compiledRelease"]["tag"] == ["compiled"]
    records["records"][0]["releases"][0]["ocid"] = "ocds-213czf-other"
    assert "ocid" in {fault.code for fault in check_package(records)}
