from kernel.actor import system_actor
from kernel.database import db
from kernel.database.scope import use_scope
from tests.support.catalogue import SALT, category, item
from tests.support.receipts import line, record
from tests.support.samples import Sample


def _receipt(world, place):
    bureau = system_actor(world.bureaus[place[0]])
    salt = item(bureau, category(bureau, f"r-{place}", "演示类别", []), SALT, f"r-{place}-")
    db.session.flush()
    receipt = record(world.actor("storekeeper", place), line(salt))
    db.session.flush()
    use_scope(db.session(), bureau.scope)
    return receipt.id


SAMPLES = {"receipt_id": Sample(_receipt)}
