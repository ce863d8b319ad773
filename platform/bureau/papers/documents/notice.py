"""整改通知书: what is to be put right, until when."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bureau.papers.documents.layout import Sheet


def notice(data: Mapping[str, Any], pictures: Mapping[str, bytes]) -> bytes:
    sheet = Sheet()
    sheet.title("整改通知书")
    sheet.plain(data["number"])
    sheet.addressee(data["school"])
    sheet.text(
        f"{data['visited_on']}，{data['issuer']}对你校进行了“{data['plan']}”检查，"
        f"发现 {len(data['items'])} 项问题。现通知如下，请按期整改："
    )
    sheet.table(
        ("序号", "问题", "情况", "整改期限"),
        [(row["no"], row["text"], row["found"], row["due_on"]) for row in data["items"]],
        (16, 60, 50, 30),
    )
    sheet.text("整改完成后，请在系统中逐项报送整改情况，并附与整改前同一角度拍摄的照片。逾期未改的，将予通报。")
    if data["appeal_until"]:
        sheet.text(f"对检查结果有异议的，可在{data['appeal_until']}前逐项提出申诉。")
    sheet.signed(data["issuer"], date.fromisoformat(data["day"]))
    sheet.verification(data["url"], f"扫码核验本通知书。文号 {data['number']}")
    return sheet.bytes()
