"""Whatever is received, voided, corrected, sent, disputed and withdrawn, in whatever order: what the statements say and what is
still open is what the books say, to the cent."""

import random
from datetime import datetime, time
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from kernel.database import clock_at, db, new_id
from kernel.database.scope import use_scope
from kernel.errors import Conflict, RuleBroken
from kernel.web.dates import SHANGHAI
from school.settlement import rules
from school.settlement.invoice_models import PriceDifferenceNote, SettlementAdjustment
from school.settlement.models import SupplierStatement
from school.settlement.service import adjusting, checking, finding, making, sending
from school.settlement.service.claims import of_month
from school.supply.models import GoodsReceipt
from school.supply.service.voiding import void_receipt
from tests.support import settlement as told
from tests.support.receipts import line, record

MONTHS = [told.MONTH]
for _again in range(2):
    MONTHS.append(rules.next_month(MONTHS[-1]))
LATER = rules.next_month(rules.next_month(MONTHS[-1]))
STEPS = 40


class Story:
    def __init__(self, shop, seed):
        self.shop, self.pick = shop, random.Random(seed)
        self.accountant, self.company = shop.world.actor("accountant"), shop.world.actor("supplier_user")
        self.supplier = shop.agreement.supplier_id
        self.number = 0
        self.done = set()

    def act(self, role="accountant"):
        return self.shop.actor(role)

    def receive(self, *prices):
        """By hand, of the supplier; now and then for a month that is settled already."""
        month = self.pick.choice(MONTHS)
        self.number += 1
        at = datetime.combine(month.replace(day=self.pick.randint(1, 28)), time(7), SHANGHAI)
        price = self.pick.choice(prices or [None, 1, 333, 520])
        goods = line(
            self.shop.stocked.rice, quantity=Decimal(self.pick.randint(1, 900)), unit_price_fen=price, batch_no=f"B{self.number}",
            production_date=None,
        )  # fmt: skip
        receipt = record(self.shop.world.actor("storekeeper"), goods, received_at=at)
        receipt.supplier_id = self.supplier
        db.session.flush()

    def void(self):
        found = self.some(GoodsReceipt, GoodsReceipt.state == "recorded")
        if found is not None:
            void_receipt(self.act("storekeeper"), found.id, found.version, "录错")

    def void_past_the_guard(self):
        """As a hand in the database would: what was agreed is not changed, the next statement takes it back."""
        found = self.some(GoodsReceipt, GoodsReceipt.state == "recorded")
        if found is not None:
            found.state, found.void_reason = "voided", "绕过"
            found.voided_at, found.voided_by = datetime.now(SHANGHAI), self.accountant.account_id
            db.session.flush()

    def some(self, model, *conditions):
        self.act()
        found = db.session.scalars(
            select(model).where(model.supplier_id == self.supplier, *conditions).order_by(model.id)
        ).all()
        return self.pick.choice(found) if found else None

    def make(self):
        for month in MONTHS:
            making.make_all(self.act(), month)

    def send(self):
        found = self.some(SupplierStatement, SupplierStatement.state.in_(("draft", "disputed")))
        if found is not None:
            for one in finding.objections_of(found):
                if one.answered_at is None:
                    sending.answer(self.act(), found.id, one.id, one.version, "已核")
            sending.send(self.act(), found.id, found.version)

    def answer(self):
        found = self.some(SupplierStatement, SupplierStatement.state == "sent")
        if found is None:
            return
        seen = (found.id, found.version, found.digest)
        self.act("supplier_user")
        if self.pick.random() < 0.75:
            sending.agree(self.company, *seen)
        else:
            sending.dispute(self.company, *seen, [(None, "不对")])

    def withdraw(self):
        found = self.some(SupplierStatement, SupplierStatement.state.in_(("draft", "sent", "disputed")))
        if found is not None:
            making.withdraw(self.act(), found.id, found.version, "重做")

    def adjust(self):
        found = self.some(SupplierStatement)
        if found is not None:
            amount = self.pick.choice([-500, -1, 7, 12345])
            adjusting.adjust(self.act(), new_id(), statement_id=found.id, amount_fen=amount, reason="更正")

    def take_back_adjustment(self):
        found = self.some(SettlementAdjustment, SettlementAdjustment.withdrawn_at.is_(None))
        if found is not None:
            adjusting.withdraw_adjustment(self.act(), found.id, found.version)

    def settle_first(self):
        """So that every story has something agreed to come back to."""
        self.receive(520)
        found = self.some(GoodsReceipt)
        making.make_all(self.act(), rules.month_of(found.received_on))
        self.send()
        found = self.some(SupplierStatement)
        self.act("supplier_user")
        sending.agree(self.company, found.id, found.version, found.digest)
        db.session.commit()

    def note(self):
        found = self.some(SupplierStatement, SupplierStatement.state == "agreed")
        if found is not None:
            self.number += 1
            db.session.add(
                PriceDifferenceNote(
                    bureau_id=found.bureau_id, school_id=found.school_id, id=new_id(), statement_id=found.id,
                    supplier_id=found.supplier_id, supplier_name=found.supplier_name, number=f"CJ-{self.number}",
                    month=found.month, amount_fen=self.pick.choice([-77, 77]), line_count=1,
                    created_by=self.accountant.account_id, created_by_name="演示",
                )
            )  # fmt: skip
            db.session.flush()

    def books(self):
        def total(column, *conditions):
            query = select(func.coalesce(func.sum(column), 0)).where(
                column.class_.supplier_id == self.supplier, *conditions
            )
            return int(db.session.scalar(query))

        self.act()
        return (
            total(GoodsReceipt.amount_fen, GoodsReceipt.state == "recorded")
            + total(SettlementAdjustment.amount_fen, SettlementAdjustment.withdrawn_at.is_(None))
            + total(PriceDifferenceNote.amount_fen)
        )

    def stated(self):
        self.act()
        query = select(func.coalesce(func.sum(SupplierStatement.amount_fen), 0)).where(
            SupplierStatement.supplier_id == self.supplier, SupplierStatement.state.in_(rules.FROZEN)
        )
        return int(db.session.scalar(query))

    def open_rest(self):
        self.act()
        return sum(
            found[self.supplier].amount_fen
            for month in (*MONTHS, rules.next_month(MONTHS[-1]))
            if self.supplier in (found := of_month(self.accountant, self.accountant.school_id, month))
        )


