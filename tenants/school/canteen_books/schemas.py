"""What pages and API take and give of the canteen's books. Amounts in fen over REST, in yuan on pages."""

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields, post_load, validate

from bureau.schools.labels import STAGE
from duties.schemas import Month
from kernel.api import PageSchema
from kernel.schemas import BaseSchema, Choice, Day, Flag, Identifier, PageArguments, Quantity, Text, Whole
from school.canteen_books import labels, rules
from school.canteen_books.charging import PLAN_KINDS, REFUND_MODES
from school.canteen_books.chart import AccountKind, Fund
from school.canteen_books.meal_models import METHODS, SETTINGS
from school.canteen_books.rules import PayeeKind
from school.diners.rules import Meal

MOST_FEN = 10_000_000_000  # a hundred million yuan
MOST_PUPILS = 5000


class Fen(Whole):
    def __init__(self, least: int = 1, **kwargs: Any) -> None:
        super().__init__(least, MOST_FEN, **kwargs)


class Yuan(Quantity):
    """A page's amount, exact; `Yuan.fen` makes fen of it."""

    def __init__(self, least: str = "0.01", **kwargs: Any) -> None:
        super().__init__(places=2, least=least, most=str(MOST_FEN // 100), **kwargs)

    @staticmethod
    def fen(number: Decimal) -> int:
        return int(number * 100)


class VoucherSchema(BaseSchema):
    """A business by its template; the accounts follow."""

    template = Choice(rules.TEMPLATES, required=True)
    on_day = Day(required=True)
    amount_fen = Fen(required=True)
    summary = Text(200, load_default="")
    in_cash = Flag()
    payee_id = Identifier(load_default=None, allow_none=True)


class VoucherForm(VoucherSchema):
    """A page's: the amount in yuan."""

    id = Identifier(required=True)
    amount_fen = Fen(dump_only=True)
    amount = Yuan(required=True)

    @post_load
    def _to_fen(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        amount = data.pop("amount")
        return {**data, "amount_fen": Yuan.fen(amount)}


class ReasonForm(BaseSchema):
    version = Whole(1, load_default=None, allow_none=True)
    reason = Text(300, required=True)


class VersionForm(BaseSchema):
    version = Whole(1, load_default=None, allow_none=True)
    reason = Text(300, load_default="")


class ReasonSchema(BaseSchema):
    reason = Text(300, required=True)


class MoveOut(BaseSchema):
    debit = fields.String()
    credit = fields.String()
    amount_fen = fields.Integer()
    pupil_id = Identifier(allow_none=True)
    text = fields.String()


class VoucherRow(BaseSchema):
    id = Identifier()
    month = Month()
    on_day = Day()
    kind = Choice(labels.ENTRY_KINDS)
    template = fields.String()
    summary = fields.String()
    amount_fen = fields.Integer()
    payee_id = Identifier(allow_none=True)
    needs_signature = fields.Boolean()
    state = Choice(labels.VOUCHER_STATES)
    created_by_name = fields.String()
    signed_by_name = fields.String()
    decided_by_name = fields.String()
    reason = fields.String()
    entry_id = Identifier(allow_none=True)
    version = fields.Integer()


class VoucherOut(VoucherRow):
    moves = fields.List(fields.Nested(MoveOut))


class VoucherPage(PageSchema):
    items = fields.List(fields.Nested(VoucherRow))


class VoucherQuery(PageArguments):
    month = Month(load_default=None, allow_none=True)
    waiting = Flag()


class EntryOut(BaseSchema):
    id = Identifier()
    number = fields.String()
    month = Month()
    on_day = Day()
    kind = Choice(labels.ENTRY_KINDS)
    summary = fields.String()
    amount_fen = fields.Integer()
    line_count = fields.Integer()
    reverses_id = Identifier(allow_none=True)
    entered_by_name = fields.String()
    signed_by_name = fields.String()
    approved_by_name = fields.String()
    posted_at = fields.AwareDateTime()


class SumOut(BaseSchema):
    """On the account's own side, in fen."""

    code = fields.String()
    name = fields.String()
    kind = Choice(AccountKind)
    fund = Choice(Fund)
    opening_fen = fields.Integer()
    debit_fen = fields.Integer()
    credit_fen = fields.Integer()
    closing_fen = fields.Integer()


class BookMonthOut(BaseSchema):
    """`figures`: of a closed month, in fen, as published."""

    month = Month()
    state = Choice(labels.MONTH_STATES)
    meal_days = fields.List(fields.String())
    prepared_by_name = fields.String()
    closed_by_name = fields.String()
    closed_at = fields.AwareDateTime(allow_none=True)
    published_at = fields.AwareDateTime(allow_none=True)
    figures = fields.Dict(keys=fields.String())
    finding_count = fields.Integer()
    version = fields.Integer()


class MealDaysForm(BaseSchema):
    version = Whole(1, load_default=None, allow_none=True)
    days = fields.List(Day(), load_default=list, validate=validate.Length(0, 31))


class BookMonthForm(BaseSchema):
    month = Month(required=True)


class PayeeSchema(BaseSchema):
    name = Text(100, required=True)
    kind = Choice(PayeeKind, required=True)
    note = Text(200, load_default="")


class PayeeForm(PayeeSchema):
    id = Identifier(required=True)
    version = Whole(1, load_default=None, allow_none=True)
    is_active = Flag()


class PlanSchema(BaseSchema):
    """`is_default_present`: eats unless marked away."""

    name = Text(50, required=True)
    kind = Choice(PLAN_KINDS, required=True)
    meals = fields.List(
        Choice(Meal), required=True, validate=validate.Length(1, len(Meal), error=_l("请至少选择一餐。")),
        error_messages={"required": _l("请至少选择一餐。")},
    )  # fmt: skip
    is_default_present = Flag()
    refund_mode = Choice(REFUND_MODES, required=True)
    is_active = Flag()


class PlanForm(PlanSchema):
    id = Identifier(required=True)
    version = Whole(1, load_default=None, allow_none=True)
    meals = fields.List(Choice(Meal), load_default=list, validate=validate.Length(0, len(Meal)))


class PriceForm(BaseSchema):
    meal = Choice(Meal, load_default=None, allow_none=True)
    from_month = Month(required=True)
    price = Yuan(required=True)


class EnrolForm(BaseSchema):
    """Whole classes at once, or single pupils by number."""

    class_ids = fields.List(Identifier(), load_default=list, validate=validate.Length(0, 200))
    numbers = Text(2000, load_default="")
    from_day = Day(required=True)


class PaymentForm(BaseSchema):
    id = Identifier(required=True)
    number = Text(30, required=True)
    amount = Yuan(required=True)
    paid_on = Day(required=True)
    method = Choice(METHODS, required=True)
    note = Text(100, load_default="")


class BookUntilForm(BaseSchema):
    id = Identifier(required=True)
    until = Day(required=True)


class PayRefundsForm(BaseSchema):
    refund_ids = fields.List(
        Identifier(), load_default=list, validate=validate.Length(1, MOST_PUPILS, error=_l("请至少选择一人。"))
    )
    method = Choice(METHODS, required=True)


class GrantForm(BaseSchema):
    fund = Choice(("improvement", "aid"), required=True)
    numbers = Text(20_000, required=True)
    amount = Yuan(required=True)
    from_day = Day(required=True)
    until_day = Day(required=True)
    note = Text(100, load_default="")


class AbsentForm(BaseSchema):
    class_id = Identifier(required=True)
    on_day = Day(required=True)
    meal = Choice(Meal, required=True)
    absent = fields.List(Identifier(), load_default=list, validate=validate.Length(0, 300))


class AbsenceSchema(BaseSchema):
    """Who of a class is away from one meal; everybody else of it is there."""

    absent = fields.List(Identifier(), load_default=list, validate=validate.Length(0, 300))
    meal = Choice(Meal, required=True)


class AttendanceQuery(BaseSchema):
    class_id = Identifier(load_default=None, allow_none=True)
    day = Day(load_default=None, allow_none=True)
    meal = Choice(Meal, load_default=None, allow_none=True)


class PaymentQuery(PageArguments):
    waiting = Flag()


class LimitSchema(BaseSchema):
    """`setting`, `stage` null: everywhere; `meal` null: any meal. In force on [valid_from, valid_to)."""

    setting = Choice(SETTINGS, load_default=None, allow_none=True)
    stage = Choice(list(STAGE), load_default=None, allow_none=True)
    unit = Choice(("month", "meal"), required=True)
    meal = Choice(Meal, load_default=None, allow_none=True)
    limit_fen = Fen(required=True)
    valid_from = Day(required=True)
    valid_to = Day(load_default=None, allow_none=True)
    citation = Text(200, required=True)


class LimitForm(LimitSchema):
    id = Identifier(required=True)
    version = Whole(1, load_default=None, allow_none=True)
    limit_fen = Fen(dump_only=True)
    limit = Yuan(required=True)

    @post_load
    def _to_fen(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        limit = data.pop("limit")
        return {**data, "limit_fen": Yuan.fen(limit)}


class LimitOut(LimitSchema):
    id = Identifier()
    version = fields.Integer()


class MealPlanOut(PlanSchema):
    id = Identifier()
    version = fields.Integer()


class PupilMonthOut(BaseSchema):
    month = Month()
    pupil_id = Identifier()
    opening_fen = fields.Integer()
    paid_fen = fields.Integer()
    charge_fen = fields.Integer()
    refund_fen = fields.Integer()
    used_fen = fields.Integer()
    returned_fen = fields.Integer()
    closing_fen = fields.Integer()
    meals_eaten = fields.Integer()
    meals_missed = fields.Integer()
    meals_refunded = fields.Integer()


class OversightQuery(BaseSchema):
    month = Month(load_default=None, allow_none=True)
    show = Choice(("all", "open", "unpublished", "findings"), load_default="all")
    # The overview of all figures hands its span over.
    from_day = Day(load_default=None, allow_none=True)
    until_day = Day(load_default=None, allow_none=True)


class BooksFindingOut(BaseSchema):
    code = fields.String()
    tone = fields.String()
    text = fields.String()
    citation = fields.String()


class SchoolBooksOut(BaseSchema):
    """One school in a month, for the bureau."""

    school_id = fields.Integer()
    school_name = fields.String()
    standing = Choice(("none", "open", "closed", "published"))
    is_late = fields.Boolean()
    income_fen = fields.Integer()
    cost_fen = fields.Integer()
    materials_fen = fields.Integer()
    wages_fen = fields.Integer()
    findings = fields.List(fields.Nested(BooksFindingOut))
