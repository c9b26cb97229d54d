"""What claims come to by the operator's mapping rules: a name, a role, groups.

Whether the claims can be trusted was asked before; which user it is, is gyre.people's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

from gyre.identity_providers import VALUE, Claim, IdentityProvider
from gyre.terms.people import Role

MOST_VALUES: Final = 2_000
MOST_GROUPS: Final = 200
"""Groups that one person can be in by their claims."""
LONGEST_VALUE: Final = 1_024
LONGEST_GROUP: Final = 64
RANKS: Final = (Role.MEMBER, Role.VIEWER, Role.EDITOR, Role.ADMIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Who came from a provider. `role` is None when the provider does not decide it; groups are names."""

    provider: str
    issuer: str
    subject: str
    username: str
    display_name: str = ""
    email: str = ""
    role: Role | None = None
    first_role: Role = Role.MEMBER
    creates_user: bool = False
    groups: tuple[str, ...] = ()


def arrival(provider: IdentityProvider, claims: Mapping[str, Any]) -> Arrival:
    """Who somebody with these claims is, by the rules of the provider. The name is empty when no claim gives one."""
    roles, groups = [], dict[str, None]()
    for rule in provider.mapping:
        for value in values(claims, rule.claim):
            if not fnmatchcase(value, rule.value):
                continue
            if rule.role is not None:
                roles.append(Role(rule.role))
            elif rule.group is not None:
                groups[rule.group.replace(VALUE, value)] = None
    default = Role(provider.default_role)
    best = max(roles, key=RANKS.index, default=default)
    fitting = [group for group in groups if 0 < len(group) <= LONGEST_GROUP and group.isprintable()]
    return Arrival(
        provider=provider.id,
        issuer=provider.issuer,
        subject=claims["sub"],
        username=_text(claims, provider.username_claim) or (_text(claims, "email") if _verified(claims) else ""),
        display_name=_text(claims, "name")[:128],
        email=_text(claims, "email") if len(_text(claims, "email")) <= 254 else "",  # noqa: PLR2004  # RFC 5321's
        role=best if provider.decides_roles else None,
        first_role=best,
        creates_user=provider.create_users,
        groups=tuple(fitting[:MOST_GROUPS]),
    )


def wanted(provider: IdentityProvider) -> Iterator[Claim]:
    """The claims that the provider's rules look at."""
    yield provider.username_claim
    yield from (rule.claim for rule in provider.mapping)


def values(claims: Mapping[str, Any], claim: Claim) -> list[str]:
    """What is in a claim: one text, or those in a list; nothing when it is not there or of another form."""
    found: Any = claims
    for name in (claim,) if isinstance(claim, str) else claim:
        found = found.get(name) if isinstance(found, Mapping) else None
    listed = found if isinstance(found, list) else [found]
    return [each for each in listed[:MOST_VALUES] if isinstance(each, str) and 0 < len(each) <= LONGEST_VALUE]


def left_out(claims: Mapping[str, Any], provider: IdentityProvider) -> list[str]:
    """Claims that rules look at and that the provider left out for their size, as it says in `_claim_names`."""
    elsewhere = claims.get("_claim_names")
    looked_at = {claim if isinstance(claim, str) else claim[0] for claim in wanted(provider)}
    return sorted(looked_at & set(elsewhere)) if isinstance(elsewhere, Mapping) else []


def _text(claims: Mapping[str, Any], claim: Claim) -> str:
    found = values(claims, claim)
    return found[0].strip() if found and found[0].isprintable() else ""


def _verified(claims: Mapping[str, Any]) -> bool:
    return claims.get("email_verified") is True