@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_stated_and_what_is_open_is_what_the_books_say(shop, seed):
    story = Story(shop, seed)
    steps = [*2 * [story.receive, story.make, story.answer], *4 * [story.send], story.receive, story.answer]
    steps += [
        story.void,
        story.void_past_the_guard,
        story.withdraw,
        story.adjust,
        story.take_back_adjustment,
        story.note,
    ]
    agreed, refused = {}, set()
    with clock_at(datetime.combine(LATER, time(9), SHANGHAI)):
        story.settle_first()
        for _step in range(STEPS):
            step = story.pick.choice(steps)
            try:
                step()
            except (Conflict, RuleBroken):
                refused.add(step.__name__)
                db.session.rollback()
                use_scope(db.session(), story.accountant.scope)
            else:
                story.done.add(step.__name__)
                db.session.commit()
            assert story.stated() + story.open_rest() == story.books(), (seed, step)
            for one in db.session.scalars(select(SupplierStatement).where(SupplierStatement.state == "agreed")):
                assert agreed.setdefault(one.id, (one.digest, one.amount_fen)) == (one.digest, one.amount_fen)
    assert checking.reconcile(shop.agreement.bureau_id) == []
    assert refused <= {"void", "send", "take_back_adjustment"}
    assert len(story.done) >= 9
    assert agreed, story.done
