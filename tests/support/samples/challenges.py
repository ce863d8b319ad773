from types import SimpleNamespace

from bureau.challenges.service import complaints, filing, handling
from kernel.database import new_id
from kernel.web.dates import today
from tests.support import tenders
from tests.support.challenges import bidder, filed
from tests.support.pictures import jpeg
from tests.support.samples import Sample
from tests.support.samples.awards import COMPANIES, winning_letter


def _challenge(world, place):
    """Of the result that the place's company won: to be allowed to challenge it is enough to have bid."""
    tender = SimpleNamespace(id=winning_letter(world, place).tender_id)
    return filed(world, tender, COMPANIES[place])


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
