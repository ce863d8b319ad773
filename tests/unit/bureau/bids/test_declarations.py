"""What a bidder is asked to state of itself: by the rules, and by the page that seals."""

import json
import subprocess

import pytest

from bureau.bids.rules.declarations import BOND_FORMS, CHOSEN, GROUPS, asked, missing, texts, well_formed
from tests.support.typescript import NODE, bundle

WHOLE = {
    "contact_name": "演示甲", "contact_mobile": "139 0000 0000", "address": "演示路 1 号 203 室",
    "legal_representative": "演示乙", "manager_name": "演示丙", "manager_mobile": "13800000000", "manager_id_tail": "123X",
    "bond_form": "transfer", "bond_payer": "演示公司", "bond_bank": "演示银行", "bond_account": "6222 0000 1111 2222",
}  # fmt: skip


def test_a_contact_always_an_account_with_a_bond_the_rest_as_the_tender_says():
    assert asked(0) == ("contact", "legal", "manager")
    assert asked(0, []) == ("contact",)
    assert asked(1, ["manager"]) == ("contact", "manager", "bond")
    assert asked(1) == tuple(GROUPS)
    assert set(CHOSEN) < set(GROUPS)


def test_what_is_missing_is_named_once():
    assert missing(tuple(GROUPS), WHOLE) == []
    assert missing(("contact",), {"contact_name": " "}) == ["contact_name", "contact_mobile", "address"]
    assert missing(("contact",), WHOLE) == []
    assert missing(("bond",), {**WHOLE, "bond_account": ""}) == ["bond_account"]
    assert missing(("bond",), {**WHOLE, "bond_form": "guarantee", "bond_account": ""}) == []


def test_of_any_package_only_texts_under_known_names_are_read():
    given = {"contact_name": " 演示 ", "manager_name": 7, "else": "x", "bond_account": ["6222"]}
    assert texts({"declarations": given}) == {"contact_name": "演示"}
    assert [texts({"declarations": other}) for other in ([], "x", None)] == [{}, {}, {}]
    assert texts({}) == {}


@pytest.mark.parametrize(
    ("given", "is_well"),
    [({}, True), (WHOLE, True), ({"x": 1}, False), ({"x": "y" * 201}, False), ({"x": {}}, False), ([], False)],
)
def test_names_with_short_texts(given, is_well):
    assert well_formed(given) is is_well


# ---- the page ----


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    script = bundle("tests/support/declared_lines.ts", tmp_path_factory.mktemp("declared") / "declared.mjs")

    def asked_for(groups, declared, known=None):
        fields = [
            {"group": group, "fields": [
                {"code": one.code, "kind": one.kind, "required": one.required} for one in GROUPS[group]
            ]}
            for group in groups
        ]  # fmt: skip
        question = {"asked": fields, "declared": declared, "known": known or {}}
        done = subprocess.run(
            [str(NODE), str(script), json.dumps(question)], capture_output=True, text=True, check=True
        )
        return json.loads(done.stdout)

    return asked_for


def test_a_whole_form_is_sealed_as_it_is_written(page):
    found = page(tuple(GROUPS), WHOLE)
    assert found == {"findings": [], "declarations": WHOLE}


def test_what_was_not_asked_for_is_not_sealed(page):
    assert set(page(("contact",), WHOLE)["declarations"]) == {"contact_name", "contact_mobile", "address"}


def test_the_page_asks_for_what_the_rules_would_miss(page):
    """Field by field, so that page and review agree on what is missing."""
    for group in GROUPS:
        for field in GROUPS[group]:
            declared = {**WHOLE, field.code: ""}
            if field.code == "bond_form":  # the page has chosen one
                continue
            codes = [one["place"] for one in page((group,), declared)["findings"]]
            assert codes == [f"declared_{code}" for code in missing((group,), declared)], field.code


@pytest.mark.parametrize(
    ("code", "value"),
    [("contact_mobile", "139"), ("contact_email", "nobody"), ("manager_id_tail", "12X4"), ("manager_id_tail", "12345"),
     ("bond_account", "622")],
)  # fmt: skip
def test_what_cannot_be_right_is_refused_before_it_is_sealed(page, code, value):
    found = page(tuple(GROUPS), {**WHOLE, code: value})["findings"]
    assert found == [{"severity": "refused", "code": "declared_bad", "place": f"declared_{code}"}]


def test_what_the_register_knows_stands_there_and_a_guarantee_needs_no_account(page):
    known = {"contact_name": "演示甲", "contact_mobile": "13900000000", "address": "演示路"}
    assert page(("contact",), {}, known) == {"findings": [], "declarations": known}
    assert page(("contact",), {"contact_name": "别人"}, known)["declarations"]["contact_name"] == "别人"
    guarantee = {"bond_form": "guarantee", "bond_payer": "演示公司", "bond_bank": "演示担保"}
    assert page(("bond",), guarantee)["findings"] == []
    assert page(("bond",), {**guarantee, "bond_form": "transfer"})["findings"][0]["place"] == "declared_bond_account"
    assert set(BOND_FORMS) == {"transfer", "guarantee"}
