"""The canteen's books over REST. Amounts in fen."""

from typing import Any
from uuid import UUID

from bureau.schools.service import get_school
from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.api import ApiBlueprint, seen_version
from school.canteen_books import labels
from school.canteen_books.chart import BY_CODE
from school.canteen_books.meal_models import ChargeLimit, MealPlan, PupilMonth
from school.canteen_books.models import BookEntry, BookMonth, BookVoucher, CanteenStatement
from school.canteen_books.permissions import Permission
from school.canteen_books.schemas import (
    AbsenceSchema,
    BookMonthOut,
    EntryOut,
    LimitOut,
    LimitSchema,
    MealPlanOut,
    OversightQuery,
    PupilMonthOut,
    ReasonSchema,
    SchoolBooksOut,
    SumOut,
    VoucherOut,
    VoucherPage,
    VoucherQuery,
    VoucherSchema,
)
from school.canteen_books.service import (
    accounts,
    attending,
    closing,
    ledger,
    limits,
    months,
    overseeing,
    plans,
    statements,
    vouchers,
)
from school.canteen_books.views.blueprint import month_in
from school.diners.api import day_in
from school.diners.rules import Meal
from school.diners.service.classes import get_class

blueprint = ApiBlueprint("api_canteen_books", __name__, description="The canteen's books")


def _sums(actor: Actor, school_id: int, month: str) -> list[dict[str, Any]]:
    found = months.get_month(actor, school_id, month_in(month))
    return [
        {
            "code": one.code, "name": BY_CODE[one.code].name, "kind": BY_CODE[one.code].kind, "fund": BY_CODE[one.code].fund,
            "opening_fen": one.opening_fen, "debit_fen": one.debit_fen, "credit_fen": one.credit_fen,
            "closing_fen": one.closing_fen,
        }
        for one in ledger.trial_balance(actor, school_id, found.month)
    ]  # fmt: skip


@blueprint.route("/book-months", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, BookMonthOut(many=True))
def list_months() -> list[BookMonth]:
    """Newest first."""
    actor = current_actor()
    return months.newest_months(actor, actor.own_school_id())


@blueprint.route("/book-months/<string:book_month>", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, BookMonthOut)
def get_month(book_month: str) -> BookMonth:
    actor = current_actor()
    return months.get_month(actor, actor.own_school_id(), month_in(book_month))


@blueprint.route("/book-months/<string:book_month>/balance", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, SumOut(many=True))
def get_balance(book_month: str) -> list[dict[str, Any]]:
    """The trial balance."""
    actor = current_actor()
    return _sums(actor, actor.own_school_id(), book_month)


@blueprint.route("/book-months/<string:book_month>/entries", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, EntryOut(many=True))
def list_entries(book_month: str) -> list[BookEntry]:
    actor = current_actor()
    found = months.get_month(actor, actor.own_school_id(), month_in(book_month))
    return ledger.list_entries(actor, actor.own_school_id(), found.month)


@blueprint.route("/book-months/<string:book_month>/prepare", methods=["POST"])
@access(Permission.ENTER)
@blueprint.response(200, BookMonthOut)
def prepare_month(book_month: str) -> BookMonth:
    """Hand the month in for closing; needs If-Match. 422 month_not_ready names what is missing."""
    return closing.prepare(current_actor(), month_in(book_month), seen_version())


@blueprint.route("/book-months/<string:book_month>/close", methods=["POST"])
@access(Permission.APPROVE)
@blueprint.response(200, BookMonthOut)
def close_month(book_month: str) -> BookMonth:
    """Close what another person prepared; needs If-Match."""
    return closing.close(current_actor(), month_in(book_month), seen_version())


@blueprint.route("/book-months/<string:book_month>/pupils", methods=["GET"])
@access(Permission.MONEY_READ)
@blueprint.response(200, PupilMonthOut(many=True))
def list_pupil_months(book_month: str) -> list[PupilMonth]:
    """Every pupil's account in a closed month."""
    actor = current_actor()
    found = months.get_month(actor, actor.own_school_id(), month_in(book_month))
    return accounts.of_month(actor, found.month)


