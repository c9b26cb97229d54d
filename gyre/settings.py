"""Everything Gyre can be told from outside: one frozen Settings, read from GYRE_* variables and checked at start.

Nothing here opens a database or a connection, and no file but those a setting names; what a room does with a setting
is that room's.
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal, cast
from urllib.parse import parse_qsl, urlsplit

from gyre.errors import BadSettings
from gyre.identity_providers import IdentityProvider, identity_providers

SHORTEST_PASSWORD = 12
SHORTEST_KEY_BYTES = 32

BESIDE_SETTINGS = ("GYRE_USER_PASSWORD",)
"""Variables that one command reads by itself; `gyre user add` takes a password from this one."""


@dataclass(frozen=True, slots=True)
class SecretKey:
    """One entry of GYRE_SECRET_KEYS: what all keys of Gyre are derived from."""

    id: str
    material: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One field for each GYRE_* variable: `data_dir` is GYRE_DATA_DIR. docs/configuration.md describes each."""

    data_dir: Path
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str | None = None
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    database_url: str | None = field(default=None, repr=False)
    redis_url: str | None = field(default=None, repr=False)
    secret_keys: tuple[SecretKey, ...] = ()
    admin_password: str | None = field(default=None, repr=False)
    session_idle_hours: int = 24
    session_max_hours: int = 168
    audit_days: int = 365
    log_format: Literal["text", "json"] = "text"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    introspection: bool = True
    health_details: bool = True
    rate_limit_user: int = 100
    rate_limit_anonymous: int = 20
    rate_limit_graphql: int = 6_000
    rest_list_max: int = 10_000
    allow_local_clusters: bool = False
    impersonate: bool = False
    impersonate_prefix: str = "gyre:"
    oidc_providers: tuple[IdentityProvider, ...] = ()
    cors_origins: tuple[str, ...] = ()

    @property
    def on_postgres(self) -> bool:
        """Whether the database is a PostgreSQL server; otherwise it is an SQLite file."""
        return self.database_url is not None and self.database_url.startswith("postgres")

    @property
    def sqlite_file(self) -> Path:
        """Where the SQLite database lies when there is no PostgreSQL."""
        if self.database_url is None:
            return self.data_dir / "gyre.sqlite3"
        return Path(urlsplit(self.database_url).path)


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings that these variables hold, or BadSettings that names everything wrong with them at once.

    An empty variable is one that is not set. What Kubernetes sets for a Service named gyre is not meant for us.
    """
    given = {
        name: value
        for name, value in environment.items()
        if name.startswith("GYRE_") and value != "" and not _set_by_kubernetes(name, value)
    }
    values: dict[str, object] = {"data_dir": default_data_dir(environment)}
    problems = [_unknown(name) for name in sorted(given) if name not in _SETTINGS and name not in BESIDE_SETTINGS]
    for name, setting in _SETTINGS.items():
        if name not in given:
            continue
        try:
            values[setting.field] = setting.parse(given[name])
        except ValueError as problem:
            holds = "holds a value (not shown) that cannot be used" if setting.secret else f"is {given[name][:200]!r}"
            reason = f": {problem}" if setting.explains else ""
            problems.append(f"{name} {holds}{reason}; it should be {setting.should_be}")
    if not problems and cast("int", values.get("session_max_hours", 168)) < cast(
        "int", values.get("session_idle_hours", 24)
    ):
        problems.append("GYRE_SESSION_MAX_HOURS is less than GYRE_SESSION_IDLE_HOURS; it should be at least as long")
    if "oidc_providers" in values and "GYRE_PUBLIC_URL" not in given:
        problems.append(
            "GYRE_PUBLIC_URL is not set; with GYRE_OIDC_PROVIDERS it should be, as providers send people back there"
        )
    if problems:
        raise BadSettings("\n".join(problems), details={"problems": problems})
    return Settings(**values)  # type: ignore[arg-type]  # each field's parser returns the field's type


def default_data_dir(environment: Mapping[str, str]) -> Path:
    """`$XDG_DATA_HOME/gyre`, by default `~/.local/share/gyre`."""
    shared = environment.get("XDG_DATA_HOME") or ""
    if Path(shared).is_absolute():
        return Path(shared) / "gyre"
    return Path(environment.get("HOME") or "/").absolute() / ".local" / "share" / "gyre"


def variable(field_name: str) -> str:
    """The variable that sets a field."""
    return f"GYRE_{field_name.upper()}"


_KUBERNETES_NAME = re.compile(r"GYRE_(\w+_)?(SERVICE_(HOST|PORT)(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_\w+)?)")


def _set_by_kubernetes(name: str, value: str) -> bool:
    """Kubernetes gives each Pod GYRE_PORT=tcp://… and its like for a Service named gyre in its namespace."""
    if _KUBERNETES_NAME.fullmatch(name):
        return True
    return name.endswith("_PORT") and re.match(r"(tcp|udp|sctp)://", value) is not None


