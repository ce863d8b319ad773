"""Pure rules of the books: moves, vouchers, months, and the templates that name accounts so that nobody has to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from kernel import states
from school.canteen_books import chart
from school.canteen_books.chart import BY_CODE, CostClass, Fund


class EntryKind(StrEnum):
    OPENING = "opening"
    VOUCHER = "voucher"
    PAYMENTS = "payments"
    REFUNDS = "refunds"
    STORES = "stores"
    AID = "aid"
    SURPLUS_RETURN = "surplus_return"
    CHARGES = "charges"
    STAFF_SHARE = "staff_share"
    FUND_USE = "fund_use"
    RESULT = "result"


# What a month's closing writes, in this order, and what its reopening takes back.
CLOSING_KINDS = (EntryKind.CHARGES, EntryKind.FUND_USE, EntryKind.STAFF_SHARE, EntryKind.RESULT)
# The only entries that may touch two funds at once; each does so in pairs that leave both funds balanced.
CROSSING_KINDS = (EntryKind.AID, EntryKind.FUND_USE, EntryKind.STAFF_SHARE)


class MonthState(StrEnum):
    OPEN = "open"
    PREPARED = "prepared"
    CLOSED = "closed"
    REOPENING = "reopening"


class VoucherState(StrEnum):
    ENTERED = "entered"
    SIGNED = "signed"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


MONTH_TRANSITIONS: Mapping[tuple[str, str], MonthState] = {
    (MonthState.OPEN, "prepare"): MonthState.PREPARED,
    (MonthState.PREPARED, "send_back"): MonthState.OPEN,
    (MonthState.PREPARED, "close"): MonthState.CLOSED,
    (MonthState.CLOSED, "ask_reopening"): MonthState.REOPENING,
    (MonthState.REOPENING, "refuse_reopening"): MonthState.CLOSED,
    (MonthState.REOPENING, "reopen"): MonthState.OPEN,
}
VOUCHER_TRANSITIONS: Mapping[tuple[str, str], VoucherState] = {
    (VoucherState.ENTERED, "sign"): VoucherState.SIGNED,
    (VoucherState.ENTERED, "approve"): VoucherState.APPROVED,
    (VoucherState.SIGNED, "approve"): VoucherState.APPROVED,
    (VoucherState.ENTERED, "refuse"): VoucherState.REFUSED,
    (VoucherState.SIGNED, "refuse"): VoucherState.REFUSED,
    (VoucherState.ENTERED, "withdraw"): VoucherState.WITHDRAWN,
    (VoucherState.SIGNED, "withdraw"): VoucherState.WITHDRAWN,
}


def next_state(transitions: Mapping[tuple[str, str], StrEnum], state: str, event: str) -> str:
    return states.next_state(transitions, state, event).value


def month_of(day: date) -> date:
    """A month is named by its first day."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=31)).replace(day=1)


def last_day(month: date) -> date:
    return next_month(month) - timedelta(days=1)


def previous_month(month: date) -> date:
    return (month.replace(day=1) - timedelta(days=1)).replace(day=1)


@dataclass(frozen=True, slots=True)
class Move:
    """So much from the credit account to the debit account: balanced by what it is. `pupil_id` exactly where one side
    is the pupils' prepaid money."""

    debit: str
    credit: str
    amount_fen: int
    pupil_id: UUID | None = None
    text: str = ""


def move_problems(moves: Sequence[Move], kind: str) -> list[str]:
    """Codes of what is wrong; the database holds the same rules whatever the code does."""
    problems = set()
    if not moves:
        problems.add("no_moves")
    for move in moves:
        debit, credit = BY_CODE.get(move.debit), BY_CODE.get(move.credit)
        if debit is None or credit is None:
            problems.add("unknown_account")
            continue
        if move.amount_fen <= 0:
            problems.add("not_positive")
        if move.debit == move.credit:
            problems.add("same_account")
        if (chart.PREPAID in (move.debit, move.credit)) != (move.pupil_id is not None):
            problems.add("pupil")
        if debit.fund != credit.fund and kind not in CROSSING_KINDS:
            problems.add("funds_mixed")
    if kind in CROSSING_KINDS and not _funds_balance(moves):
        problems.add("funds_mixed")
    return sorted(problems)


def _funds_balance(moves: Iterable[Move]) -> bool:
    sums: dict[str, int] = {}
    for move in moves:
        if move.debit in BY_CODE and move.credit in BY_CODE:
            sums[BY_CODE[move.debit].fund] = sums.get(BY_CODE[move.debit].fund, 0) + move.amount_fen
            sums[BY_CODE[move.credit].fund] = sums.get(BY_CODE[move.credit].fund, 0) - move.amount_fen
    return not any(sums.values())


def reversed_moves(moves: Iterable[Move]) -> list[Move]:
    return [Move(move.credit, move.debit, move.amount_fen, move.pupil_id, move.text) for move in moves]


