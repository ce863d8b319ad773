"""The wording of findings and problems, for pages and the command line."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from scorecards.finding import Finding
from scorecards.labels import KINDS, SHAPES
from scorecards.problem_text import PROBLEMS
from scorecards.problems import Problem

SEVERITIES: Mapping[str, Any] = {"error": _l("错误"), "warning": _l("提醒"), "info": _l("说明")}

WHERE: Mapping[str, Any] = {
    "form": _l("全表"),
    "section": _l("部分"),
    "item": _l("条目"),
    "band": _l("等级"),
    "verdict": _l("判定"),
}

FINDINGS: Mapping[str, Any] = {
    # sums
    "section_sum": _l("条目分值合计 %(items)s 分，表上印 %(points)s 分"),
    "sections_sum": _l("各部分分值合计 %(sections)s 分，总分 %(total)s 分"),
    "total_sum": _l("全部条目分值合计 %(items)s 分，总分 %(total)s 分"),
    "section_without_items": _l("“%(title)s”没有条目"),
    # items
    "rule_needs_person": _l("评分标准“%(text)s”未能识别，请人工确定计分方式"),
    "rule_to_confirm": _l("评分标准“%(text)s”的计分方式是推断的，请确认"),
    "points_without_rule": _l("该条有 %(points)s 分，但计分方式不计分"),
    "deduction_without_ceiling": _l("该条没有分值，扣分只以总分为限"),
    "item_without_points": _l("计分表中的条目没有分值"),
    "key_without_verdicts": _l("标为重点项，但没有判定表用到它"),
    "na_unreachable": _l("可以答“不适用”的规定与条目设置不一致，实际用不上"),
    "double_barrelled": _l("一条里有 %(parts)s 项要求，一处不符即全扣，宜拆分"),
    "step_above_item": _l("打分间隔 %(step)s 大于该条分值 %(points)s"),
    "step_does_not_divide": _l("打分间隔 %(step)s 不能整除该条分值 %(points)s"),
    "cap_above_item": _l("扣分上限 %(cap)s 高于该条分值 %(points)s"),
    "cap_below_unit": _l("扣分上限 %(cap)s 低于一次扣分 %(unit)s"),
    "deduction_above_item": _l("一次扣分 %(deduction)s 大于该条分值 %(points)s"),
    "zero_at_redundant": _l("不到 %(zero_at)s 处已扣完，“%(zero_at)s 处记 0 分”不起作用"),
    "item_not_fully_losable": _l("各项扣分合计 %(total)s 分，扣不完该条 %(points)s 分"),
    "subpoints_above_item": _l("小分合计（或最高档）%(total)s 分，超过该条 %(points)s 分"),
    "item_max_unreachable": _l("小分合计（或最高档）%(total)s 分，得不到该条 %(points)s 分"),
    "levels_equal": _l("有两个等次分值相同"),
    "duplicate_text": _l("与条目 %(other)s 内容相同"),
    "duplicate_no": _l("序号 %(no)s 与条目 %(other)s 重复"),
    "levels_end_above_zero": _l("最低一档也有 %(least)s 分，得不到 0 分"),
    # bonus, limits, figures, repeats
    "bonus_without_cap": _l("有 %(items)s 条加分项（最多可加 %(most)s 分），没有设加分上限"),
    "bonus_cap_without_items": _l("设了加分上限 %(cap)s 分，但没有加分项"),
    "bonus_cap_idle": _l("加分上限 %(cap)s 分高于加分项合计 %(most)s 分，不起作用"),
    "limit_unreachable": _l("限制要求 %(at_least)s 项不合格，表中只有 %(items)s 项"),
    "limits_not_monotone": _l("不合格项更多时，限制的等级反而更高"),
    "limits_twice": _l("同样的不合格项数有两条限制"),
    "limit_label_unknown": _l("限制的结论“%(label)s”不在判定表和等级中"),
    "parameter_unused": _l("要填写的“%(label)s”没有规则用到"),
    "repeat_without_label": _l("重复填写的部分没有写明单元（如寝室、窗口）"),
    "repeat_without_units": _l("重复填写的部分可以一个单元也不查"),
    "section_cap_zero": _l("部分的扣分上限是 0 分，扣不了分"),
    "section_cap_idle": _l("部分的扣分上限 %(cap)s 分高于条目合计 %(points)s 分，不起作用"),
    "section_cap_below_item": _l("部分的扣分上限 %(cap)s 分低于其中一条的 %(points)s 分"),
    "veto_label_unknown": _l("否决的结论“%(label)s”不在判定表和等级中"),
    # bands and verdicts
    "bands_missing": _l("没有等级划分"),
    "bands_without_score": _l("有等级划分，但全表没有分值"),
    "band_unreachable": _l("起点 %(minimum)s 分高于总分 %(total)s 分"),
    "band_reversed": _l("起点 %(minimum)s 分高于终点 %(maximum)s 分"),
    "band_top": _l("最高等级止于 %(maximum)s 分，总分 %(total)s 分"),
    "band_below_missing": _l("低于 %(minimum)s 分没有等级"),
    "band_overlap": _l("“%(lower)s”到 %(maximum)s 分，“%(upper)s”从 %(minimum)s 分起，两档重叠"),
    "band_gap": _l(
        "“%(lower)s”到 %(maximum)s 分，“%(upper)s”从 %(minimum)s 分起，中间的分数没有等级；系统计入“%(lower)s”"
    ),
    "band_shared_border": _l("%(minimum)s 分同属“%(lower)s”和“%(upper)s”；系统计入“%(upper)s”"),
    "neither_score_nor_verdict": _l("既不计分，也没有判定规则"),
    "verdict_clean_unnamed": _l("一项问题也没有时，判定表没有结论"),
    "verdict_hole": _l(
        "判定表有缺口：重点项不合格 %(key_failed)s 项、一般项不合格 %(general_failed)s 项（合格率 %(rate)s%%）、"
        "否决 %(vetoes)s 项时没有结论"
    ),
    "verdict_overlap": _l(
        "判定表有重叠：重点项不合格 %(key_failed)s 项、一般项不合格 %(general_failed)s 项（合格率 %(rate)s%%）、"
        "否决 %(vetoes)s 项时同属 %(labels)s"
    ),
    "contradiction": _l("%(path)s：%(problem)s"),
    # the file
    "file_too_large": _l("文件超过 %(limit_kb)s KB"),
    "file_not_text": _l("不是文本文件（应为 UTF-8 或 GB18030 编码）"),
    "yaml_syntax": _l("YAML 语法错误（第 %(line)s 行）"),
    "json_syntax": _l("JSON 语法错误（第 %(line)s 行）"),
    "yaml_alias": _l("不接受 YAML 锚点和引用（第 %(line)s 行）"),
    "yaml_too_complex": _l("文件嵌套过深、内容过多或含多个文档"),
    "yaml_bad_key": _l("键名重复或不是文字（第 %(line)s 行）"),
    "yaml_bad_tag": _l("不接受的 YAML 类型标记（第 %(line)s 行）"),
    "not_a_form": _l("文件内容不是一张评分表"),
    "title_missing": _l("没有标题"),
    "sections_missing": _l("没有评分项目，或超过 %(limit)s 个部分"),
    "too_many_items": _l("条目超过 %(limit)s 条"),
    "section_unreadable": _l("这一部分的内容无法读取"),
    "item_unreadable": _l("第 %(number)s 条无法读取"),
    "item_without_text": _l("第 %(number)s 条没有检查内容"),
    "field_not_text": _l("“%(field)s”应为文字"),
    "field_too_long": _l("“%(field)s”超过 %(limit)s 字，已截断"),
    "field_not_points": _l("“%(field)s”的“%(value)s”不是有效分值"),
    "kind_unknown": _l("不认识的表单类别“%(kind)s”，暂归后勤"),
    "bands_unreadable": _l("等级划分无法读取"),
    "band_without_label": _l("等级没有名称"),
    "band_without_minimum": _l("等级没有起点分"),
    "band_twice": _l("等级名称或起点分重复，后一个未导入"),
    "band_inferred": _l("该等级是推断的，原表没有写明"),
    "verdict_not_understood": _l("判定规则“%(text)s”未能识别"),
    "sample_not_understood": _l("抽查数量“%(text)s”未能识别，按全部检查"),
    "source_not_linkable": _l("来源网址 %(hosts)s 疑似被劫持，已去掉"),
    "source_incomplete": _l("来源不完整：%(text)s"),
    "source_remark": _l("来源说明：%(text)s"),
    "section_note": _l("来源附注：%(text)s"),
    "total_inferred": _l("总分 %(total)s 是推断的"),
    "points_inferred": _l("分值是推断的"),
    "method_inferred": _l("检查方法是推断的，原表没有写明"),
    "item_count": _l("来源称有 %(stated)s 条，实有 %(found)s 条"),
    "repeated_unit": _l("按每个“%(unit)s”重复打分，取各个的平均；若取最低，请在设置中改"),
    "pass_rate_proposed": _l("表上没有分值，也没有判定规则；暂按合格率（百分制）计，请确认"),
    "model_differs": _l("来源说计分方式是“%(model)s”，但有 %(items)s 条的评分标准是另一种（%(shape)s），请核对原表"),
    "key_ignored": _l("不认识的内容“%(key)s”未导入"),
    # workbooks and documents
    "sheet_empty_file": _l("文件是空的"),
    "sheet_file_too_large": _l("文件超过 %(megabytes)s MB"),
    "sheet_locked": _l("文件有打开密码，请去掉密码后再上传"),
    "sheet_old_workbook": _l("这是旧格式（.xls 或 .et）的表格，请用 Excel 或 WPS 另存为 .xlsx 再上传"),
    "sheet_old_document": _l("这是旧格式（.doc 或 .wps）的文档，请用 Word 或 WPS 另存为 .docx 再上传"),
    "sheet_damaged": _l("文件已损坏，无法打开；请在 Excel 或 Word 中重新保存后再上传"),
    "sheet_not_a_sheet": _l("不是 Excel（.xlsx）或 Word（.docx）文件"),
    "sheet_web_page": _l("这是网页改名的表格，请在 Excel 中打开后另存为 .xlsx"),
    "sheet_too_large_unpacked": _l("文件解压后过大"),
    "sheet_too_many_rows": _l("表格超过 %(most)s 行"),
    "sheet_too_many_columns": _l("表格超过 %(most)s 列"),
    "sheet_too_many_sheets": _l("工作表超过 %(most)s 个"),
    "file_other_format": _l("不接受 PDF 和 RTF，请上传 Excel（.xlsx）或 Word（.docx）文件"),
    "no_table_found": _l("没有找到评分表：需要有“检查内容、分值、评分标准”之类表头的表格"),
    "table_unknown": _l("文件中没有名为“%(name)s”的表，有：%(names)s"),
    "other_tables": _l("文件中有几张表：%(names)s；这里读的是“%(used)s”"),
    "kind_guessed": _l("类别按名称和内容定为“%(kind)s”，请核对"),
    "column_not_read": _l("列“%(column)s”没有读入"),
    "several_points_columns": _l("有几列分值（%(columns)s），采用“%(used)s”，请核对"),
    "no_rule_column": _l("表中没有评分标准列，各条暂按在分值内评分"),
    "common_rule": _l("各条的计分方式取自表后说明：“%(text)s”"),
    "section_points_shared": _l("分值只印在各部分上：各条按自己的标准扣分，一个部分最多扣完它的分值，请核对"),
    "total_differs": _l("标题或说明中的总分 %(stated)s 分，合计行 %(summed)s 分；采用前者"),
    "subtotal_differs": _l("小计行是 %(printed)s 分，标题中是 %(points)s 分；采用后者"),
    "group_sum": _l("“%(label)s”印 %(points)s 分，其下条目合计 %(items)s 分"),
    "band_words_unread": _l("等级说明中“%(text)s”没有读懂"),
    "limit_words_unread": _l("“%(text)s”没有读懂，请在设置中确定"),
    "row_without_text": _l("第 %(row)s 行有分值或序号，没有检查内容，未导入"),
    "points_unreadable": _l("分值“%(text)s”不是数字"),
    "rows_joined": _l("%(rows)s 行合用一格分值，作为一条导入，请核对是否应当分开"),
    "several_in_cell": _l("一格中有 %(parts)s 项内容，作为一条导入"),
    "points_added_up": _l("分值取自文字中的 %(parts)s 个小分，合计 %(points)s 分"),
    "points_differ_in_text": _l("文字中写 %(text)s 分，分值列是 %(points)s 分；采用后者"),
    "subpoints_in_text": _l("文字中的小分合计 %(total)s 分，分值列是 %(points)s 分"),
    "mark_unexplained": _l("标有“%(mark)s”，但表中没有说明它的意思"),
    "heading_points_read": _l("标题末尾的数读作该部分的分值 %(points)s 分"),
    "veto_list_result_read": _l("“%(text)s”读作上面所列否决项的结果，请逐条确认"),
    "limit_read": _l("“%(text)s”读作累计不合格的限制，请核对"),
    "bonus_item": _l("加分项：在总分之外加分"),
    "doubt_rule_of_sheet": _l("评分标准取自表中其他文字“%(text)s”（把握 %(confidence)s%%）"),
    "doubt_must_pass_label": _l("必达项不达标时的结论没有写明，暂定“不合格”（把握 %(confidence)s%%）"),
    # how a rule was read
    "doubt_no_rule_text": _l("没有评分标准"),
    "doubt_shape_unknown": _l("“%(text)s”看不出计分方式（把握 %(confidence)s%%）"),
    "doubt_clause_not_understood": _l("“%(text)s”中有没读懂的部分（把握 %(confidence)s%%）"),
    "doubt_yes_no_with_points": _l("“%(text)s”是是否题，却有分值（把握 %(confidence)s%%）"),
    "doubt_by_room_size": _l("“%(text)s”按人数分档：按房间大小分别计数（把握 %(confidence)s%%）"),
    "doubt_mark_range_differs": _l("“%(text)s”的打分范围与该条分值对不上（把握 %(confidence)s%%）"),
    "doubt_step_assumed": _l("“%(text)s”没有写打分间隔，按 0.5 分"),
    "doubt_parts_unnamed": _l("“%(text)s”是小分，但看不出各对应什么（把握 %(confidence)s%%）"),
    "doubt_parts_do_not_close": _l("“%(text)s”的小分合计与该条分值不符（把握 %(confidence)s%%）"),
    "doubt_parts_read_as_gains": _l("“%(text)s”按得分项理解（把握 %(confidence)s%%）"),
    "doubt_gains_read_as_levels": _l("“%(text)s”按分档理解（把握 %(confidence)s%%）"),
    "doubt_threshold_or_unit": _l("“%(text)s”可能是门槛，也可能按数量扣（把握 %(confidence)s%%）"),
    "doubt_veto_marked_not_worded": _l("标为否决项，但评分标准“%(text)s”没有写（把握 %(confidence)s%%）"),
    "doubt_veto_and_points": _l("“%(text)s”既扣分又否决，请确认否决的条件（把握 %(confidence)s%%）"),
    "doubt_veto_label_read": _l("“%(text)s”的结论按字面采用，请核对它对等级的影响（把握 %(confidence)s%%）"),
    "doubt_tiers_open_end": _l("“%(text)s”没有写更多时怎么办，按最后一档（把握 %(confidence)s%%）"),
    "doubt_levels_end_above_zero": _l("“%(text)s”没有写 0 分的情形（把握 %(confidence)s%%）"),
    "doubt_grades_guide_mark": _l("“%(text)s”每档是一个分数段：在分值内评分，档次只作参考（把握 %(confidence)s%%）"),
    "doubt_staff_rounded_up": _l("“%(text)s”按学生数配备，不足一名的部分按一名算（把握 %(confidence)s%%）"),
    "doubt_cost_or_gain": _l("“%(text)s”没有写扣分还是得分，按扣分理解（把握 %(confidence)s%%）"),
    "doubt_parts_read_as_counts": _l("“%(text)s”按每缺一项扣一份理解（把握 %(confidence)s%%）"),
    "doubt_bonus_read": _l("“%(text)s”按加分项理解，在总分之外（把握 %(confidence)s%%）"),
    "doubt_bonus_without_points": _l("“%(text)s”没有写加分上限（把握 %(confidence)s%%）"),
    "doubt_na_in_full": _l("“%(text)s”不适用时给满分，请核对全表对“不适用”的规定（把握 %(confidence)s%%）"),
    "doubt_partly_judged": _l("“%(text)s”有一部分由检查员酌情，整条按在分值内评分（把握 %(confidence)s%%）"),
    "doubt_unit_zero": _l("“%(text)s”按整个单元（寝室、窗口等，即全表）记 0 分理解，请确认（把握 %(confidence)s%%）"),
    "doubt_veto_reach_unsaid": _l("“%(text)s”没有写明否决的是该条还是全表（把握 %(confidence)s%%）"),
}


# What collected forms call their way of scoring.
MODELS: Mapping[str, Any] = {
    "judgement_0_to_max": _l("在分值内评分"),
    "count_deduction_capped": _l("按数量扣分"),
    "listed_deductions": _l("按所列情形扣分"),
    "binary_full_deduction": _l("不符合扣该条全部分值"),
    "yes_no_key_general": _l("合格／不合格，不计分"),
    "veto_list": _l("红线项：发现即否决，不计分"),
}


def finding_text(found: Finding) -> str:
    params = dict(found.params)
    if found.code == "model_differs":
        params["model"] = MODELS.get(params["model"], params["model"])
        params["shape"] = SHAPES[params["shape"]]
    if found.code == "kind_guessed":
        params["kind"] = KINDS[params["kind"]]
    if found.code == "contradiction":
        params["problem"] = str(PROBLEMS[params["problem"]]) % params
    return str(FINDINGS[found.code]) % params


def severity_text(found: Finding) -> str:
    return str(SEVERITIES[found.severity])


def where_text(found: Finding) -> str:
    """ "item:2.1" → "条目 2.1"."""
    kind, _, name = found.where.partition(":")
    return f"{WHERE[kind]} {name}".strip()


def problem_text(problem: Problem) -> str:
    return str(PROBLEMS[problem.code]) % dict(problem.params)
