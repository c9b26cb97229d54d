"""`gyre openapi`: the OpenAPI document of the REST API, as rest_compat/openapi.json keeps it.

What it says is rest_compat's.
"""

import click

from rest_compat.openapi import as_json, document
from rest_compat.routes import ENDPOINTS


@click.command()
def command() -> None:
    """Print the OpenAPI document of the REST API."""
    click.echo(as_json(document(ENDPOINTS)), nl=False)
