"""The lock-out: failures per account and per address, kept in the database so that every worker sees them.

An attempt is written and committed before the proof is looked at, and taken back when it was right. So a failure
outlives the refused request, no burst of parallel guesses slips under the limit, and no transaction is held open
while the password is hashed. This is the one service that commits by itself.
"""

import logging
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import CursorResult, delete, select, update

from kernel.database import db, now
from kernel.database.scope import IDENTITY, use_scope
from kernel.errors import TooManyAttempts
from kernel.identity.loading import digest
from kernel.identity.models import FailedSignIn
from kernel.identity.rules import FAILURE_LIMIT, FAILURE_WINDOW, locked_until, seconds_until

log = logging.getLogger("houqin.identity")


def begin(subject: str, address: str) -> UUID:
    """Open an attempt on `subject` (an account, or the name tried); raises TooManyAttempts while locked out."""
    session = db.session()
    use_scope(session, IDENTITY)
    key = digest(subject)
    attempt = FailedSignIn(account_key=key, address=address, at=now(), is_open=True)
    session.add(attempt)
    session.commit()
    until = _locked_until(attempt)
    if until is not None:
        # A refused attempt does not count: else a patient guesser could keep the owner out for ever.
        session.delete(attempt)
        session.commit()
        log.warning("attempt:locked_out", extra={"address": address, "until": until.isoformat()})
        seconds = seconds_until(until, now())
        raise TooManyAttempts(
            _("失败次数过多，为安全起见已暂停登录，请 %(minutes)s 分钟后再试。", minutes=-(-seconds // 60)), seconds
        )
    session.expunge(attempt)
    return attempt.id


def _locked_until(attempt: FailedSignIn) -> datetime | None:
    since = attempt.at - FAILURE_WINDOW
    newest = select(FailedSignIn.at).where(FailedSignIn.at > since, FailedSignIn.id != attempt.id)
    newest = newest.order_by(FailedSignIn.at.desc()).limit(FAILURE_LIMIT)
    # Parallel attempts on one account count against each other; those of one address do not, or a school whose
    # staff all sign in at eight o'clock from behind one router would lock itself out.
    of_account = db.session.scalars(newest.where(FailedSignIn.account_key == attempt.account_key)).all()
    of_address = db.session.scalars(
        newest.where(FailedSignIn.address == attempt.address, FailedSignIn.is_open.is_(False))
    ).all()
    moments = [locked_until(of_account, attempt.at), locked_until(of_address, attempt.at)]
    return max((moment for moment in moments if moment is not None), default=None)


def failed(attempt_id: UUID) -> None:
    """The proof was wrong: the attempt stays and counts, and so does its audit entry. Nothing else may be waiting in
    the session."""
    db.session.execute(update(FailedSignIn).where(FailedSignIn.id == attempt_id).values(is_open=False))
    db.session.commit()


def succeeded(attempt_id: UUID) -> None:
    """The proof was right: this person's own slips from this address are forgiven, nobody else's."""
    attempt = db.session.get_one(FailedSignIn, attempt_id)
    db.session.execute(
        delete(FailedSignIn).where(
            FailedSignIn.account_key == attempt.account_key, FailedSignIn.address == attempt.address
        )
    )
    db.session.expunge(attempt)


def purge_old() -> int:
    """Forget failures that no longer count. Gives how many."""
    old = delete(FailedSignIn).where(FailedSignIn.at < now() - 4 * FAILURE_WINDOW)
    return cast("CursorResult[Any]", db.session.execute(old)).rowcount
