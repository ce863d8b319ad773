"""致学校的一页信: where the school stands, what it lost, what would help most."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bureau.papers.documents.layout import Sheet

MOST_ITEMS = 5  # one page


def letter(data: Mapping[str, Any], pictures: Mapping[str, bytes]) -> bytes:
    sheet = Sheet()
    sheet.title(f"“{data['plan']}”结果告知")
    sheet.addressee(data["school"])
    sheet.text(f"{data['visited_on']}的检查，你校结果为{data['outcome']}。{data['place']}")
    if data["lost"]:
        sheet.heading("失分最多的项目")
        sheet.table(
            ("序号", "检查内容", "失分"),
            [(row["no"], row["text"], row["lost"]) for row in data["lost"][:MOST_ITEMS]],
            (16, 116, 24),
        )
        if len(data["lost"]) > MOST_ITEMS:
            sheet.text(f"另有 {len(data['lost']) - MOST_ITEMS} 项失分，详见系统。")
    if data["cheapest"]:
        sheet.text(f"最容易补上的：{data['cheapest']}。")
    if data["good"]:
        sheet.text(f"做得好的：{data['good']}。")
    sheet.signed(data["issuer"], date.fromisoformat(data["day"]))
    sheet.verification(data["url"], f"扫码核验。文号 {data['number']}")
    return sheet.bytes()
