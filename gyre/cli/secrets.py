"""`gyre secrets`: which keys encrypt what is stored, and encrypting it anew so that old ones can go.

Where keys come from and how they are used is gyre.vault's.
"""

from collections import Counter

import click

from gyre.audit.renewing import keys_of_signatures, renew_signatures
from gyre.auth import PeopleVersion
from gyre.auth.resealing import keys_of_id_tokens, reseal_id_tokens
from gyre.cli.offline import audited, settings_now, with_database
from gyre.clock import SystemClock
from gyre.fleet.resealing import keys_of_clusters, reseal_clusters
from gyre.vault import Resealed, Vault, open_vault, put_new_key_first


@click.group(name="secrets")
def command() -> None:
    """Rotate the keys that stored secrets are encrypted with."""


@command.command()
def status() -> None:
    """Say which key encrypts how many secrets and signs how much of the audit; keys are never shown."""
    settings = settings_now()
    vault = open_vault(settings)
    secrets, signatures = with_database(settings, lambda: _in_use(vault))
    for place, key in enumerate(vault.key_ids):
        signs = ", signs and encrypts" if place == 0 else ""
        click.echo(f"{key}: {_counted(secrets[key], 'secret')}, {_counted(signatures[key], 'signature')}{signs}")
    for key in sorted(set(secrets) - set(vault.key_ids)):
        click.echo(f"{key}: {_counted(secrets[key], 'secret')}, and the key is not there: nobody can open them")


@command.command()
@click.option("--new-key", is_flag=True, help="Make a key first; only where Gyre keeps its keys in a file.")
@click.pass_context
def rotate(context: click.Context, *, new_key: bool) -> None:
    """Encrypt everything with the first key, and sign the audit with it. It may be broken off and run again."""
    settings = settings_now()
    if new_key:
        click.echo(f"made {put_new_key_first(settings)}, which signs and encrypts from the next start on")
    vault = open_vault(settings)
    found, signed = with_database(settings, lambda: _rotated(vault))
    click.echo(f"encrypted anew with {vault.key_ids[0]}: {found.renewed}; were so already: {found.current}")
    click.echo(f"signed anew of the audit: {signed}")
    if found.lost:
        click.echo(f"no key opens these, upload their kubeconfigs again: {', '.join(found.lost)}", err=True)
        context.exit(1)
    others = vault.key_ids[1:]
    if others:
        click.echo(f"nothing stored needs {', '.join(others)} any more; sessions signed with them last until they end")


async def _rotated(vault: Vault) -> tuple[Resealed, int]:
    version = PeopleVersion(SystemClock())
    found = await reseal_clusters(vault, version) + await reseal_id_tokens(vault)
    signed = await renew_signatures(vault)
    await _audit(vault, found)
    return found, signed


async def _in_use(vault: Vault) -> tuple[Counter[str], Counter[str]]:
    secrets = Counter(await keys_of_clusters()) + Counter(await keys_of_id_tokens())
    return secrets, Counter(await keys_of_signatures(vault))


async def _audit(vault: Vault, found: Resealed) -> None:
    counts = {"renewed": found.renewed, "current": found.current}
    await audited("secrets-rotate", {"key": vault.key_ids[0], **counts, "lost": list(found.lost)})


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
