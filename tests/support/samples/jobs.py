from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.jobs.models import JobRun
from tests.support.samples import Sample


def _run(world, place):
    """Of the place's principal and of its bureau's administrator there is one each; the path shows the former's."""
    actor: Actor = world.actor("principal", place)
    run = JobRun(
        bureau_id=actor.bureau_id, id=new_id(), school_id=actor.school_id, task="t", title="演示任务",
        created_by=actor.account_id, result={},
    )  # fmt: skip
    db.session.add(run)
    db.session.flush()
    return run.id


SAMPLES = {"run_id": Sample(_run)}
