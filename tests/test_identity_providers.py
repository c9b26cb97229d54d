"""What GYRE_OIDC_PROVIDERS may hold, and what is said of what cannot be used."""

import json
import re
from pathlib import Path

import pytest

from gyre.errors import BadSettings
from gyre.identity_providers import IdentityProvider, MappingRule, identity_providers
from gyre.settings import read_settings

ACME = {"id": "acme", "issuer": "https://sso.acme.test/realms/a", "clientId": "gyre"}


def told(**changes: object) -> str:
    return json.dumps([ACME | changes])


def test_every_field_is_read_and_the_secret_comes_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hush\n")
    text = told(
        name="Acme",
        clientSecretFile=str(tmp_path / "secret"),
        caFile="/etc/ssl/acme.pem",
        scopes=["groups", "openid"],
        usernameClaim="upn",
        createUsers=True,
        defaultRole="viewer",
        mapping=[
            {"claim": "groups", "is": "admins", "role": "admin"},
            {"claim": ["realm_access", "roles"], "is": "team-*", "group": "{value}"},
        ],
    )
    (provider,) = identity_providers(text)
    assert provider == IdentityProvider(
        id="acme",
        name="Acme",
        issuer="https://sso.acme.test/realms/a",
        client_id="gyre",
        client_secret="hush",
        client_secret_file=str(tmp_path / "secret"),
        ca_file="/etc/ssl/acme.pem",
        scopes=("openid", "groups"),
        username_claim="upn",
        create_users=True,
        default_role="viewer",
        mapping=(
            MappingRule(claim="groups", value="admins", role="admin"),
            MappingRule(claim=("realm_access", "roles"), value="team-*", group="{value}"),
        ),
    )
    assert provider.decides_roles
    assert "hush" not in repr(provider)
    (tmp_path / "providers.json").write_text(text)
    assert identity_providers(str(tmp_path / "providers.json")) == (provider,)


def test_little_is_needed() -> None:
    (provider,) = identity_providers(told())
    assert (provider.label, provider.client_secret, provider.create_users) == ("acme", None, False)
    assert (provider.default_role, provider.decides_roles) == ("member", False)
    assert provider.scopes == ("openid", "profile", "email")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[", "it is not JSON: "),
        ("[]", "it should be a list of 1 to 20 providers, and has 0"),
        ("{}", "Expected `array`, got `object`"),
        ('[{"id": "acme"}]', "Object missing required field `issuer` - at `[0]`"),
        (told(clientID="x"), "Object contains unknown field `clientID` - at `[0]`"),
        (told(createUsers="yes"), "Expected `bool`, got `str` - at `[0].createUsers`"),
        (told(mapping=[{"claim": 1, "is": "x"}]), "Expected `str | array`, got `int` - at `[0].mapping[0].claim`"),
        (told(id="Acme!"), "provider 'Acme!': its id is 1 to 32 small letters, digits and hyphens"),
        (told(issuer="http://sso.acme.test"), "provider 'acme': its issuer should begin with https://"),
        (told(issuer="https://"), "provider 'acme': its issuer should be an address without"),
        (told(issuer="https://a:b@sso.acme.test"), "provider 'acme': its issuer should be an address without"),
        (told(issuer="https://sso.acme.test?x=y"), "provider 'acme': its issuer should be an address without"),
        (told(name="a\nb"), "provider 'acme': its name holds what cannot be printed"),
        (told(scopes=["a b"]), "provider 'acme': its scopes should be words without spaces"),
        (told(clientSecret=""), "provider 'acme': its client secret is empty"),
        (
            told(clientSecret="x", clientSecretFile="/y"),
            "provider 'acme': it has a clientSecret and a clientSecretFile",
        ),
        (told(clientSecretFile="y"), "provider 'acme': its clientSecretFile should be an absolute path"),
        (told(caFile="y"), "provider 'acme': its caFile should be an absolute path"),
        (told(defaultRole="root"), "provider 'acme': its defaultRole should be one of admin, editor, viewer, member"),
        (told(mapping=[{"claim": "g", "is": "x"}]), "mapping[0] should have a role or a group, and not both"),
        (
            told(mapping=[{"claim": "g", "is": "x", "role": "root"}]),
            "provider 'acme': the role of mapping[0] should be one of admin, editor, viewer, member",
        ),
        (json.dumps([ACME, ACME]), "two of its providers have the same id"),
        (json.dumps([ACME, ACME | {"id": "other"}]), "two of its providers have the same issuer"),
        ("/nowhere/providers.json", "the file /nowhere/providers.json cannot be read: No such file or directory"),
        (told(clientSecretFile="/nowhere/x"), "the file /nowhere/x cannot be read: No such file or directory"),
    ],
)
def test_what_is_wrong_is_named(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=re.escape(problem)):
        identity_providers(text)


def test_the_setting_tells_the_reason_and_never_the_secret() -> None:
    environment = {"HOME": "/h", "GYRE_PUBLIC_URL": "https://gyre.test"}
    with pytest.raises(BadSettings) as refused:
        read_settings(environment | {"GYRE_OIDC_PROVIDERS": told(clientSecret="hush", id="?")})
    assert refused.value.message == (
        "GYRE_OIDC_PROVIDERS holds a value (not shown) that cannot be used: provider '?': its id is 1 to 32 small "
        "letters, digits and hyphens, for it stands in addresses; it should be a JSON list of providers, or the "
        "absolute path of a file that holds one"
    )


def test_providers_need_an_address_to_send_people_back_to() -> None:
    with pytest.raises(BadSettings) as refused:
        read_settings({"HOME": "/h", "GYRE_OIDC_PROVIDERS": told()})
    assert refused.value.message == (
        "GYRE_PUBLIC_URL is not set; with GYRE_OIDC_PROVIDERS it should be, as providers send people back there"
    )
