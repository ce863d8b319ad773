"""What a bidder fills in of itself on the bidding page, where the tender asks for it."""

from typing import Any

WORDS = {
    "contact_name": "演示联系人{0}", "contact_mobile": "1360000{0:04d}", "address": "演示路 {0} 号 {0}01 室",
    "legal_representative": "演示法人{0}", "manager_name": "演示经理{0}", "manager_mobile": "1370000{0:04d}",
    "manager_id_tail": "{0:03d}X", "bond_payer": "演示公司{0}", "bond_bank": "演示银行", "bond_account": "6222 0000 {0:08d}",
}  # fmt: skip


def fill_declared(page: Any, number: int) -> None:
    """`number`: no two bidders share one. A bond comes by transfer, as the page proposes."""
    for code, words in WORDS.items():
        field = page.locator(f"#declared-{code}")
        if field.count():
            field.fill(words.format(number))
