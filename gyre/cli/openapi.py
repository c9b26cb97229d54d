"""`gyre openapi`: the OpenAPI document of the REST API, as rest_compat/openapi.json keeps it.

What it says is rest_compat's.
"""

import click

from rest_compat.openapi import as_json, document, responses
from rest_compat.routes import ENDPOINTS


@click.command()
@click.option("--responses", "table", is_flag=True, help="The answers of every endpoint, as a table, instead.")
def command(*, table: bool) -> None:
    """Print the OpenAPI document of the REST API."""
    found = document(ENDPOINTS)
    click.echo(responses(found) if table else as_json(found), nl=False)
