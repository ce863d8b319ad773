"""The monthly statement as anybody reads it: parents, teachers, pupils. No actor, no pupil's name."""

from flask import render_template

from kernel.access import PUBLIC
from kernel.access.edge import access
from school.canteen_books import chart, labels
from school.canteen_books.service import statements
from school.canteen_books.views.blueprint import blueprint, month_in


@blueprint.get("/public/canteen/<bureau_code>/<school_code>")
@access(PUBLIC)
def public_statements(bureau_code: str, school_code: str) -> str:
    place = statements.public_school(bureau_code, school_code)
    return render_template(
        "canteen_books/public_index.html", place=place, rows=statements.public_statements(place), labels=labels
    )


@blueprint.get("/public/canteen/<bureau_code>/<school_code>/<book_month>")
@access(PUBLIC)
def public_statement(bureau_code: str, school_code: str, book_month: str) -> str:
    place = statements.public_school(bureau_code, school_code)
    found = statements.public_statement(place, month_in(book_month))
    return render_template(
        "canteen_books/public_statement.html", place=place, statement=found, plain=found.figures, labels=labels,
        chart=chart,
    )  # fmt: skip
