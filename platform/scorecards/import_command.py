"""`houqin forms import`: a form from a file into a bureau, as the system."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import click
from sqlalchemy import select

from kernel.actor import Actor, system_actor
from kernel.audit import capture
from kernel.cli.support import Failure, Tools
from kernel.database import db
from kernel.database.scope import OPERATOR, use_scope
from kernel.identity.models import Bureau
from scorecards import service
from scorecards.commands import FILE, forms, print_findings, read_bytes
from scorecards.finding import has_errors
from scorecards.form import Form
from scorecards.models import FormVersion
from scorecards.upload import read_upload

ACTION = "bureau:form:import"


@forms.command("import")
@click.argument("file", type=FILE)
@click.option("--bureau", "bureau_code", required=True, metavar="CODE", help="The bureau that gets the form.")
@click.option("--table", metavar="NAME", help="Of several sheets or tables in FILE, this one.")
@click.option("--publish", is_flag=True, help="Publish it at once; refused while anything about it is open.")
@click.option("--draft", is_flag=True, help="Import it although it has errors, as a draft to be mended.")
@click.option("--title", help="Instead of the title in the file.")
@click.option(
    "--template", "template_id", type=click.UUID, metavar="ID", help="The form of which this is a new version."
)
@click.pass_context
def import_command(
    context: click.Context, file: Path, bureau_code: str, table: str | None, publish: bool, draft: bool,
    title: str | None, template_id: UUID | None,
) -> None:  # fmt: skip
    """Import FILE (.xlsx, .docx, .csv, YAML or JSON) into a bureau as a draft, and print what was found in it.

    A form with errors is imported only with --draft; exit status 1 says that it has errors. A file that the bureau has
    already with the same content is not imported again. Prints the version's id.
    """
    if publish and draft:
        raise click.UsageError("a form with errors cannot be published: give one of --publish and --draft")
    if title is not None and not 0 < len(title.strip()) <= 200:
        raise click.UsageError("--title takes 1 to 200 characters")
    tools = context.find_object(Tools)
    assert tools is not None
    with tools.app().test_request_context():
        actor = _act_for(bureau_code)
        imported = read_upload(file.name, read_bytes(file), table)
        print_findings(imported.findings)
        faulty = imported.form is None or has_errors(imported.findings)
        if imported.form is None or (faulty and not draft):
            hint = "" if imported.form is None else "; --draft imports it nevertheless"
            raise Failure(f"not imported: the form has errors{hint}")
        form = replace(imported.form, title=title.strip()) if title else imported.form
        version = service.find_same(actor, form)
        if version is None or template_id not in (None, version.template_id):
            version = service.import_form(
                actor, form, imported.findings, template_id=template_id, source_name=file.name
            )
        if publish:
            version = service.publish(actor, version.id, version.version)
        _tell(version, form)
        db.session.commit()
    context.exit(1 if faulty else 0)


def _act_for(bureau_code: str) -> Actor:
    session = db.session()
    use_scope(session, OPERATOR)
    bureau_id = session.scalar(select(Bureau.id).where(Bureau.code == bureau_code))
    if bureau_id is None:
        raise Failure(f"no bureau has the code {bureau_code}: `houqin bureaus list` shows them")
    actor = system_actor(bureau_id)
    use_scope(session, actor.scope)
    capture.set_context(session, actor, ACTION)
    return actor


def _tell(version: FormVersion, form: Form) -> None:
    click.echo(f"{version.id} {version.state} v{version.number} {version.item_count} items {form.title}")
