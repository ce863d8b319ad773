"""现场检查记录: what was found, read over and signed at the door."""

from collections.abc import Mapping
from typing import Any

from bureau.papers.documents.layout import Sheet


def record(data: Mapping[str, Any], pictures: Mapping[str, bytes]) -> bytes:
    sheet = Sheet()
    sheet.title("现场检查记录")
    sheet.plain(f"编号：{data['number']}")
    sheet.facts(
        [
            ("检查单位", data["issuer"]),
            ("被检查学校", data["school"]),
            ("检查事项", data["plan"]),
            ("检查表", data["form"]),
            ("检查日期", data["visited_on"]),
            ("检查人员", "、".join(data["inspectors"])),
            ("学校陪同", data["met_by"] or "—"),
            ("结果", data["outcome"] or "待告知"),
        ]
    )
    sheet.heading("一、发现的问题")
    if data["lost"]:
        sheet.table(
            ("序号", "检查内容", "情况", "扣分"),
            [(row["no"], row["text"], row["found"], row["lost"]) for row in data["lost"]],
            (16, 62, 60, 18),
        )
    else:
        sheet.text("本次检查未发现失分项目。")
    sheet.heading("二、其他记录")
    sheet.text(data["remark"] or "无。")
    sheet.text(f"现场照片 {data['photos']} 张，均已登记指纹并随记录保存。")
    sheet.heading("三、签字")
    if pictures:
        sheet.pictures([(f"{label}：", data_) for label, data_ in pictures.items()])
    else:
        sheet.text("检查人员（签字）：　　　　　　　　学校负责人（签字）：")
    if data["unsigned_reason"]:
        sheet.text(f"学校未签字，原因：{data['unsigned_reason']}")
    sheet.verification(data["url"], f"扫码核验本记录。文号 {data['number']}")
    return sheet.bytes()
