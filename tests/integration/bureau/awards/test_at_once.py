"""Two officers award the same lot at the same moment: one wins, the other is told."""

import pytest
from sqlalchemy import func, select

from bureau.awards.models import LotAward
from bureau.awards.service.deciding import decide_lot
from bureau.roles import Role
from kernel.database import db
from kernel.database.scope import use_scope
from kernel.errors import Conflict
from tests.support import at_once
from tests.support.awards import delivered

pytestmark = pytest.mark.usefixtures("admin_url")


def test_of_two_officers_one_awards_the_lot_and_the_other_is_told(admin_url, tmp_path):
    with at_once.city(admin_url, "awards", tmp_path) as (app, world):
        ranked = delivered(world)
        db.session.commit()
        first, second = world.actor(Role.PROCUREMENT_OFFICER), world.actor(Role.BUREAU_ADMIN)
        lot, bids = ranked.lots[0], ranked.bids[1]
        outcomes = at_once.at_once(
            app,
            (first, lambda: len(decide_lot(first, ranked.id, lot, [bids[0]]))),
            (second, lambda: len(decide_lot(second, ranked.id, lot, [bids[0]], reason="同时"))),
            (second, lambda: len(decide_lot(second, ranked.id, lot, [bids[1]]))),
        )
        assert outcomes[0] == 1
        assert outcomes[1] == 1, "the same decision is the same award"
        assert isinstance(outcomes[2], Exception)
        assert isinstance(outcomes[2], Conflict) or "排在前面" in str(outcomes[2])
        use_scope(db.session(), first.scope)
        assert db.session.scalar(select(func.count()).select_from(LotAward).where(LotAward.lot_id == lot)) == 1