def touches_money(moves: Iterable[Move]) -> bool:
    return any(move.debit in chart.MONEY or move.credit in chart.MONEY for move in moves)


class PayeeKind(StrEnum):
    SUPPLIER = "supplier"
    CANTEEN_STAFF = "canteen_staff"
    TEACHER = "teacher"
    UTILITY = "utility"
    SERVICE = "service"
    OTHER = "other"


# Those whom the canteen's money may be paid to without a word; any other payment is shown to the bureau.
CANTEEN_PAYEES = frozenset({PayeeKind.SUPPLIER, PayeeKind.CANTEEN_STAFF, PayeeKind.UTILITY, PayeeKind.SERVICE})
FROM_MONEY = "money"  # stands for cash or bank, as the voucher says


@dataclass(frozen=True, slots=True)
class Template:
    """A kind of business that happens in a canteen, with its accounts. `legs`: (debit, credit). `pays`: somebody is
    paid, who must be named."""

    code: str
    legs: tuple[tuple[str, str], ...]
    pays: bool = False
    in_cash: bool = False  # whether it may be paid in cash


def _cost(code: str, cost: CostClass) -> Template:
    return Template(code, ((chart.COST[cost], FROM_MONEY),), pays=True, in_cash=True)


TEMPLATES: dict[str, Template] = {
    template.code: template
    for template in (
        Template("pay_supplier", ((chart.PAYABLE, FROM_MONEY),), pays=True),
        _cost("materials", CostClass.MATERIALS),
        _cost("utilities", CostClass.UTILITIES),
        _cost("wages", CostClass.WAGES),
        _cost("overtime", CostClass.OVERTIME),
        _cost("consumables", CostClass.CONSUMABLES),
        _cost("repairs", CostClass.REPAIRS),
        _cost("training", CostClass.TRAINING),
        _cost("culture", CostClass.CULTURE),
        Template("staff_income", ((chart.STAFF_BANK, chart.STAFF_INCOME),)),
        Template("staff_settles", ((chart.DUE_TO_PUPILS, chart.STAFF_BANK), (chart.BANK, chart.DUE_FROM_STAFF))),
        Template("other_income", ((FROM_MONEY, chart.OTHER_INCOME),), in_cash=True),
        Template("improvement_received", ((chart.IMPROVEMENT_BANK, chart.IMPROVEMENT_FUND),)),
        Template("aid_received", ((chart.AID_BANK, chart.AID_FUND),)),
        Template("cash_banked", ((chart.BANK, chart.CASH),)),
        Template("cash_drawn", ((chart.CASH, chart.BANK),)),
        Template("deposit_taken", ((FROM_MONEY, chart.OTHER_PAYABLE),), in_cash=True),
        Template("deposit_returned", ((chart.OTHER_PAYABLE, FROM_MONEY),), pays=True, in_cash=True),
        Template("opening_bank", ((chart.BANK, chart.SURPLUS),)),
        Template("opening_stock", ((chart.STOCK, chart.SURPLUS),)),
    )
}


def template_moves(code: str, amount_fen: int, *, in_cash: bool = False, text: str = "") -> list[Move]:
    """What a template writes for an amount. KeyError for an unknown one."""
    money = chart.CASH if in_cash else chart.BANK
    return [
        Move(money if debit == FROM_MONEY else debit, money if credit == FROM_MONEY else credit, amount_fen, None, text)
        for debit, credit in TEMPLATES[code].legs
    ]


@dataclass(frozen=True, slots=True)
class Sum:
    """An account's month: what stood before, what came on either side, what stands after (on its own side)."""

    code: str
    opening_fen: int
    debit_fen: int
    credit_fen: int

    @property
    def closing_fen(self) -> int:
        return self.opening_fen + chart.balance_of(BY_CODE[self.code].kind, self.debit_fen, self.credit_fen)


def fund_is_balanced(sums: Iterable[Sum], fund: Fund) -> bool:
    """Within one fund what is owned and spent equals what is owed, kept and earned."""
    left = right = 0
    for one in sums:
        account = BY_CODE[one.code]
        if account.fund == fund:
            if account.kind in chart.DEBIT_KINDS:
                left += one.closing_fen
            else:
                right += one.closing_fen
    return left == right


def result_moves(turnover: Mapping[str, tuple[int, int]]) -> list[Move]:
    """The month's income and cost accounts emptied into the surplus of their fund. `turnover`: code → (debit, credit)."""
    surplus = {Fund.PUPILS: chart.SURPLUS, Fund.STAFF: chart.STAFF_SURPLUS}
    moves = []
    for code in sorted(turnover):
        account = BY_CODE[code]
        if account.kind not in (chart.AccountKind.INCOME, chart.AccountKind.COST):
            continue
        debit, credit = turnover[code]
        left = debit - credit
        target = surplus[account.fund]
        if left > 0:
            moves.append(Move(target, code, left))
        elif left < 0:
            moves.append(Move(code, target, -left))
    return moves
