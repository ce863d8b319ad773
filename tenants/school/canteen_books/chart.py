"""The canteen's chart of accounts. Pure.

Four funds, each balanced in itself: the pupils' meal money, the staff's (师生伙食严格分开), and two subsidies that may
be spent on their purpose only. The eight classes of cost are those of 区级后勤管理惯例 (原辅材料, 水电气, 工人工资,
组织就餐加班, 低值易耗品, 设施维修, 培训费, 食堂文化).
"""

from dataclasses import dataclass
from enum import StrEnum


class Fund(StrEnum):
    PUPILS = "pupils"
    STAFF = "staff"
    IMPROVEMENT = "improvement"
    AID = "aid"


class AccountKind(StrEnum):
    ASSET = "asset"
    LIABILITY = "liability"
    SURPLUS = "surplus"
    INCOME = "income"
    COST = "cost"


DEBIT_KINDS = frozenset({AccountKind.ASSET, AccountKind.COST})


class CostClass(StrEnum):
    MATERIALS = "materials"
    UTILITIES = "utilities"
    WAGES = "wages"
    OVERTIME = "overtime"
    CONSUMABLES = "consumables"
    REPAIRS = "repairs"
    TRAINING = "training"
    CULTURE = "culture"


@dataclass(frozen=True, slots=True)
class Account:
    code: str
    name: str  # as it stands in the books: Chinese, like every document of a school's accounting
    kind: AccountKind
    fund: Fund


CASH, BANK = "1001", "1002"
IMPROVEMENT_BANK, STAFF_BANK, AID_BANK = "1003", "1004", "1005"
DUE_FROM_STAFF, STOCK = "1231", "1301"
PAYABLE, PREPAID, DUE_TO_PUPILS, OTHER_PAYABLE = "2202", "2203", "2231", "2241"
IMPROVEMENT_FUND, AID_FUND = "2301", "2302"
SURPLUS, STAFF_SURPLUS = "3101", "3102"
MEAL_INCOME, OTHER_INCOME, STAFF_INCOME, IMPROVEMENT_INCOME = "4001", "4003", "4101", "4201"
COST = {
    CostClass.MATERIALS: "5001",
    CostClass.UTILITIES: "5002",
    CostClass.WAGES: "5003",
    CostClass.OVERTIME: "5004",
    CostClass.CONSUMABLES: "5005",
    CostClass.REPAIRS: "5006",
    CostClass.TRAINING: "5007",
    CostClass.CULTURE: "5008",
}
STAFF_COST = {cost: "51" + code[2:] for cost, code in COST.items()}
COST_NAMES = {
    CostClass.MATERIALS: "原辅材料",
    CostClass.UTILITIES: "水电气",
    CostClass.WAGES: "人员工资",
    CostClass.OVERTIME: "组织就餐加班",
    CostClass.CONSUMABLES: "低值易耗品",
    CostClass.REPAIRS: "设施维修",
    CostClass.TRAINING: "培训费",
    CostClass.CULTURE: "食堂文化",
}

_A, _L, _S, _I, _C = AccountKind
STANDARD: tuple[Account, ...] = (
    Account(CASH, "库存现金", _A, Fund.PUPILS),
    Account(BANK, "银行存款", _A, Fund.PUPILS),
    Account(IMPROVEMENT_BANK, "银行存款——营养改善专户", _A, Fund.IMPROVEMENT),
    Account(STAFF_BANK, "银行存款——教职工伙食", _A, Fund.STAFF),
    Account(AID_BANK, "银行存款——生活补助专户", _A, Fund.AID),
    Account(DUE_FROM_STAFF, "应收教职工伙食往来", _A, Fund.PUPILS),
    Account(STOCK, "库存食材及物料", _A, Fund.PUPILS),
    Account(PAYABLE, "应付供货款", _L, Fund.PUPILS),
    Account(PREPAID, "预收学生伙食费", _L, Fund.PUPILS),
    Account(DUE_TO_PUPILS, "应付学生伙食往来", _L, Fund.STAFF),
    Account(OTHER_PAYABLE, "其他应付款", _L, Fund.PUPILS),
    Account(IMPROVEMENT_FUND, "营养改善计划补助", _L, Fund.IMPROVEMENT),
    Account(AID_FUND, "困难学生生活补助", _L, Fund.AID),
    Account(SURPLUS, "学生伙食累计结余", _S, Fund.PUPILS),
    Account(STAFF_SURPLUS, "教职工伙食累计结余", _S, Fund.STAFF),
    Account(MEAL_INCOME, "学生伙食费收入", _I, Fund.PUPILS),
    Account(OTHER_INCOME, "其他收入", _I, Fund.PUPILS),
    Account(STAFF_INCOME, "教职工伙食收入", _I, Fund.STAFF),
    Account(IMPROVEMENT_INCOME, "营养改善补助收入", _I, Fund.PUPILS),
    *(Account(code, COST_NAMES[cost], _C, Fund.PUPILS) for cost, code in COST.items()),
    *(Account(code, f"教职工伙食——{COST_NAMES[cost]}", _C, Fund.STAFF) for cost, code in STAFF_COST.items()),
)
BY_CODE = {account.code: account for account in STANDARD}
# Where money lies: whatever touches them needs the cashier's signature.
MONEY = frozenset({CASH, BANK, IMPROVEMENT_BANK, STAFF_BANK, AID_BANK})
COST_OF = {code: cost for cost, code in COST.items()}
STAFF_COST_OF = {code: cost for cost, code in STAFF_COST.items()}
INCOMES = (MEAL_INCOME, IMPROVEMENT_INCOME, OTHER_INCOME)


def balance_of(kind: str, debit: int, credit: int) -> int:
    """On the account's own side: what an asset is worth, what is owed."""
    return debit - credit if kind in DEBIT_KINDS else credit - debit
