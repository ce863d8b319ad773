"""What the list of staff says at its head: is there a director of food safety where one is asked for, do licences hold."""

from collections.abc import Sequence
from dataclasses import dataclass

from bureau.schools.service import get_school
from kernel.actor import Actor
from kernel.policy.rules import Effective
from kernel.policy.service import effective_figures
from kernel.web.dates import today
from school.canteen_staff import rules
from school.canteen_staff.models import CanteenLicence
from school.canteen_staff.service.papers import licence_standing, list_licences
from school.canteen_staff.service.people import ALARMS, working_on

DIRECTOR = {"kindergarten": "canteen.director.diners_kindergarten", "school": "canteen.director.diners_school"}


@dataclass(frozen=True, slots=True)
class Director:
    """`is_missing`: asked for by the number of diners, and nobody on the list is one."""

    diners: int
    figure: Effective
    is_asked: bool
    is_missing: bool


def director_of(actor: Actor, school_id: int) -> Director:
    school = get_school(actor, school_id)
    figures = effective_figures(actor.bureau_id, list(DIRECTOR.values()), school_id=school_id)
    limits = {name: figures[key].number for name, key in DIRECTOR.items()}
    is_kindergarten = school.stage == "kindergarten"
    asked = rules.needs_director(school.diners, is_kindergarten, limits)
    there = any(rules.Duty.SAFETY_DIRECTOR in one.staff.duties for one in working_on(actor, school_id, today()))
    key = DIRECTOR["kindergarten" if is_kindergarten else "school"]
    return Director(school.diners, figures[key], asked, asked and not there)


def licences_of(actor: Actor, school_id: int) -> Sequence[tuple[CanteenLicence, rules.Standing]]:
    figures = effective_figures(actor.bureau_id, ALARMS, school_id=school_id)
    warn_days = max(int(figure.number) for figure in figures.values())
    return [(one, licence_standing(one, today(), warn_days)) for one in list_licences(actor, school_id)]
