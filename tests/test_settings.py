"""What Gyre reads from the environment, and what it says of what it cannot use."""

import base64
import re
from dataclasses import fields
from ipaddress import ip_network
from pathlib import Path

import pytest

from gyre.errors import BadSettings
from gyre.identity_providers import IdentityProvider
from gyre.settings import BESIDE_SETTINGS, SecretKey, Settings, read_settings, variable

HOME = {"HOME": "/home/eve", "PATH": "/bin"}
CONFIGURATION_PAGE = (Path(__file__).parent.parent / "docs" / "configuration.md").read_text()
KEY = base64.b64encode(b"k" * 32).decode()


def problems(**environment: str) -> list[str]:
    with pytest.raises(BadSettings) as refused:
        read_settings(HOME | environment)
    found = refused.value.details["problems"]
    assert isinstance(found, list)
    assert refused.value.message == "\n".join(found)
    return found


def test_without_any_variable_the_defaults_hold() -> None:
    assert read_settings(HOME) == Settings(data_dir=Path("/home/eve/.local/share/gyre"))
    assert read_settings(HOME | {"XDG_DATA_HOME": "/x"}).data_dir == Path("/x/gyre")
    assert read_settings({"HOME": "/h", "GYRE_PORT": "", "GYRE_PUBLIC_URL": ""}) == Settings(
        data_dir=Path("/h/.local/share/gyre")
    )


def test_the_rates_that_hold_without_a_variable_are_the_documented_ones() -> None:
    usual = read_settings(HOME)
    for name, rate in (("rate_limit_user", 100), ("rate_limit_anonymous", 20), ("rate_limit_graphql", 6_000)):
        assert getattr(usual, name) == rate
        about = CONFIGURATION_PAGE.partition(f"### `{variable(name)}`\n")[2].partition("\n#")[0]
        assert re.search(rf"Default\s`{rate}`", about)
        assert "`0` is no limit" in about


def test_every_variable_is_parsed_once_into_its_value() -> None:
    environment = {
        "GYRE_HOST": "::1",
        "GYRE_PORT": "0",
        "GYRE_PUBLIC_URL": "https://Gyre.example.com:443/",
        "GYRE_TRUSTED_PROXIES": "10.0.0.0/8, ::1,192.168.1.7",
        "GYRE_DATA_DIR": "/data",
        "GYRE_DATABASE_URL": "postgresql://gyre:pw@db:5432/gyre",
        "GYRE_REDIS_URL": "redis://cache:6379/0",
        "GYRE_SECRET_KEYS": f"new:{KEY}, old:{KEY.rstrip('=')}",
        "GYRE_ADMIN_PASSWORD": "correct horse battery",
        "GYRE_SESSION_IDLE_HOURS": "2",
        "GYRE_SESSION_MAX_HOURS": "3",
        "GYRE_AUDIT_DAYS": "0",
        "GYRE_LOG_FORMAT": "JSON",
        "GYRE_LOG_LEVEL": "debug",
        "GYRE_INTROSPECTION": "off",
        "GYRE_RATE_LIMIT_USER": "1000",
        "GYRE_RATE_LIMIT_ANONYMOUS": "0",
        "GYRE_RATE_LIMIT_GRAPHQL": "60000",
        "GYRE_HEALTH_DETAILS": "off",
        "GYRE_REST_LIST_MAX": "500",
        "GYRE_ALLOW_LOCAL_CLUSTERS": "yes",
        "GYRE_IMPERSONATE": "true",
        "GYRE_IMPERSONATE_PREFIX": "none",
        "GYRE_CORS_ORIGINS": "https://portal.example.com, http://localhost:5173",
        "GYRE_OIDC_PROVIDERS": '[{"id": "acme", "issuer": "https://sso.acme.test", "clientId": "gyre"}]',
    }
    assert set(environment) == {variable(each.name) for each in fields(Settings)}
    settings = read_settings(HOME | environment)
    assert settings == Settings(
        host="::1",
        port=0,
        public_url="https://gyre.example.com",
        trusted_proxies=(ip_network("10.0.0.0/8"), ip_network("::1/128"), ip_network("192.168.1.7/32")),
        data_dir=Path("/data"),
        database_url="postgresql://gyre:pw@db:5432/gyre",
        redis_url="redis://cache:6379/0",
        secret_keys=(SecretKey("new", b"k" * 32), SecretKey("old", b"k" * 32)),
        admin_password="correct horse battery",
        session_idle_hours=2,
        session_max_hours=3,
        audit_days=0,
        log_format="json",
        log_level="debug",
        introspection=False,
        rate_limit_user=1_000,
        rate_limit_anonymous=0,
        rate_limit_graphql=60_000,
        health_details=False,
        rest_list_max=500,
        allow_local_clusters=True,
        impersonate=True,
        impersonate_prefix="",
        cors_origins=("https://portal.example.com", "http://localhost:5173"),
        oidc_providers=(IdentityProvider(id="acme", issuer="https://sso.acme.test", client_id="gyre"),),
    )
    assert settings.on_postgres
    assert not re.search("pw@|cache|kkk|battery", repr(settings))


