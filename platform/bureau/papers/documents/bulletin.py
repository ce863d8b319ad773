"""通报: overall picture, what is good, problems by frequency, places among peers, what is asked."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bureau.papers.documents.layout import Sheet

NUMERALS = "一二三四五六七八九十"


def bulletin(data: Mapping[str, Any], pictures: Mapping[str, bytes]) -> bytes:
    sheet = Sheet()
    sheet.red_head(data["issuer"], data["number"])
    sheet.title(f"关于“{data['plan']}”情况的通报")
    sheet.addressee("各学校")
    sheet.heading("一、总体情况")
    sheet.text(data["overall"])
    if data["bands"]:
        sheet.table(
            ("等级", "学校数", "占比"),
            [(row["label"], row["count"], row["share"]) for row in data["bands"]],
            (60, 48, 48),
        )
    sheet.heading("二、做得好的方面")
    sheet.text(data["good"] or "本次检查没有各校普遍满分的项目。")
    sheet.heading("三、主要问题")
    if data["problems"]:
        for index, row in enumerate(data["problems"]):
            numeral = NUMERALS[index] if index < len(NUMERALS) else str(index + 1)
            sheet.subheading(f"（{numeral}）{row['text']}")
            sheet.text(row["words"])
    else:
        sheet.text("未发现失分项目。")
    sheet.heading("四、同类学校排名")
    for group in data["groups"]:
        sheet.subheading(group["name"])
        sheet.table(
            ("名次", "学校", "得分", "等级"),
            [(row["rank"], row["school"], row["score"], row["band"]) for row in group["rows"]],
            (18, 90, 24, 24),
        )
    sheet.heading("五、整改要求")
    sheet.text(data["rectification"])
    sheet.signed(data["issuer"], date.fromisoformat(data["day"]))
    sheet.verification(data["url"], f"扫码核验本通报。文号 {data['number']}。数据截至{data['data_until']}。")
    return sheet.bytes()
