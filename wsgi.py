"""Composition root: lists the modules, builds the application and the command; nothing else knows them all."""

import os
from typing import Any

from flask import Flask

from bureau.agreements.module import MODULE as agreements
from bureau.appeals.module import MODULE as appeals
from bureau.awards.module import MODULE as awards
from bureau.bids.module import MODULE as bids
from bureau.catalogue.module import MODULE as catalogue
from bureau.challenges.module import MODULE as challenges
from bureau.collusion.module import MODULE as collusion
from bureau.composites.module import MODULE as composites
from bureau.demand.module import MODULE as demand
from bureau.draws.module import MODULE as draws
from bureau.evaluation.module import MODULE as evaluation
from bureau.evidence.module import MODULE as evidence
from bureau.fairness.module import MODULE as fairness
from bureau.fill.module import MODULE as fill
from bureau.hazards.module import MODULE as hazards
from bureau.inspections.module import MODULE as inspections
from bureau.inspections.service.past_answers import PAST_VISITS
from bureau.ocds.module import MODULE as ocds
from bureau.oversight.module import MODULE as oversight
from bureau.papers.module import MODULE as papers
from bureau.people.module import MODULE as people
from bureau.prices.module import MODULE as prices
from bureau.procurement_portal.module import MODULE as procurement_portal
from bureau.rectifications.module import MODULE as rectifications
from bureau.roles import LABELS, LEVELS, OFFICERS, Role, bureau_role, school_role, zone_role
from bureau.schools.module import MODULE as schools
from bureau.simulation.module import MODULE as simulation
from bureau.suppliers.module import MODULE as suppliers
from bureau.surveys.module import MODULE as surveys
from bureau.tender_stories.module import MODULE as tender_stories
from bureau.tendering.module import MODULE as tendering
from duties.module import module as duties
from duties.sources import RoleBook
from kernel.access import any_of, at_bureau, in_school, in_zone
from kernel.app import build_app
from kernel.audit.module import module as audit
from kernel.config import Config, load_config
from kernel.files.module import MODULE as files
from kernel.identity.module import module as identity
from kernel.jobs.module import MODULE as jobs
from kernel.module import Module
from kernel.notices.module import module as notices
from kernel.policy.module import module as policy
from kernel.workdays.module import module as workdays
from school.canteen.module import MODULE as canteen
from school.canteen_books.module import MODULE as canteen_books
from school.canteen_day.module import MODULE as canteen_day
from school.canteen_staff.module import MODULE as canteen_staff
from school.diners.module import MODULE as diners
from school.offline_records.module import MODULE as offline_records
from school.orders.module import MODULE as orders
from school.recall.module import MODULE as recall
from school.self_checks.module import MODULE as self_checks
from school.settlement.module import MODULE as settlement
from school.stores.module import MODULE as stores
from school.supplier_scores.module import MODULE as supplier_scores
from school.supply.module import MODULE as supply
from scorecards.module import module as forms

# The officers whose work is to inspect keep the forms that schools are scored by.
FORM_KEEPERS = (Role.BUREAU_ADMIN, Role.CANTEEN_OFFICER, Role.SAFETY_OFFICER, Role.ASSET_OFFICER)

# Who answers for a whole school; and who at the bureau lays down what schools owe and hears of what stays undone.
HEADS = (Role.PRINCIPAL, Role.LOGISTICS_DIRECTOR)
DUTY_KEEPERS = (Role.BUREAU_ADMIN, Role.CANTEEN_OFFICER, Role.SAFETY_OFFICER)


def modules() -> list[Module]:
    """Every module of this deployment, in the order in which their demo data builds up."""
    return [
        identity(LABELS),
        schools,
        people,
        audit(any_of(bureau_role(Role.BUREAU_ADMIN, Role.DISCIPLINE_SUPERVISOR), school_role(Role.PRINCIPAL))),
        files,
        jobs,
        notices(manage_channels=any_of(bureau_role(Role.BUREAU_ADMIN))),
        policy(
            read=any_of(at_bureau, in_zone, in_school),
            override=any_of(bureau_role(Role.BUREAU_ADMIN), school_role(Role.PRINCIPAL, Role.LOGISTICS_DIRECTOR)),
        ),
        workdays(read=any_of(at_bureau, in_zone, in_school), manage=any_of(bureau_role(Role.BUREAU_ADMIN))),
        forms(
            manage=any_of(bureau_role(*FORM_KEEPERS)),
            read=any_of(bureau_role(*OFFICERS, Role.INSPECTOR), zone_role(Role.ZONE_SUPERVISOR)),
            past=PAST_VISITS,
        ),
        catalogue,
        prices,
        suppliers,
        demand,
        tendering,
        bids,
        evaluation,
        awards,
        agreements,
        challenges,
        ocds,
        procurement_portal,
        simulation,
        collusion,
        inspections,
        fill,
        appeals,
        rectifications,
        hazards,
        papers,
        surveys,
        composites,
        draws,
        fairness,
        evidence,
        diners,
        canteen,
        orders,
        supply,
        stores,
        self_checks,
        canteen_staff,
        canteen_day,
        offline_records,
        settlement,
        supplier_scores,
        canteen_books,
        # After the modules whose records fulfil what is due: their demo records are there to be found then.
        duties(
            read=any_of(in_school),
            tick=any_of(in_school),
            plan=any_of(school_role(*HEADS)),
            excuse=any_of(school_role(*HEADS, Role.CANTEEN_MANAGER)),
            oversee=any_of(bureau_role(*OFFICERS), zone_role(Role.ZONE_SUPERVISOR)),
            decide=any_of(bureau_role(*DUTY_KEEPERS), zone_role(Role.ZONE_SUPERVISOR)),
            manage=any_of(bureau_role(*DUTY_KEEPERS)),
            roles=RoleBook(
                {str(role): LABELS[role] for role in LEVELS["school"]},
                heads=HEADS,
                officers=DUTY_KEEPERS,
                supervisors=(Role.ZONE_SUPERVISOR,),
            ),
        ),
        oversight,
        tender_stories,
        recall,
    ]


def create_app(config: Config | None = None) -> Flask:
    return build_app(config or load_config(os.environ), modules())


def cli() -> None:
    from bureau.demo.context import DemoContext
    from kernel.cli import build_cli
    from kernel.web.dates import today

    build_cli(create_app, modules(), lambda: DemoContext(today()))()


def __getattr__(name: str) -> Any:
    """`wsgi:app` is built when a server asks for it, not when a command or a test imports this file."""
    if name == "app":
        return create_app()
    raise AttributeError(name)
