from kernel.database import db, new_id
from kernel.notices.models import Notice
from tests.support.samples import Sample


def _notice(world, place):
    actor = world.actor("principal", place)
    notice = Notice(
        bureau_id=actor.bureau_id, id=new_id(), school_id=actor.school_id, person_id=actor.account_id, kind="demo",
        title="演示通知",
    )  # fmt: skip
    db.session.add(notice)
    db.session.flush()
    return notice.id


SAMPLES = {"notice_id": Sample(_notice)}
