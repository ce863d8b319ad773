"""House-keeping of identity, of no bureau in particular."""

from kernel.database import db
from kernel.database.scope import IDENTITY, use_scope
from kernel.identity.service import attempts, sessions


def purge_identity() -> dict[str, int]:
    """Forget failures that no longer count and sign-ins that ended long ago. Commits."""
    session = db.session()
    use_scope(session, IDENTITY)
    purged = {"failed_sign_ins": attempts.purge_old(), "sign_ins": sessions.purge_old()}
    session.commit()
    return purged
