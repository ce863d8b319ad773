"""Forms for the phone's tests, as canonical JSON."""

from typing import Any


def every_shape() -> dict[str, Any]:
    return {
        "schema": 1, "title": "示例：手机填报", "kind": "canteen", "total": "60", "na_policy": "renormalise",
        "parameters": [{"name": "pupils", "label": "学生数", "unit": "人", "source": "asked"}],
        "sections": [
            {"code": "A", "title": "制度", "points": "25", "items": [
                item("1", "许可证有效", "5", {"shape": "all_or_nothing"}, na_allowed=True),
                item("2", "管理评分", "10", {"shape": "judged", "step": "0.5"}),
                item("3", "地面积水", "10", {"shape": "count_deduction", "unit_points": "2", "unit_label": "处"}),
            ]},
            {"code": "B", "title": "现场", "points": "20", "items": [
                item("4", "记录情形", "10", {"shape": "listed_deductions", "entries": [
                    {"code": "1", "label": "缺页", "points": "2"},
                    {"code": "2", "label": "缺签名", "points": "1", "repeatable": True}]}),
                item("5", "等次", "5", {"shape": "levels", "entries": [
                    {"code": "1", "label": "好", "points": "5"}, {"code": "2", "label": "差", "points": "1"}]}),
                item("6", "保安配备", "5", {"shape": "required_count", "unit_points": "1", "unit_label": "名",
                                        "required": {"parameter": "pupils", "per": "500"}}),
                {"code": "7", "no": "7", "text": "重大隐患", "rule": {"shape": "veto_only"},
                 "veto": {"effect": "form_zero"}},
            ]},
            {"code": "C", "title": "窗口", "points": "15", "repeat": {"unit_label": "窗口"}, "items": [
                item("8", "台面清洁", "10", {"shape": "all_or_nothing"}),
                item("9", "着装", "5", {"shape": "all_or_nothing"}),
            ]},
        ],
        "bands": [{"label": "优秀", "min": "50"}, {"label": "合格", "min": "30"}, {"label": "不合格", "min": "0"}],
    }  # fmt: skip


def item(code: str, text: str, points: str, rule: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"code": code, "no": code, "text": text, "rule": rule, "points": points, **more}


def short(items: int = 4) -> dict[str, Any]:
    """Two sections of plain items."""
    half = items // 2
    made = [item(str(number), f"条目{number}", "10", {"shape": "all_or_nothing"}) for number in range(1, items + 1)]
    return {
        "schema": 1, "title": f"示例：短表{items}", "kind": "canteen",
        "sections": [
            {"code": "A", "title": "第一部分", "items": made[:half]},
            {"code": "B", "title": "第二部分", "items": made[half:]},
        ],
    }  # fmt: skip


def large() -> dict[str, Any]:
    """200 items: 20 sections of 8 counted items, and one of 40 asked per room."""
    counted = {"shape": "count_deduction", "unit_points": "0.5", "unit_label": "处"}
    sections: list[dict[str, Any]] = [
        {"code": f"S{section}", "title": f"部分{section}", "items": [
            item(f"{section}.{number}", f"第{section}部分第{number}条，检查内容写得比较长，好让卡片有真实的高度", "0.5", counted)
            for number in range(1, 9)]}
        for section in range(1, 21)
    ]  # fmt: skip
    sections.append(
        {"code": "R", "title": "寝室", "repeat": {"unit_label": "寝室"}, "items": [
            item(f"R.{number}", f"寝室第{number}条", "0.5", {"shape": "all_or_nothing"}) for number in range(1, 41)]}
    )  # fmt: skip
    return {"schema": 1, "title": "示例：大表", "kind": "dormitory", "sections": sections}
