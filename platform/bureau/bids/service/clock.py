"""The one clock that decides: the database's, the same for every server process and for nobody's own machine."""

from datetime import UTC, datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from bureau.tendering.models import Tender
from kernel.actor import system_actor
from kernel.database import db, told_time
from kernel.database.scope import within
from kernel.errors import NotFound


def server_time() -> datetime:
    """Now, also within a transaction that began long ago."""
    return told_time() or db.session.execute(select(func.clock_timestamp())).scalar_one().astimezone(UTC)


def hold_tender(bureau_id: int, tender_id: UUID) -> tuple[Tender, datetime]:
    """The public tender, its row held so that nobody closes, extends or ends it until this transaction is over, and the
    time read after it was held: whoever passes the check here is committed before the list of bids is made."""
    session = db.session()
    with within(session, system_actor(bureau_id).scope):
        tender = session.scalar(
            select(Tender)
            .where(Tender.bureau_id == bureau_id, Tender.id == tender_id, Tender.is_public)
            .with_for_update(read=True)
            .execution_options(populate_existing=True)
        )
        if tender is None:
            raise NotFound(_("没有这个招标项目。"))
        return tender, server_time()
