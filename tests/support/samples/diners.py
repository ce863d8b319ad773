from kernel.actor import system_actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from school.diners.service import classes, importing, pupils
from tests.support.samples import Sample


def _class(world, place):
    actor = world.actor("logistics_director", place)
    use_scope(db.session(), actor.scope)
    values = {"name": f"样例班{new_id().hex[-6:]}", "stage": "primary", "grade": 1, "number": 1, "teacher_id": None}
    return classes.open_class(actor, new_id(), values).id


def _pupil(world, place):
    room = _class(world, place)
    values = {

    "class_id": room, "number": f"样例{new_id().hex[-6:]}", "name": "演示学生", "sex": "female", "birth_date": None,
        "is_boarder": False, "allergens": ["milk"], "allergy_note": "", "left_on": None,
    }  # fmt: skip
    return pupils.add_pupil(world.actor("logistics_director", place), new_id(), values).id


def _import(world, place):
    actor = world.actor("logistics_director", place)
    use_scope(db.session(), actor.scope)
    return importing.check_import(actor, filename="x.csv", data="学号,姓名\n1,x".encode()).id


def _back(world, place):
    use_scope(db.session(), system_actor(world.bureaus[place[0]]).scope)


def _in_bureau(make):
    def made(world, place):
        found = make(world, place)
        db.session.flush()
        _back(world, place)
        return found

    return made


SAMPLES = {
    "class_id": Sample(_in_bureau(_class)),
    "pupil_id": Sample(_in_bureau(_pupil)),
    "pupils_import_id": Sample(_in_bureau(_import)),
    "diner_day": Sample(lambda world, place: "2026-11-20", owner="none"),
}
