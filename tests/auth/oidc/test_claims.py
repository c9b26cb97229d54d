"""What claims come to by mapping rules."""

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gyre.auth.oidc.claims import MOST_GROUPS, arrival, left_out
from gyre.auth.oidc.trips import path_of_gyre
from gyre.identity_providers import IdentityProvider, MappingRule
from gyre.terms.people import Role

READERS = MappingRule(claim="groups", value="read*", role="viewer")
ADMINS = MappingRule(claim="groups", value="admins", role="admin")
TEAMS = MappingRule(claim=("https://acme.test/x", "teams"), value="team-?", group="acme/{value}")


def provider(*mapping: MappingRule, **more: Any) -> IdentityProvider:
    return IdentityProvider(id="acme", issuer="https://sso.acme.test", client_id="gyre", mapping=mapping, **more)


@pytest.mark.parametrize(
    ("groups", "role"),
    [
        (["readers"], Role.VIEWER),
        (["admins", "readers"], Role.ADMIN),
        (["readers", "admins"], Role.ADMIN),
        ("admins", Role.ADMIN),
        (["Admins", "admins2", "xadmins"], Role.MEMBER),
        ([], Role.MEMBER),
        (None, Role.MEMBER),
        ({"admins": True}, Role.MEMBER),
        ([["admins"], {"is": "admins"}, 7, None, ""], Role.MEMBER),
    ],
)
def test_the_role_that_may_most_counts_and_other_forms_of_claims_give_nothing(groups: object, role: Role) -> None:
    assert arrival(provider(READERS, ADMINS), {"sub": "1", "groups": groups}).role is role


def test_without_a_rule_for_roles_the_provider_decides_only_the_first() -> None:
    who = arrival(provider(TEAMS, default_role="viewer"), {"sub": "1"})
    assert (who.role, who.first_role) == (None, Role.VIEWER)


def test_groups_take_the_value_of_a_claim_inside_another() -> None:
    claims = {"sub": "1", "https://acme.test/x": {"teams": ["team-a", "team-b", "team-a", "team-long", "other"]}}
    assert arrival(provider(TEAMS), claims).groups == ("acme/team-a", "acme/team-b")


def test_a_way_through_what_is_no_object_leads_to_nothing() -> None:
    for inner in (None, "teams", ["teams"], 7):
        assert arrival(provider(TEAMS), {"sub": "1", "https://acme.test/x": inner}).groups == ()


def test_groups_are_bounded_and_such_as_a_group_can_be_called() -> None:
    rule = MappingRule(claim="groups", value="*", group="{value}")
    many = [f"g{number}" for number in range(MOST_GROUPS + 50)]
    who = arrival(provider(rule), {"sub": "1", "groups": ["x" * 65, "a\nb", *many]})
    assert who.groups == tuple(many[:MOST_GROUPS])


@pytest.mark.parametrize(
    ("claims", "username"),
    [
        ({"preferred_username": " ada "}, "ada"),
        ({"preferred_username": "ada", "email": "a@b.c", "email_verified": True}, "ada"),
        ({"email": "a@b.c", "email_verified": True}, "a@b.c"),
        ({"email": "a@b.c"}, ""),
        ({"email": "a@b.c", "email_verified": "true"}, ""),
        ({"preferred_username": "a\u202eb", "email": "a@b.c"}, ""),
    ],
)
def test_the_name_is_the_claims_or_a_verified_address(claims: dict[str, Any], username: str) -> None:
    assert arrival(provider(), {"sub": "1", **claims}).username == username


def test_claims_that_were_left_out_for_their_size_are_known() -> None:
    claims = {"sub": "1", "_claim_names": {"groups": "src1", "other": "src1"}}
    assert left_out(claims, provider(READERS)) == ["groups"]
    assert left_out({"sub": "1", "_claim_names": "groups"}, provider(READERS)) == []


@given(st.text(alphabet=string.printable + "\u2028\\é", max_size=30))
def test_a_path_to_return_to_is_always_one_of_gyres(text: str) -> None:
    path = path_of_gyre(text)
    assert path == "/" or (path == text and path[0] == "/" and path[1:2] not in ("/", "\\"))
    assert not set(path) & set("\\\r\n\t \x0b\x0c")
