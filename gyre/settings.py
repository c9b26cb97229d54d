"""Everything Gyre can be told from outside: one frozen Settings, read from GYRE_* variables and checked at start.

Nothing here opens a file, a database or a connection; what a room does with a setting is that room's.
"""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One field for each GYRE_* variable: `data_dir` is GYRE_DATA_DIR. docs/configuration.md describes each."""

    data_dir: Path
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str | None = None
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    database_url: str | None = None
    redis_url: str | None = None
    secret_keys: str | None = None
    admin_password: str | None = None
    log_format: Literal["text", "json"] = "text"
    introspection: bool = True