@blueprint.route("/book-vouchers", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(VoucherQuery, location="query")
@blueprint.response(200, VoucherPage)
def list_vouchers(query: dict[str, Any]) -> Any:
    """Newest first."""
    actor = current_actor()
    return vouchers.list_vouchers(actor, actor.own_school_id(), **query)


@blueprint.route("/book-vouchers/<uuid:book_voucher_id>", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, VoucherOut)
def get_voucher(book_voucher_id: UUID) -> BookVoucher:
    actor = current_actor()
    return vouchers.get_voucher(actor, actor.own_school_id(), book_voucher_id)


@blueprint.route("/book-vouchers/<uuid:book_voucher_id>", methods=["PUT"])
@access(Permission.ENTER)
@blueprint.arguments(VoucherSchema)
@blueprint.response(200, VoucherOut)
def put_voucher(data: dict[str, Any], book_voucher_id: UUID) -> BookVoucher:
    """Enter a voucher under an id of the client's making; sent again with the same content it is the same voucher."""
    return vouchers.enter(current_actor(), book_voucher_id, **data)


@blueprint.route("/book-vouchers/<uuid:book_voucher_id>/sign", methods=["POST"])
@access(Permission.SIGN)
@blueprint.response(200, VoucherOut)
def sign_voucher(book_voucher_id: UUID) -> BookVoucher:
    """The cashier's signature; needs If-Match."""
    return vouchers.sign(current_actor(), book_voucher_id, seen_version())


@blueprint.route("/book-vouchers/<uuid:book_voucher_id>/approve", methods=["POST"])
@access(Permission.APPROVE)
@blueprint.response(200, VoucherOut)
def approve_voucher(book_voucher_id: UUID) -> BookVoucher:
    """Bring it into the books; needs If-Match. Not by whoever entered or signed it (422 same_person)."""
    return vouchers.approve(current_actor(), book_voucher_id, seen_version())


@blueprint.route("/book-vouchers/<uuid:book_voucher_id>/refuse", methods=["POST"])
@access(Permission.APPROVE)
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, VoucherOut)
def refuse_voucher(data: dict[str, Any], book_voucher_id: UUID) -> BookVoucher:
    """Needs If-Match."""
    return vouchers.refuse(current_actor(), book_voucher_id, seen_version(), data["reason"])


@blueprint.route("/meal-plans", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, MealPlanOut(many=True))
def list_plans() -> list[MealPlan]:
    actor = current_actor()
    return plans.all_plans(actor, actor.own_school_id())


@blueprint.route("/classes/<uuid:class_id>/attendance/<string:diner_day>", methods=["PUT"])
@access(Permission.ATTEND)
@blueprint.arguments(AbsenceSchema)
@blueprint.response(204)
def put_absences(data: dict[str, Any], class_id: UUID, diner_day: str) -> None:
    """Who of the class is away from one meal of a day; everybody else is there. Sent again it replaces."""
    actor = current_actor()
    get_class(actor, actor.own_school_id(), class_id)
    attending.record_class(actor, class_id, day_in(diner_day), Meal(data["meal"]), set(data["absent"]), {})


@blueprint.route("/canteen-statements/<string:book_month>", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, BookMonthOut)
def get_statement(book_month: str) -> BookMonth:
    """The closed month's figures as they are or will be published."""
    actor = current_actor()
    return months.get_month(actor, actor.own_school_id(), month_in(book_month))


@blueprint.route("/canteen-statements/<string:book_month>", methods=["POST"])
@access(Permission.ENTER)
@blueprint.response(204)
def post_statement(book_month: str) -> CanteenStatement:
    """Publish it; needs If-Match with the month's version. Published again it is the same statement."""
    return statements.publish(current_actor(), month_in(book_month), seen_version())


@blueprint.route("/charge-limits", methods=["GET"])
@access(Permission.LIMITS_READ)
@blueprint.response(200, LimitOut(many=True))
def list_limits() -> list[ChargeLimit]:
    return limits.all_limits(current_actor())


@blueprint.route("/charge-limits/<uuid:charge_limit_id>", methods=["PUT"])
@access(Permission.LIMITS)
@blueprint.arguments(LimitSchema)
@blueprint.response(200, LimitOut)
def put_limit(data: dict[str, Any], charge_limit_id: UUID) -> ChargeLimit:
    """Set a limit under an id of the client's making; sent again with the same content it is the same limit."""
    return limits.save_limit(current_actor(), charge_limit_id, None, data)


@blueprint.route("/canteen-books/schools", methods=["GET"])
@access(Permission.OVERSEE)
@blueprint.arguments(OversightQuery, location="query")
@blueprint.response(200, SchoolBooksOut(many=True))
def list_school_books(query: dict[str, Any]) -> list[dict[str, Any]]:
    """All schools in one month, for the bureau and its zones' supervisors; without a month, the last one that is due."""
    actor = current_actor()
    month = query["month"] or overseeing.last_due_month(actor)
    return [
        {
            "school_id": row.school.id, "school_name": row.school.name, "standing": row.standing, "is_late": row.is_late,
            "income_fen": row.month.income_fen if row.month else 0, "cost_fen": row.month.cost_fen if row.month else 0,
            "materials_fen": row.month.materials_fen if row.month else 0,
            "wages_fen": row.month.wages_fen if row.month else 0,
            "findings": [
                {
                    "code": one.code, "tone": one.tone, "text": labels.finding_text(one.code, one.params),
                    "citation": one.citation,
                }
                for one in row.findings
            ],
        }
        for row in overseeing.month_of_schools(actor, month)
    ]  # fmt: skip


@blueprint.route("/schools/<int:school_id>/book-months/<string:book_month>/balance", methods=["GET"])
@access(Permission.OVERSEE)
@blueprint.response(200, SumOut(many=True))
def get_balance_of_school(school_id: int, book_month: str) -> list[dict[str, Any]]:
    """One school's trial balance, for the bureau and its zones' supervisors."""
    actor = current_actor()
    return _sums(actor, get_school(actor, school_id).id, book_month)
