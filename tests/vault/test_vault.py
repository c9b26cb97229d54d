"""Tokens and ciphertexts: which open, which do not, and where the keys come from."""

import base64
import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest

from gyre.errors import BadSettings
from gyre.settings import SecretKey, Settings
from gyre.vault import Undecipherable, Untrusted, Vault, open_vault

OLD = SecretKey("old", b"o" * 32)
NEW = SecretKey("new", b"n" * 32)
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


def signed(vault: Vault, *, audience: str = "session", hours: int = 1) -> str:
    return vault.sign({"sub": "eve"}, audience=audience, issued=NOW, expires=NOW + timedelta(hours=hours))


def test_a_token_holds_its_claims_and_names_the_key_that_signed_it() -> None:
    token = signed(Vault([NEW, OLD]))
    assert jwt.get_unverified_header(token) == {"alg": "EdDSA", "kid": "new", "typ": "JWT"}
    assert Vault([NEW]).verify(token, audience="session", now=NOW) == {
        "sub": "eve",
        "iss": "gyre",
        "aud": "session",
        "iat": 1769860800,
        "exp": 1769864400,
    }


def test_after_rotation_the_old_keys_tokens_hold_until_the_key_is_taken_away() -> None:
    token = signed(Vault([OLD]))
    assert Vault([NEW, OLD]).verify(token, audience="session", now=NOW)["sub"] == "eve"
    with pytest.raises(Untrusted, match="a key that is not ours"):
        Vault([NEW]).verify(token, audience="session", now=NOW)


def _with_part(token: str, part: int, **changes: object) -> str:
    parts = token.split(".")
    content = json.loads(base64.urlsafe_b64decode(parts[part] + "=="))
    parts[part] = base64.urlsafe_b64encode(json.dumps(content | changes).encode()).decode().rstrip("=")
    return ".".join(parts)


@pytest.mark.parametrize(
    "spoiled",
    [
        "",
        "a.b.c",
        "\0",
        signed(Vault([NEW]), audience="invite"),
        signed(Vault([SecretKey("new", b"x" * 32)])),
        signed(Vault([NEW]), hours=0),
        _with_part(signed(Vault([NEW])), 1, sub="admin"),
        _with_part(signed(Vault([NEW])), 0, alg="none"),
        _with_part(signed(Vault([NEW])), 0, alg="HS256"),
        _with_part(signed(Vault([NEW])), 0, kid=["new"]),
        jwt.encode({"sub": "eve", "aud": "session", "iss": "gyre"}, "n" * 32, headers={"kid": "new"}),
    ],
)
def test_anything_else_is_untrusted(spoiled: str) -> None:
    with pytest.raises(Untrusted):
        Vault([NEW]).verify(spoiled, audience="session", now=NOW)


def test_what_is_sealed_opens_only_in_its_place_and_unchanged() -> None:
    vault = Vault([NEW, OLD])
    sealed = vault.encrypt(b"kubeconfig", bound_to="clusters/kubeconfig/1")
    assert b"kubeconfig" not in sealed
    assert vault.decrypt(sealed, bound_to="clusters/kubeconfig/1") == b"kubeconfig"
    with pytest.raises(Undecipherable):
        vault.decrypt(sealed, bound_to="clusters/kubeconfig/2")
    for place in range(len(sealed)):
        changed = bytes([*sealed[:place], sealed[place] ^ 1, *sealed[place + 1 :]])
        with pytest.raises(Undecipherable):
            vault.decrypt(changed, bound_to="clusters/kubeconfig/1")
        with pytest.raises(Undecipherable):
            vault.decrypt(sealed[:place], bound_to="clusters/kubeconfig/1")


def test_after_rotation_old_secrets_open_and_are_known_to_be_due() -> None:
    sealed = Vault([OLD]).encrypt(b"x", bound_to="a")
    rotated = Vault([NEW, OLD])
    assert rotated.decrypt(sealed, bound_to="a") == b"x"
    assert not rotated.encrypted_with_first(sealed)
    assert rotated.encrypted_with_first(rotated.encrypt(b"x", bound_to="a"))
    with pytest.raises(Undecipherable, match="a key that GYRE_SECRET_KEYS does not hold"):
        Vault([NEW]).decrypt(sealed, bound_to="a")


def test_without_the_setting_a_key_is_made_once_and_kept_for_the_owner_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    token = signed(open_vault(settings))
    kept = tmp_path / "data" / "secret-keys"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert open_vault(settings).verify(token, audience="session", now=NOW)["sub"] == "eve"
    assert [path.name for path in kept.parent.iterdir()] == ["secret-keys"]


def test_a_key_file_that_all_can_read_or_that_is_broken_is_refused(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    kept = tmp_path / "secret-keys"
    kept.write_text("first:hush")
    kept.chmod(0o644)
    with pytest.raises(BadSettings, match="can be read by everyone on this machine"):
        open_vault(settings)
    kept.chmod(0o600)
    with pytest.raises(BadSettings, match="secret-keys cannot be used") as refused:
        open_vault(settings)
    assert "hush" not in refused.value.message


def test_on_postgres_the_keys_have_to_be_given(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url="postgresql://gyre@db/gyre")
    with pytest.raises(BadSettings, match="GYRE_SECRET_KEYS is not set"):
        open_vault(settings)
    assert list(tmp_path.iterdir()) == []
