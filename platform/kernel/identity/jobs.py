"""House-keeping of identity. The clock calls it once per bureau; what it forgets belongs to none in particular, and
forgetting twice is forgetting once."""

from kernel.database import db
from kernel.database.scope import IDENTITY, within
from kernel.identity.service import attempts, sessions


def purge_identity(bureau_id: int) -> dict[str, int]:
    """Forget failures that no longer count and sign-ins that ended long ago. Gives how many of each."""
    with within(db.session(), IDENTITY):
        return {"failed_sign_ins": attempts.purge_old(), "sign_ins": sessions.purge_old()}
