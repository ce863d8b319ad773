"""The tables that go in and out of the canteen's books."""

from flask_babel import lazy_gettext as _l

from kernel.sheets import Column, SheetSpec
from school.canteen_books.labels import METHODS
from school.diners.labels import MEALS

STATES = {"absent": _l("缺餐"), "present": _l("用餐")}
ATTENDANCE = SheetSpec(
    _l("学生用餐考勤"),
    (
        Column("number", _l("学号"), required=True, kind="code", most=30, example="20260101"),
        Column("name", _l("姓名"), most=50, width=12, help=_l("只作核对，可以不填。")),
        Column("first", _l("开始日期"), required=True, kind="date", example="2026-09-07", width=14),
        Column("last", _l("结束日期"), kind="date", width=14, help=_l("只有一天的可以不填。")),
        Column("meal", _l("餐次"), kind="choice", choices=MEALS, width=10, help=_l("空着为方案中的各餐。")),
        Column(
            "state", _l("情况"), kind="choice", choices=STATES, width=10, example="缺餐",
            help=_l("空着为缺餐；按次就餐的学生实际用餐填“用餐”。"),
        ),
        Column("reason", _l("原因"), most=100, example="病假", width=20),
    ),
)  # fmt: skip
PAYMENTS = SheetSpec(
    _l("缴费"),
    (
        Column("number", _l("学号"), required=True, kind="code", most=30, example="20260101"),
        Column("name", _l("姓名"), most=50, width=12, help=_l("只作核对，可以不填。")),
        Column(
            "amount", _l("金额（元）"), required=True, kind="decimal", least=0, greatest=100_000, places=2,
            example="300.00", width=14,
        ),
        Column("paid_on", _l("缴费日期"), required=True, kind="date", example="2026-09-01", width=14),
        Column("method", _l("方式"), required=True, kind="choice", choices=METHODS, example="银行转账", width=12),
        Column("note", _l("备注"), most=100, width=20),
    ),
)  # fmt: skip
REFUNDS = SheetSpec(
    _l("退费名单"),
    (
        Column("class_name", _l("班级"), width=14),
        Column("pupil_number", _l("学号"), kind="code", width=14),
        Column("pupil_name", _l("姓名"), width=12),
        Column("reason", _l("事由"), width=14),
        Column("amount", _l("金额（元）"), kind="decimal", places=2, width=14),
        Column("state", _l("状态"), width=10),
        Column("paid_on", _l("发放日期"), kind="date", width=14),
        Column("signature", _l("领款人签字"), width=20),
    ),
)
BALANCE = SheetSpec(
    _l("科目余额表"),
    (
        Column("code", _l("科目"), kind="code", width=10),
        Column("name", _l("名称"), width=28),
        Column("fund", _l("资金"), width=16),
        Column("opening", _l("期初余额（元）"), kind="decimal", places=2, width=16),
        Column("debit", _l("本月借方（元）"), kind="decimal", places=2, width=16),
        Column("credit", _l("本月贷方（元）"), kind="decimal", places=2, width=16),
        Column("closing", _l("期末余额（元）"), kind="decimal", places=2, width=16),
    ),
)
