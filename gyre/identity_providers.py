"""Which OpenID providers people may sign in through, as the operator describes them: read from JSON, and checked.

How somebody signs in through one is gyre.auth.oidc's; which users come of it is gyre.people's.
"""

import re
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

import msgspec

LONGEST_FILE_BYTES: Final = 256 * 1024
MOST_PROVIDERS: Final = 20
LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
ROLES: Final = ("admin", "editor", "viewer", "member")
VALUE: Final = "{value}"
"""Stands in the name of a group for the value that the claim has."""

_ID = re.compile(r"[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?")
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,200}")

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]
Claim = Text | Annotated[tuple[Text, ...], msgspec.Meta(min_length=1, max_length=8)]
"""The name of a claim, or the way to one inside others: `groups`, `["realm_access", "roles"]`."""


class MappingRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whoever has this value in this claim has this role, or is in this group. `is` may be a glob."""

    claim: Claim
    value: Text = msgspec.field(name="is")
    role: str | None = None
    group: Text | None = None


class IdentityProvider(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """One provider. docs/configuration.md describes each field; the JSON has them in camelCase."""

    id: str
    issuer: Text
    client_id: Text
    name: Annotated[str, msgspec.Meta(max_length=64)] = ""
    client_secret: str | None = None
    client_secret_file: str | None = None
    ca_file: str | None = None
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    username_claim: Claim = "preferred_username"
    create_users: bool = False
    default_role: str = "member"
    mapping: tuple[MappingRule, ...] = ()

    @property
    def label(self) -> str:
        """What the button says."""
        return self.name or self.id

    @property
    def decides_roles(self) -> bool:
        """Whether roles come from its claims at each sign-in; otherwise they are given here, by people."""
        return any(rule.role for rule in self.mapping)

    def __repr__(self) -> str:
        return f"IdentityProvider(id={self.id!r}, issuer={self.issuer!r})"  # the secret belongs into no log


def identity_providers(text: str) -> tuple[IdentityProvider, ...]:
    """What the JSON describes, or the file whose absolute path this is; ValueError says what is wrong, and where."""
    if text.startswith("/"):
        text = read_file(text, longest=LONGEST_FILE_BYTES)
    try:
        found = msgspec.json.decode(text, type=tuple[IdentityProvider, ...])
    except msgspec.ValidationError as error:
        raise ValueError(str(error).replace("`$", "`")) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(f"it is not JSON: {error}") from error
    if not 1 <= len(found) <= MOST_PROVIDERS:
        raise ValueError(f"it should be a list of 1 to {MOST_PROVIDERS} providers, and has {len(found)}")
    for field in ("id", "issuer"):
        values = [getattr(each, field) for each in found]
        if len(set(values)) < len(values):
            raise ValueError(f"two of its providers have the same {field}")
    return tuple(_checked(each) for each in found)


def read_file(path: str, *, longest: int) -> str:
    """The text of a small file, or ValueError."""
    try:
        with Path(path).open("rb") as opened:
            content = opened.read(longest + 1)
        text = content.decode()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ValueError(f"the file {path} cannot be read: {why}") from error
    if len(content) > longest:
        raise ValueError(f"the file {path} has more than {longest} bytes")
    return text


def _checked(provider: IdentityProvider) -> IdentityProvider:
    for problem in (_named_well, _asked_well, _mapped_well):
        said = problem(provider)
        if said:
            raise ValueError(f"provider {provider.id[:32]!r}: {said}")
    secret = provider.client_secret
    if provider.client_secret_file is not None:
        secret = read_file(provider.client_secret_file, longest=4096).strip()
    if secret is not None and not secret:
        raise ValueError(f"provider {provider.id!r}: its client secret is empty")
    scopes = tuple(dict.fromkeys(("openid", *provider.scopes)))
    return msgspec.structs.replace(provider, client_secret=secret, scopes=scopes)


def _named_well(provider: IdentityProvider) -> str | None:
    if not _ID.fullmatch(provider.id):
        return "its id is 1 to 32 small letters, digits and hyphens, for it stands in addresses"
    if not provider.name.isprintable():
        return "its name holds what cannot be printed"
    url = urlsplit(provider.issuer)
    if url.scheme != "https" and not (url.scheme == "http" and url.hostname in LOOPBACK):
        return "its issuer should begin with https://"
    if not url.hostname or url.query or url.fragment or "@" in url.netloc:
        return "its issuer should be an address without user, query and fragment, as the provider itself writes it"
    return None


def _asked_well(provider: IdentityProvider) -> str | None:
    if provider.client_secret is not None and provider.client_secret_file is not None:
        return "it has a clientSecret and a clientSecretFile; give one of them"
    for field, path in (("clientSecretFile", provider.client_secret_file), ("caFile", provider.ca_file)):
        if path is not None and not path.startswith("/"):
            return f"its {field} should be an absolute path"
    if any(not _SCOPE.fullmatch(scope) for scope in provider.scopes):
        return "its scopes should be words without spaces"
    return None


def _mapped_well(provider: IdentityProvider) -> str | None:
    if provider.default_role not in ROLES:
        return f"its defaultRole should be one of {', '.join(ROLES)}"
    for number, rule in enumerate(provider.mapping):
        where = f"mapping[{number}]"
        if (rule.role is None) == (rule.group is None):
            return f"{where} should have a role or a group, and not both"
        if rule.role is not None and rule.role not in ROLES:
            return f"the role of {where} should be one of {', '.join(ROLES)}"
    return None
