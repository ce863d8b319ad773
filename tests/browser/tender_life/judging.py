"""From the opened bids to the signed report: qualification, a drawn committee, conformity, scores, consensus."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from bureau.evaluation.committee_models import CommitteeMember
from bureau.evaluation.service import conformity, facts, members, reporting, scoring
from bureau.roles import Role
from kernel.actor import Actor
from kernel.database import db
from kernel.database.scope import Scope, use_scope
from tests.browser.tender_life.preparing import TITLE, due
from tests.browser.tender_life.tendering import saved_in, tender_of
from tests.browser.tender_life.town import Town, Window

# By place of the bidder on the sheet: what a member gives for "judged" criteria, as a share of the points.
SHARES = (Decimal("0.9"), Decimal("0.8"), Decimal("0.7"))


def qualify(town: Town) -> None:
    officer = town.window(Role.PROCUREMENT_OFFICER)
    page = officer.page
    due(officer, f"资格审查：{TITLE}")
    officer.see("11-qualification")
    for place in range(3):
        card = page.locator("section[id^=bid-]").nth(place)
        card.locator("label", has_text="合格").first.locator("input").check()
        card.get_by_role("button", name="保存").click()
        officer.said("已保存")
    officer.confirm("完成资格审查")
    officer.said("资格审查已完成")
    assert tender_of(town).state == "evaluation"
    officer.see("11-qualified")


def draw(town: Town) -> None:
    """The promise first, then the draw: five seats, one of them the purchaser's; nobody is named."""
    officer = town.window(Role.PROCUREMENT_OFFICER)
    page = officer.page
    due(officer, f"组建评标委员会：{TITLE}")
    page.fill("[name=size]", "5")
    page.locator("label", has_text="canteen_officer").locator("input").check()
    officer.see("12-committee")
    page.get_by_role("button", name="公布承诺").click()
    officer.said("抽取承诺已公布")
    page.get_by_role("button", name="抽取", exact=True).click()
    officer.said("已抽取并通知成员")
    assert not any(person.display_name in officer.text() for person in town.experts.values())
    officer.see("12-drawn")


class Committee:
    """Who sits: the experts by their numbers and the purchaser's representative."""

    def __init__(self, town: Town) -> None:
        self.town = town
        representative = town.world.actor(Role.CANTEEN_OFFICER)
        people = {**town.experts, representative.account_id: representative}

        def read() -> list[tuple[int, UUID]]:
            use_scope(db.session(), Scope("houqin_operator", bureau_id=town.bureau_id))
            rows = db.session.query(CommitteeMember).filter(
                CommitteeMember.bureau_id == town.bureau_id, CommitteeMember.state != "recused"
            )
            return [(row.number, row.person_id) for row in rows.order_by(CommitteeMember.number)]

        self.seats: list[Actor] = [people[person_id] for _number, person_id in saved_in(town, read)]
        self.tender_id: UUID = tender_of(town).id
        self.windows: dict[int, Window] = {}

    def by_hand(self, number: int, width: int = 1440) -> Window:
        """The member's own window, at his own page; he keeps it for the whole evaluation."""
        if number not in self.windows:
            self.windows[number] = self.town.window_of(self.seats[number - 1], width)
        due(self.windows[number], f"评标：{TITLE}")
        return self.windows[number]

    def otherwise(self, act: Callable[[Actor], Any], numbers: range = range(3, 6)) -> None:
        """The members who do the same without a window."""
        for number in numbers:
            actor = self.seats[number - 1]

            def run(actor: Actor = actor) -> None:
                use_scope(db.session(), actor.scope)
                act(actor)

            saved_in(self.town, run)


def declare(town: Town) -> Committee:
    """Two in their windows (one on the phone), three without; all want the first as head."""
    committee = Committee(town)
    for number, width in ((1, 1440), (2, 390)):
        member = committee.by_hand(number, width)
        member.see(f"12-declare-{width}")
        member.page.get_by_role("button", name="我声明没有利害关系").click()
        member.said("已声明")
    committee.otherwise(
        lambda actor: members.declare(actor, committee.tender_id, members.own_seat(actor, committee.tender_id).version)
    )
    for number, width in ((1, 1440), (2, 390)):
        member = committee.by_hand(number, width)
        member.page.select_option("#head-number", "1")
        member.page.get_by_role("button", name="推选").click()
        member.said("已推选")
        member.see(f"12-seat-{width}")
    committee.otherwise(lambda actor: members.choose_head(actor, committee.tender_id, 1))
    return committee


