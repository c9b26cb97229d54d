"""How a Receiver gets its path, and that static kinds are left alone."""

import hashlib

from tests.support.living import Living

SPEC = {
    "type": "github",
    "secretRef": {"name": "token"},
    "resources": [{"kind": "GitRepository", "name": "shop"}],
    "interval": "5m",
}


def test_a_receiver_has_a_path_that_follows_from_its_token(living: Living) -> None:
    living.has_secret("token", token="c2VjcmV0")
    living.has("Receiver", "github", SPEC)
    living.passes(2)
    path = f"/hook/{hashlib.sha256(b'secretgithubshop').hexdigest()}"
    assert living.status("Receiver", "github")["webhookPath"] == path
    message = f"Receiver initialized for path: {path}"
    assert living.says("Receiver", "github") == ("True", "Succeeded", message)
    assert living.events("github") == [("Normal", "Succeeded", "Reconciliation finished, next run in 5m0s")]


def test_a_receiver_without_its_token_fails_and_recovers(living: Living) -> None:
    living.has("Receiver", "github", SPEC)
    living.passes(2)
    missing = "unable to read token from secret 'shop/token' error: secrets \"token\" not found"
    assert living.says("Receiver", "github") == ("False", "TokenNotFound", missing)
    living.has_secret("token", token="c2VjcmV0")
    living.passes(40)
    said = living.says("Receiver", "github")
    assert said is not None
    assert said[:2] == ("True", "Succeeded")


def test_alerts_and_providers_never_get_a_status_or_a_finalizer(living: Living) -> None:
    living.has("Provider", "slack", {"type": "slack", "channel": "general"})
    sources = [{"kind": "Kustomization", "name": "*"}]
    living.has("Alert", "all", {"providerRef": {"name": "slack"}, "eventSources": sources})
    living.passes(60)
    for kind, name in (("Provider", "slack"), ("Alert", "all")):
        assert "status" not in living.get(kind, name)
        assert "finalizers" not in living.get(kind, name)["metadata"]
