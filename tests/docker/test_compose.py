import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from gyre.settings import Settings

DOCKER = Path(__file__).parent.parent.parent / "docker"
COMPOSE: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
SETTINGS = {f"GYRE_{field.name.upper()}" for field in fields(Settings)}


def test_the_services_are_gyre_its_migration_and_what_they_stand_on() -> None:
    assert set(SERVICES) == {"migrate", "gyre", "postgres", "redis"}
    assert SERVICES["migrate"]["command"] == ["migrate"]


@pytest.mark.parametrize("name", ["migrate", "gyre"])
def test_gyre_is_given_settings_it_knows(name: str) -> None:
    given = {key for key in SERVICES[name]["environment"] if key.startswith("GYRE_")}
    assert given - SETTINGS == set()
    assert given >= {"GYRE_DATABASE_URL", "GYRE_REDIS_URL", "GYRE_SECRET_KEYS"}


@pytest.mark.parametrize("name", ["migrate", "gyre"])
def test_gyre_runs_with_no_more_than_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_gyre_is_published_to_this_machine_alone() -> None:
    assert SERVICES["gyre"]["ports"] == ["127.0.0.1:8000:8000"]


def test_whoever_is_waited_for_says_when_it_is_ready() -> None:
    for service in SERVICES.values():
        for other, how in service.get("depends_on", {}).items():
            condition = how["condition"]
            assert condition == "service_completed_successfully" or "healthcheck" in SERVICES[other]
    assert SERVICES["gyre"]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_secrets_have_no_default() -> None:
    text = (DOCKER / "compose.yaml").read_text()
    for name in ("POSTGRES_PASSWORD", "GYRE_SECRET_KEYS", "GYRE_ADMIN_PASSWORD"):
        uses = re.findall(r"\$\{" + name + r"([^}]*)\}", text)
        assert uses
        assert all(use.startswith(":?") for use in uses)


def test_the_image_gives_gyre_settings_it_knows_and_a_user_of_its_own() -> None:
    dockerfile = (DOCKER / "Dockerfile").read_text()
    assert set(re.findall(r"\b(GYRE_[A-Z_]+)=", dockerfile)) - SETTINGS == set()
    assert "USER 10001:10001" in dockerfile