def conform(committee: Committee) -> None:
    for number, width in ((1, 1440), (2, 390)):
        member = committee.by_hand(number, width)
        for place in range(3):
            card = member.page.locator("section[id^=bid-]").nth(place)
            card.locator("label", has_text="符合").first.locator("input").check()
            card.get_by_role("button", name="保存").click()
            member.said("已保存")
        member.see(f"12-conformity-{width}")

    def vote(actor: Actor) -> None:
        tender = facts.get_tender(actor, committee.tender_id)
        for one in facts.bids_of(tender):
            if one.bid.state == "qualified":
                rows = facts.criteria_of(tender, one.bid.lot_id, "conformity")
                conformity.vote(actor, tender.id, one.id, [conformity.Vote(row.id, True, "") for row in rows])

    committee.otherwise(vote)
    head = committee.by_hand(1)
    head.confirm("完成符合性审查")
    head.page.get_by_role("button", name="开始评分").click()
    head.said("评分")
    head.see("12-begin")


def score(committee: Committee) -> None:
    """Each alone: until the last has locked, nobody sees what another gave."""
    for number, width in ((1, 1440), (2, 390)):
        member = committee.by_hand(number, width)
        page = member.page
        page.get_by_role("link", name="我的评分表").click()
        for place in range(3):
            card = page.locator("section[aria-labelledby^=title-]").nth(place)
            levels = card.locator("select[name^=points-]")
            levels.select_option(index=1)
            for cell in card.locator("input[name^=points-]").all():
                most = Decimal(cell.locator("xpath=following-sibling::span").inner_text().rsplit("–", 1)[1].strip())
                cell.fill(str((most * SHARES[place]).quantize(Decimal("0.1"))))
        member.see(f"12-sheet-{width}")
        page.get_by_role("button", name="保存并锁定").click()
        member.said("评分已锁定")
        assert "汇总复核" not in member.text()
    officer = committee.town.window(Role.PROCUREMENT_OFFICER)
    officer.go(f"/evaluation/tenders/{committee.tender_id}")
    assert "第 1 名" not in officer.text()
    officer.see("12-progress")

    def give(actor: Actor) -> None:
        tender = facts.get_tender(actor, committee.tender_id)
        for lot_id in scoring.lots_to_score(tender):
            sheet, _scores = scoring.sheet_of(actor, tender.id, lot_id)
            given = [
                scoring.Given(one.id, row.id, _points(row, order))
                for order, one in enumerate(facts.valid_bids(tender, lot_id))
                for row in facts.scored_criteria(tender, lot_id)
            ]
            sheet = scoring.save(actor, tender.id, lot_id, given, sheet.version)
            scoring.lock(actor, tender.id, lot_id, sheet.version)

    committee.otherwise(give)


def _points(row: Any, order: int) -> Decimal:
    if row.scale == "levels":
        return Decimal(str(row.levels[0]["points"]))
    return Decimal((row.points * SHARES[order]).quantize(Decimal("0.1")))


def sign(committee: Committee) -> None:
    """The scores lie open to the committee; the head makes the report, everybody signs its hash."""
    head = committee.by_hand(1)
    head.page.get_by_role("link", name="汇总复核").click()
    head.said("第 1 名")
    head.see("12-consensus")
    head.page.go_back()
    head.confirm("生成评标报告")
    head.said("评标报告已生成")
    for number, width in ((1, 1440), (2, 390)):
        member = committee.by_hand(number, width)
        member.page.get_by_role("link", name="阅读并签署报告").click()
        member.page.get_by_role("heading", name="本人签署").wait_for()
        member.see(f"12-report-{width}")
        member.page.get_by_role("button", name="签署").click()
        member.said("已签署")

    def last(actor: Actor) -> None:
        report = reporting.standing(facts.get_tender(actor, committee.tender_id))
        assert report is not None
        reporting.sign(actor, committee.tender_id, report.sha256, opinion="agrees")

    committee.otherwise(last)
    assert tender_of(committee.town).state == "award_decision"