def _unknown(name: str) -> str:
    near = get_close_matches(name, [*_SETTINGS, *BESIDE_SETTINGS], n=1, cutoff=0.6)
    return f"{name} is not a setting of Gyre" + (f"; did you mean {near[0]}?" if near else "")


@dataclass(frozen=True, slots=True)
class _Setting:
    field: str
    parse: Callable[[str], object]
    should_be: str
    secret: bool = False
    explains: bool = False


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise ValueError(text)
        return int(text)

    return parse


def _host(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.:_%-]{1,253}", text):
        raise ValueError(text)
    return text


def _directory(text: str) -> Path:
    path = Path(text).expanduser()
    if "\0" in text or not path.is_absolute():
        raise ValueError(text)
    return path


def _public_url(text: str) -> str:
    url = urlsplit(text)
    bare = url.path in ("", "/") and not url.query and not url.fragment and url.username is None
    if url.scheme not in ("http", "https") or not url.hostname or not bare:
        raise ValueError(text)
    usual = {"http": 80, "https": 443}[url.scheme]
    host = f"[{url.hostname}]" if ":" in url.hostname else url.hostname
    return f"{url.scheme}://{host}" + ("" if url.port in (None, usual) else f":{url.port}")


def _origins(text: str) -> tuple[str, ...]:
    """Origins as browsers write them: nothing is mended, since they are compared letter by letter."""
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    for origin in found:
        if "*" in origin or _public_url(origin) != origin:
            raise ValueError(f"{origin[:200]!r} is no origin as browsers write it")
    return found


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())


def _database_url(text: str) -> str:
    url = urlsplit(text)
    options = dict(parse_qsl(url.query, keep_blank_values=True))
    on_postgres = url.scheme in ("postgres", "postgresql") and options.keys() <= {"sslmode", "host"}
    if on_postgres and (url.hostname or options.get("host")) and url.path.strip("/") and url.port != 0:
        return text
    if url.scheme == "sqlite" and not url.netloc and url.path.startswith("/") and not url.path.endswith("/"):
        return text
    raise ValueError(text)


def _redis_url(text: str) -> str:
    url = urlsplit(text)
    if url.scheme not in ("redis", "rediss", "unix") or not (url.hostname or url.path):
        raise ValueError(text)
    return text


def secret_keys_of(text: str) -> tuple[SecretKey, ...]:
    """The keys in a text such as GYRE_SECRET_KEYS holds; ValueError says what is wrong without showing it."""
    keys = [_secret_key(part.strip()) for part in text.split(",") if part.strip()]
    if not keys:
        raise ValueError("it has no key")
    if len({key.id for key in keys}) < len(keys):
        raise ValueError("two of its keys have the same id")
    return tuple(keys)


