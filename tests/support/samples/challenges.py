from bureau.challenges.service import complaints, filing, handling
from kernel.database import new_id
from kernel.web.dates import today
from tests.support import tenders
from tests.support.challenges import announced, bidder, filed
from tests.support.pictures import jpeg
from tests.support.samples import Sample

COMPANIES = {"a1": "a", "a2": "a-2", "a3": "a", "b1": "b"}


def _challenge(world, place):
    company = COMPANIES[place]
    return filed(world, announced(world, place[0], company), company)


def _complaint(world, place):
    challenge = _challenge(world, place)
    officer = tenders.officer(world, place[0])
    accepted = handling.accept(officer, challenge.id, challenge.version, may_affect_result=False)
    handling.answer(officer, challenge.id, accepted.version, answer="演示答复", is_founded=False)
    return complaints.register(officer, challenge.id, new_id(), authority="演示财政局", filed_on=today()).id


def _file(world, place):
    challenge = _challenge(world, place)
    supplier = bidder(world, COMPANIES[place])
    return filing.add_file(supplier, challenge.id, new_id(), jpeg("sample"), "演示.jpg").id


SAMPLES = {
    "challenge_id": Sample(lambda world, place: _challenge(world, place).id, owner="supplier"),
    "challenge_file_id": Sample(_file, owner="supplier"),
    "complaint_id": Sample(_complaint, owner="bureau"),
}
