"""评标报告 as a Word file in the layout of official papers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import force_locale

from bureau.evaluation import labels
from bureau.evaluation.rules.exact import from_text, shown
from bureau.papers.documents.layout import Sheet
from kernel.web.dates import shanghai

METHODS = {"comprehensive": "综合评分法", "lowest_price": "最低评标价法"}


def report_docx(document: Mapping[str, Any]) -> bytes:
    """`document`: as reporting.published_body gives it. In Chinese, whoever asks."""
    with force_locale("zh_CN"):
        return _write(document)


def _write(document: Mapping[str, Any]) -> bytes:
    body = document["report"]
    tender, committee = body["tender"], body["committee"]
    sheet = Sheet()
    sheet.title("评标报告")
    sheet.plain(f"编号：{body['number']}", small=True)
    sheet.heading("一、项目概况")
    sheet.text(
        f"项目名称：{tender['title']}（{tender['number']}）。采购人：{body['purchaser']}。"
        f"评标方法：{METHODS[tender['award_method']]}。预算：{yuan(tender['budget_fen'])}元。"
        f"公告时间：{_time(tender['notice_at'])}。开标时间：{_time(tender['opened_at'])}。"
    )
    sheet.heading("二、评标委员会")
    sheet.text(
        f"评标委员会由 {committee['size']} 人组成，其中采购人代表 {committee['purchaser_seats']} 人，其余为随机抽取的评审专家。"
        f"抽取承诺（SHA-256）：{committee['commitment']}。"
    )
    if again := body.get("re_evaluation"):
        sheet.subheading("重新评审")
        sheet.text(
            f"依据{again['article']}重新评审。情形：{labels.RESCORING_REASONS[again['reason']]}。"
            f"发现的问题：{again['finding']}（{again['asked_by']}，{_time(again['asked_at'])}）。"
        )
        _table(
            sheet, ["标包", "原名次", "投标人"],
            [[str(row["lot"]), str(row["place"]), row["bidder"]] for row in again["before"]],
        )  # fmt: skip
    for number, lot in enumerate(body["lots"], start=1):
        sheet.heading(f"三之{number}、{lot['number']} 号标包：{lot['title']}")
        _lot(sheet, lot, tender["award_method"] == "comprehensive")
    sheet.heading("四、评标委员会成员签署")
    _table(
        sheet, ["成员", "意见", "理由", "时间"],
        [
            [
                row["name"] or f"评委{row['member']}", str(labels.OPINIONS[row["opinion"]]), row["reason"] or "—",
                _time(row["at"]),
            ]
            for row in document["signatures"]
        ],
    )  # fmt: skip
    sheet.plain(f"报告内容 SHA-256：{document['sha256']}", small=True)
    return sheet.bytes()


def _lot(sheet: Sheet, lot: Mapping[str, Any], is_scored: bool) -> None:
    if lot["reason"]:
        sheet.text(f"本标包评审终止：{lot['reason']}")
    if not lot["bids"]:
        sheet.text("没有开启的投标文件。")
        return
    sheet.subheading("（一）投标人和报价")
    _table(
        sheet, ["投标人", "报价", "审查结论", "理由"],
        [
            [
                row["bidder"], _price(row), str(labels.BID_STATES[row["state"]]),
                f"{row['reason']}（{row['article']}）" if row["reason"] else "—",
            ]
            for row in lot["bids"]
        ],
    )  # fmt: skip
    if lot["corrections"]:
        sheet.subheading("（二）报价修正")
        for row in lot["corrections"]:
            sheet.text(
                f"{row['bidder']}：{yuan(row['read_fen'])}元修正为{yuan(row['corrected_fen'])}元，"
                f"{labels.CORRECTION_STATES[row['state']]}。"
            )
    if lot["explanations"]:
        sheet.subheading("（三）异常低价审查")
        for row in lot["explanations"]:
            words = "、".join(str(labels.LOW_REASONS[reason["code"]]) for reason in row["reasons"])
            sheet.text(
                f"{row['bidder']}：{words}。{labels.ABNORMAL_STATES[row['state']]}"
                f"（{row['votes_for']} 票成立，{row['votes_against']} 票不成立）。{row['decision_reason']}"
            )
    if lot["results"]:
        sheet.subheading("（四）评审结果")
        head = ["名次", "投标人", "价格分", "总得分"] if is_scored else ["名次", "投标人", "评审价（元）"]
        _table(sheet, head, [_result(row, is_scored) for row in lot["results"] if row["is_valid"]])
    if lot["rescorings"]:
        sheet.subheading("（五）复核改分")
        for row in lot["rescorings"]:
            sheet.text(
                f"评委{row['member']} 将 {row['bidder']} 的“{row['criterion']}”由 {row['before']} 改为 {row['after']}，"
                f"情形：{labels.RESCORING_REASONS[row['reason']]}。理由：{row['explanation']}"
            )
    if lot["candidates"]:
        names = "；".join(f"第 {row['place']} 名 {row['bidder']}" for row in lot["candidates"])
        sheet.subheading("（六）推荐的中标候选人")
        sheet.text(names + "。")


def _result(row: Mapping[str, Any], is_scored: bool) -> list[str]:
    head = [str(row["place"]), row["bidder"]]
    if not is_scored:
        evaluated = row["evaluated_price_fen"]
        return [*head, yuan(evaluated) if evaluated is not None else str(shown(from_text(row["total"]), 4))]
    return [*head, str(shown(from_text(row["price_points"]))), str(shown(from_text(row["total"])))]


def _table(sheet: Sheet, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    sheet.table(head, rows, [156 / len(head)] * len(head))


def _price(row: Mapping[str, Any]) -> str:
    return f"{yuan(row['total_fen'])} 元" if row["total_fen"] is not None else f"下浮 {row['discount']}%"


def yuan(fen: int) -> str:
    whole, rest = divmod(fen, 100)
    return f"{whole:,}.{rest:02d}"


def _time(text: str | None) -> str:
    return str(shanghai(datetime.fromisoformat(text))) if text else "—"