def _secret_key(text: str) -> SecretKey:
    key_id, colon, encoded = text.partition(":")
    if not colon or not re.fullmatch(r"[A-Za-z0-9._-]{1,32}", key_id):
        raise ValueError("one of its keys does not begin with an id of letters, digits and .-_ and a colon")
    try:
        padded = encoded.rstrip("=").replace("-", "+").replace("_", "/")
        material = base64.b64decode(padded + "=" * (-len(padded) % 4), validate=True)
    except binascii.Error as broken:
        raise ValueError(f"key {key_id} is not base64") from broken
    if len(material) < SHORTEST_KEY_BYTES:
        raise ValueError(f"key {key_id} has only {len(material)} bytes")
    return SecretKey(key_id, material)


def _password(text: str) -> str:
    if len(text) < SHORTEST_PASSWORD:
        raise ValueError("it is too short")
    return text


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in words:
            raise ValueError(text)
        return text.lower()

    return parse


def _prefix(text: str) -> str:
    if not re.fullmatch(r"[!-~]{1,64}", text) or text.casefold().startswith("system:"):
        raise ValueError(text)
    return "" if text == "none" else text


def _flag(text: str) -> bool:
    words = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
    if text.lower() not in words:
        raise ValueError(text)
    return words[text.lower()]


RATE = _whole(0, 999_999_999), "a whole number a minute, where 0 is no limit"
HOURS = _whole(1, 8760), "a whole number of hours from 1 to 8760"

_ROWS = (
    _Setting("host", _host, "an address or host name to listen on, such as 127.0.0.1 or 0.0.0.0"),
    _Setting("port", _whole(0, 65535), "a whole number from 0 to 65535, where 0 takes a free port"),
    _Setting("public_url", _public_url, "an address such as https://gyre.example.com, without a path"),
    _Setting("trusted_proxies", _networks, "addresses or networks separated by commas, such as 10.0.0.0/8"),
    _Setting("data_dir", _directory, "an absolute path of a folder"),
    _Setting(
        "database_url",
        _database_url,
        "postgresql://user:password@host:5432/name, or sqlite:///absolute/path",
        secret=True,
    ),
    _Setting("redis_url", _redis_url, "redis://host:6379/0, rediss://… or unix:///path", secret=True),
    _Setting(
        "secret_keys",
        secret_keys_of,
        f"id:base64 pairs separated by commas, each of at least {SHORTEST_KEY_BYTES} random bytes; the first signs",
        secret=True,
        explains=True,
    ),
    _Setting("admin_password", _password, f"at least {SHORTEST_PASSWORD} characters", secret=True, explains=True),
    _Setting("session_idle_hours", *HOURS),
    _Setting("session_max_hours", *HOURS),
    _Setting("audit_days", _whole(0, 36_500), "a whole number of days from 0 to 36500, where 0 keeps all"),
    _Setting("log_format", _one_of("text", "json"), "text or json"),
    _Setting("log_level", _one_of("debug", "info", "warning", "error"), "debug, info, warning or error"),
    _Setting("introspection", _flag, "true or false"),
    _Setting("rate_limit_user", *RATE),
    _Setting("rate_limit_anonymous", *RATE),
    _Setting("rate_limit_graphql", *RATE),
    _Setting("health_details", _flag, "true or false"),
    _Setting("rest_list_max", _whole(1, 1_000_000), "a whole number of objects from 1 to 1000000"),
    _Setting("allow_local_clusters", _flag, "true or false"),
    _Setting("impersonate", _flag, "true or false"),
    _Setting(
        "impersonate_prefix",
        _prefix,
        "1 to 64 letters, digits and signs, not beginning with system:, or none",
    ),
    _Setting(
        "cors_origins",
        _origins,
        "origins separated by commas, each whole and without a path, such as https://portal.example.com",
        explains=True,
    ),
    _Setting(
        "oidc_providers",
        identity_providers,
        "a JSON list of providers, or the absolute path of a file that holds one",
        secret=True,
        explains=True,
    ),
)

_SETTINGS = {variable(row.field): row for row in _ROWS}
