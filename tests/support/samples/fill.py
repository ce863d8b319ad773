from bureau.fill.models import FillSubmission
from bureau.roles import Role
from kernel.database import db, new_id
from tests.support.inspections import make_visit
from tests.support.samples import Sample


def _submission(world, place):
    visit = make_visit(world, place)
    person = world.person(Role.INSPECTOR, place[0]).account_id
    submission = FillSubmission(
        bureau_id=visit.bureau_id, school_id=visit.school_id, id=new_id(), inspection_id=visit.id, person_id=person,
        form_version_id=visit.form_version_id, digest="0" * 64, document={"answers": {}}, created_by=person,
    )  # fmt: skip
    db.session.add(submission)
    db.session.flush()
    return submission.id


SAMPLES = {"submission_id": Sample(_submission), "sha256": Sample(lambda world, place: "0" * 64, owner="none")}