def test_the_sqlite_file_lies_in_the_data_folder_or_where_the_url_says() -> None:
    assert read_settings({"GYRE_DATA_DIR": "/d"}).sqlite_file == Path("/d/gyre.sqlite3")
    elsewhere = read_settings({"GYRE_DATA_DIR": "/d", "GYRE_DATABASE_URL": "sqlite:///var/x.db"})
    assert (elsewhere.sqlite_file, elsewhere.on_postgres) == (Path("/var/x.db"), False)


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("GYRE_PORT", "http", "is 'http'; it should be a whole number from 0 to 65535, where 0 takes a free port"),
        ("GYRE_PORT", "65536", "is '65536'; it should be a whole number from 0 to 65535, where 0 takes a free port"),
        ("GYRE_PORT", "-1", "is '-1'; it should be a whole number from 0 to 65535, where 0 takes a free port"),
        (
            "GYRE_HOST",
            "a b",
            "is 'a b'; it should be an address or host name to listen on, such as 127.0.0.1 or 0.0.0.0",
        ),
        (
            "GYRE_PUBLIC_URL",
            "gyre.example.com",
            "is 'gyre.example.com'; it should be an address such as https://gyre.example.com, without a path",
        ),
        (
            "GYRE_PUBLIC_URL",
            "https://a/b",
            "is 'https://a/b'; it should be an address such as https://gyre.example.com, without a path",
        ),
        (
            "GYRE_TRUSTED_PROXIES",
            "10.0.0.0/99",
            "is '10.0.0.0/99'; it should be addresses or networks separated by commas, such as 10.0.0.0/8",
        ),
        ("GYRE_DATA_DIR", "data", "is 'data'; it should be an absolute path of a folder"),
        (
            "GYRE_DATABASE_URL",
            "mysql://u:hush@h/d",
            (
                "holds a value (not shown) that cannot be used; "
                "it should be postgresql://user:password@host:5432/name, or sqlite:///absolute/path"
            ),
        ),
        (
            "GYRE_REDIS_URL",
            "http://hush",
            (
                "holds a value (not shown) that cannot be used; "
                "it should be redis://host:6379/0, rediss://… or unix:///path"
            ),
        ),
        (
            "GYRE_SECRET_KEYS",
            f"a:{KEY},a:{KEY}",
            (
                "holds a value (not shown) that cannot be used: two of its keys have the same id; it should be "
                "id:base64 pairs separated by commas, each of at least 32 random bytes; the first signs"
            ),
        ),
        (
            "GYRE_SECRET_KEYS",
            "a:aHVzaA==",
            (
                "holds a value (not shown) that cannot be used: key a has only 4 bytes; it should be "
                "id:base64 pairs separated by commas, each of at least 32 random bytes; the first signs"
            ),
        ),
        (
            "GYRE_SECRET_KEYS",
            "a:hush!",
            (
                "holds a value (not shown) that cannot be used: key a is not base64; it should be "
                "id:base64 pairs separated by commas, each of at least 32 random bytes; the first signs"
            ),
        ),
        (
            "GYRE_ADMIN_PASSWORD",
            "hush",
            "holds a value (not shown) that cannot be used: it is too short; it should be at least 12 characters",
        ),
        ("GYRE_SESSION_IDLE_HOURS", "0", "is '0'; it should be a whole number of hours from 1 to 8760"),
        ("GYRE_LOG_FORMAT", "xml", "is 'xml'; it should be text or json"),
        ("GYRE_INTROSPECTION", "maybe", "is 'maybe'; it should be true or false"),
        (
            "GYRE_IMPERSONATE_PREFIX",
            "System:",
            "is 'System:'; it should be 1 to 64 letters, digits and signs, not beginning with system:, or none",
        ),
    ],
)
def test_a_wrong_value_is_told_with_its_name_and_what_it_should_be(name: str, value: str, problem: str) -> None:
    assert problems(**{name: value}) == [f"{name} {problem}"]
    assert "hush" not in problem


def test_everything_wrong_is_told_at_once_and_an_unknown_name_with_a_near_one() -> None:
    assert problems(GYRE_PROT="8000", GYRE_ZZZ="1", GYRE_PORT="x", GYRE_INTROSPECTION="x") == [
        "GYRE_PROT is not a setting of Gyre; did you mean GYRE_PORT?",
        "GYRE_ZZZ is not a setting of Gyre",
        "GYRE_PORT is 'x'; it should be a whole number from 0 to 65535, where 0 takes a free port",
        "GYRE_INTROSPECTION is 'x'; it should be true or false",
    ]


def test_a_session_may_not_end_before_it_is_idle() -> None:
    assert problems(GYRE_SESSION_MAX_HOURS="5") == [
        "GYRE_SESSION_MAX_HOURS is less than GYRE_SESSION_IDLE_HOURS; it should be at least as long"
    ]


def test_what_kubernetes_sets_for_a_service_named_gyre_is_left_alone() -> None:
    by_kubernetes = {
        "GYRE_SERVICE_HOST": "10.0.0.7",
        "GYRE_SERVICE_PORT": "80",
        "GYRE_SERVICE_PORT_HTTP": "80",
        "GYRE_PORT": "tcp://10.0.0.7:80",
        "GYRE_PORT_80_TCP": "tcp://10.0.0.7:80",
        "GYRE_PORT_80_TCP_ADDR": "10.0.0.7",
        "GYRE_POSTGRES_SERVICE_HOST": "10.0.0.8",
        "GYRE_POSTGRES_PORT": "tcp://10.0.0.8:5432",
        "GYRE_POSTGRES_PORT_5432_TCP_PROTO": "tcp",
    }
    assert read_settings(HOME | by_kubernetes) == read_settings(HOME)


@pytest.mark.parametrize("name", [*(variable(each.name) for each in fields(Settings)), *BESIDE_SETTINGS])
def test_every_setting_is_documented(name: str) -> None:
    assert f"### `{name}`\n" in CONFIGURATION_PAGE


def test_nothing_is_documented_that_is_not_a_setting() -> None:
    documented = re.findall(r"^### `(GYRE_\w+)`$", CONFIGURATION_PAGE, re.MULTILINE)
    assert sorted(documented) == sorted([*(variable(each.name) for each in fields(Settings)), *BESIDE_SETTINGS])
