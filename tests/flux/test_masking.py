"""Secrets are gone before anything is kept, and nothing else is."""

import json
from copy import deepcopy
from typing import Any

import orjson
import pytest

from gyre.flux.intake import take
from gyre.flux.kinds import KINDS
from gyre.flux.masking import MASK
from gyre.flux.sensitive import promises_secret
from gyre.flux.urls import mask_text
from gyre.terms.naming import ClusterName, Kind

HUNTER = "hunter2-the-secret"


def masked(kind: str, *, ascii_only: bool = True, **document: Any) -> dict[str, Any]:
    """The object as it is kept."""
    known = {known.kind.name: known.kind for known in KINDS}
    of = known.get(kind, Kind("example.com", kind, "things") if kind != "Secret" else Kind("", "Secret", "secrets"))
    raw = json.dumps(
        {"kind": kind, **document, "metadata": {"name": "x", **document.get("metadata", {})}}, ensure_ascii=ascii_only
    )
    body = take(ClusterName("default"), of, "v1", raw.encode()).body
    loaded: dict[str, Any] = orjson.loads(body)
    return loaded


@pytest.mark.parametrize(
    "name",
    [
        "password", "PASSWORD", "adminPassword", "db_password", "token", "apiToken", "API_TOKEN", "secret",
        "clientSecret", "key", "apiKey", "apikey", "APIKey", "accessKeyId", "private-key",
        "tls.key", "credentials", "passphrase",
        "existingSecret", "auth", "connectionString", "bearer", "webhook", "htpasswd", ".dockerconfigjson", "pwd",
    ],
)  # fmt: skip
def test_names_whose_whole_words_promise_a_secret(name: str) -> None:
    assert promises_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        "author", "monkey", "keyboard", "tokenizer", "secretary", "passwordless", "authority", "hotkeys",
        "secretName", "passwordSecretRef", "tokenType", "keyLength", "topologyKey", "publicKey", "", "42", "é",
        "compass",         "authentication", "bypass", "monkeyPatch", "passwordPolicyEnabled",
    ],
)  # fmt: skip
def test_names_that_only_look_like_it(name: str) -> None:
    assert not promises_secret(name)


def test_helm_values_are_masked_under_such_names_and_nowhere_else() -> None:
    values = {
        "author": "ada",
        "monkey": "george",
        "keyboard": "qwerty",
        "replicas": 3,
        "adminPassword": HUNTER,
        "pin": {"token": 12345, "tokenType": "jwt"},
        "secrets": {"db": HUNTER, "enabled": True, "name": "db-secret", "list": [HUNTER, None, ""]},
        "existing": {"secretName": "db-secret"},
        "tolerations": [{"key": "node-role", "operator": "Exists"}],
        "env": [
            {"name": "DB_PASSWORD", "value": HUNTER},
            {"name": "LOG_LEVEL", "value": "debug"},
            {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "s", "key": "token"}}},
        ],
        "url": f"postgres://app:{HUNTER}@db:5432/app?sslmode=require",
        "pem": f"-----BEGIN RSA PRIVATE KEY-----\n{HUNTER}\n-----END RSA PRIVATE KEY-----\n",
        "extra": [{"kind": "Secret", "metadata": {"name": "s"}, "stringData": {"user": HUNTER}}],
        "config": f"server:\n  port: 80\n  api_key: {HUNTER}\n",
    }
    kept = masked("HelmRelease", spec={"chart": {"spec": {"chart": "podinfo"}}, "values": deepcopy(values)})
    assert kept["spec"]["chart"] == {"spec": {"chart": "podinfo"}}
    assert kept["spec"]["values"] == {
        "author": "ada",
        "monkey": "george",
        "keyboard": "qwerty",
        "replicas": 3,
        "adminPassword": MASK,
        "pin": {"token": MASK, "tokenType": "jwt"},
        "secrets": {"db": MASK, "enabled": True, "name": "db-secret", "list": [MASK, None, ""]},
        "existing": {"secretName": "db-secret"},
        "tolerations": [{"key": "node-role", "operator": "Exists"}],
        "env": [
            {"name": "DB_PASSWORD", "value": MASK},
            {"name": "LOG_LEVEL", "value": "debug"},
            {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "s", "key": "token"}}},
        ],
        "url": f"postgres://{MASK}:{MASK}@db:5432/app?sslmode={MASK}",
        "pem": f"{MASK}\n",
        "extra": [{"kind": "Secret", "metadata": {"name": "s"}, "stringData": {"user": MASK}}],
        "config": f"server:\n  port: 80\n  api_key: {MASK}\n",
    }


def test_substitutions_inputs_and_defaults_are_masked_alike() -> None:
    substitute = {"domain": "example.com", "db_password": HUNTER}
    kept = masked("Kustomization", spec={"path": "./apps", "postBuild": {"substitute": substitute}})
    assert kept["spec"]["postBuild"]["substitute"] == {"domain": "example.com", "db_password": MASK}
    inputs = [{"tenant": "a", "apiToken": HUNTER}]
    assert masked("ResourceSet", spec={"inputs": inputs})["spec"]["inputs"] == [{"tenant": "a", "apiToken": MASK}]
    exported = masked("ResourceSetInputProvider", status={"exportedInputs": [{"id": "1", "token": HUNTER}]})
    assert exported["status"]["exportedInputs"] == [{"id": "1", "token": MASK}]


def test_fields_of_flux_that_only_name_secrets_stay_readable() -> None:
    spec = {
        "url": "ssh://git@github.com/org/repo",
        "secretRef": {"name": "github-token"},
        "verify": {"mode": "HEAD", "secretRef": {"name": "keys"}},
    }
    assert masked("GitRepository", spec=deepcopy(spec))["spec"] == spec
    release = {
        "valuesFrom": [{"kind": "Secret", "name": "v", "valuesKey": "token"}],
        "kubeConfig": {"secretRef": {"key": "k"}},
    }
    assert masked("HelmRelease", spec=deepcopy(release))["spec"] == release
    decryption = {"decryption": {"provider": "sops", "secretRef": {"name": "sops-age"}}}
    assert masked("Kustomization", spec=deepcopy(decryption))["spec"] == decryption
    signing = {"git": {"commit": {"signingKey": {"secretRef": {"name": "gpg"}}}}}
    assert masked("ImageUpdateAutomation", spec=deepcopy(signing))["spec"] == signing


def test_a_secret_keeps_only_the_names_of_its_entries() -> None:
    kept = masked("Secret", type="Opaque", data={"user": HUNTER, "odd": 7}, stringData={"a": HUNTER})
    assert (kept["type"], kept["data"], kept["stringData"]) == ("Opaque", {"user": MASK, "odd": MASK}, {"a": MASK})


def test_the_webhook_path_is_a_secret_also_in_messages() -> None:
    path = "/hook/" + "ab12" * 16
    message = f"Receiver initialized for path: {path}"
    status = {"webhookPath": path, "conditions": [{"type": "Ready", "status": "True", "message": message}]}
    kept = masked("Receiver", status=status)
    assert path not in json.dumps(kept)
    assert kept["status"]["webhookPath"] == MASK
    odd = {"webhookPath": "/odd/path", "conditions": [{"type": "Ready", "message": "now at /odd/path"}]}
    assert masked("Receiver", status=odd)["status"]["conditions"][0]["message"] == f"now at {MASK}"


@pytest.mark.parametrize(
    ("provider", "address", "kept"),
    [
        ("slack", "https://hooks.slack.com/services/T0/B0/XYZ", f"https://hooks.slack.com/{MASK}"),
        ("generic", "https://example.com/notify/XYZ?t=1", f"https://example.com/{MASK}"),
        ("unheard-of", "https://example.com", "https://example.com"),
        ("azureeventhub", "Endpoint=sb://x;SharedAccessKey=XYZ", MASK),
        ("azureeventhub", "sb://x;SharedAccessKey=XYZ", f"sb://x/{MASK}"),
        ("azureeventhub", "SharedAccessKey=XYZ", MASK),
        ("github", "https://github.com/org/repo", "https://github.com/org/repo"),
        ("gitlab", "https://user:XYZ@gitlab.com/org/repo", f"https://{MASK}:{MASK}@gitlab.com/org/repo"),
        ("slack", "", ""),
    ],
)
def test_an_address_that_anybody_may_call_keeps_only_its_host(provider: str, address: str, kept: str) -> None:
    spec = masked("Provider", spec={"type": provider, "address": address, "secretRef": {"name": "s"}})["spec"]
    assert spec == {"type": provider, "address": kept, "secretRef": {"name": "s"}}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("https://user:pw@host/path", f"https://{MASK}:{MASK}@host/path"),
        ("https://ghp_abc@github.com/org/repo", f"https://{MASK}@github.com/org/repo"),
        ("ssh://git@github.com/org/repo", "ssh://git@github.com/org/repo"),
        ("git+ssh://git:pw@host/x", f"git+ssh://{MASK}:{MASK}@host/x"),
        ("https://user:pa/ss@host/path", f"https://{MASK}:{MASK}@host/path"),
        ("https://user:p@ss@host/path", f"https://{MASK}:{MASK}@host/path"),
        ("https://host/path?token=abc&x#top", f"https://host/path?token={MASK}&{MASK}#top"),
        ("https://host:8443/path/file@sha256:abc", "https://host:8443/path/file@sha256:abc"),
        ("oci://ghcr.io/org/app:v1@sha256:abcdef", "oci://ghcr.io/org/app:v1@sha256:abcdef"),
        ('Get "https://u:p@host/v2/": EOF', f'Get "https://{MASK}:{MASK}@host/v2/": EOF'),
        ("Post https://discord.com/api/webhooks/1/abc failed", f"Post https://discord.com/{MASK} failed"),
        (
            "stored artifact for revision 'main@sha1:132f4e719209eb10b9485302f8593fc0e680f4fc' at 12:30:00",
            "stored artifact for revision 'main@sha1:132f4e719209eb10b9485302f8593fc0e680f4fc' at 12:30:00",
        ),
        ("image ghcr.io/stefan/app:6.5.1@sha256:aa not found", "image ghcr.io/stefan/app:6.5.1@sha256:aa not found"),
        ("://", "://"),
        ("a://b://c@d", f"a://{MASK}:{MASK}@d"),
    ],
)
def test_urls_in_any_text_lose_their_secrets_and_nothing_else(text: str, kept: str) -> None:
    assert mask_text(text) == kept
    message = masked("GitRepository", status={"conditions": [{"type": "Ready", "message": text}]})
    assert message["status"]["conditions"][0]["message"] == kept


def test_an_inline_patch_keeps_its_shape_without_its_secrets() -> None:
    patch = f"""apiVersion: v1
kind: Secret
metadata:
  name: db
stringData:
  user: {HUNTER}
  file: |
    {HUNTER}

    {HUNTER} again
  "quoted": "{HUNTER}"
type: Opaque
---
kind: Deployment
spec:
  containers:
    - name: app
      env:
        - name: DB_PASSWORD
          value: {HUNTER}
        - name: LOG
          value: debug
      apiKey: "{HUNTER}"
      token:
        - {HUNTER}
      author: ada
"""
    kept = masked("Kustomization", spec={"patches": [{"patch": patch, "target": {"kind": "Secret"}}]})
    assert (
        kept["spec"]["patches"][0]["patch"]
        == f"""apiVersion: v1
kind: Secret
metadata:
  name: db
stringData:
  user: {MASK}
  file: |
    {MASK}

    {MASK}
  "quoted": {MASK}
type: Opaque
---
kind: Deployment
spec:
  containers:
    - name: app
      env:
        - name: DB_PASSWORD
          value: {MASK}
        - name: LOG
          value: debug
      apiKey: {MASK}
      token:
        {MASK}
      author: ada
"""
    )


def test_json_patches_are_masked_in_either_notation() -> None:
    yaml = f"- op: replace\n  path: /stringData/user\n  value: {HUNTER}\n"
    as_json = json.dumps({"kind": "Secret", "data": {"user": HUNTER}})
    plain = "- op: replace\n  path: /spec/replicas\n  value: 3\n"
    patches = [{"patch": text} for text in (yaml, as_json, plain)]
    kept = masked("FluxInstance", spec={"kustomize": {"patches": patches}})["spec"]["kustomize"]["patches"]
    assert kept[0]["patch"] == yaml.replace(HUNTER, MASK)
    assert json.loads(kept[1]["patch"]) == {"kind": "Secret", "data": {"user": MASK}}
    assert kept[2]["patch"] == plain


def test_templates_and_inline_objects_of_a_resource_set_are_masked() -> None:
    template = f"kind: Secret\nmetadata:\n  name: << inputs.name >>\ndata:\n  k: {HUNTER}\n"
    resources = [{"kind": "Secret", "stringData": {"k": HUNTER}}, {"kind": "ConfigMap", "data": {"k": "v"}}]
    kept = masked("ResourceSet", spec={"resourcesTemplate": template, "resources": resources})["spec"]
    assert kept["resourcesTemplate"] == template.replace(HUNTER, MASK)
    assert kept["resources"] == [
        {"kind": "Secret", "stringData": {"k": MASK}},
        {"kind": "ConfigMap", "data": {"k": "v"}},
    ]


def test_a_kind_nobody_knows_is_masked_everywhere() -> None:
    kept = masked("Widget", spec={"password": HUNTER, "size": 3}, status={"token": HUNTER, "phase": "Up"})
    assert kept["spec"] == {"password": MASK, "size": 3}
    assert kept["status"] == {"token": MASK, "phase": "Up"}


def test_annotations_are_masked_by_the_last_part_of_their_name() -> None:
    annotations = {
        "example.com/api-token": HUNTER,
        "token.example.com/note": "hi",
        "example.com/at": f"https://u:{HUNTER}@h/",
    }
    kept = masked("Kustomization", metadata={"annotations": annotations})
    assert kept["metadata"]["annotations"] == {
        "example.com/api-token": MASK,
        "token.example.com/note": "hi",
        "example.com/at": f"https://{MASK}:{MASK}@h/",
    }


PLACES: dict[str, tuple[str, dict[str, Any]]] = {
    "last-applied": (
        "HelmRelease",
        {"metadata": {"annotations": {"kubectl.kubernetes.io/last-applied-configuration": HUNTER}}},
    ),
    "managed fields": ("HelmRelease", {"metadata": {"managedFields": [{"manager": HUNTER}]}}),
    "values": ("HelmRelease", {"spec": {"values": {"a": [{"b": {"password": HUNTER}}]}}}),
    "a post renderer": (
        "HelmRelease",
        {"spec": {"postRenderers": [{"kustomize": {"patches": [{"patch": f"kind: Secret\ndata:\n  a: {HUNTER}"}]}}]}},
    ),
    "a proxy": ("Provider", {"spec": {"type": "github", "proxy": f"http://u:{HUNTER}@proxy:3128"}}),
    "a bucket": ("Bucket", {"spec": {"endpoint": f"https://{HUNTER}@minio"}}),
    "an odd status": ("Kustomization", {"status": {"conditions": f"https://u:{HUNTER}@h"}}),
    "event metadata": ("Alert", {"spec": {"eventMetadata": {"token": HUNTER}}}),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_secret_leaves_no_trace_in_what_is_kept(place: str) -> None:
    kind, document = PLACES[place]
    assert HUNTER in json.dumps(document)
    assert HUNTER not in json.dumps(masked(kind, **deepcopy(document)))


def test_no_way_of_writing_a_character_hides_a_secret() -> None:
    plain = b'{"metadata": {"name": "x"}, "spec": {"url": "https://u:hunter2@host/"}}'
    patch = b'{"metadata": {"name": "x"}, "spec": {"patches": [{"patch": "a: 1\\ntoken: hunter2"}]}}'
    repository = Kind("source.toolkit.fluxcd.io", "GitRepository", "gitrepositories")
    escaped = (plain.replace(b"/", b"\\/"), plain.replace(b":/", b"\\u003a/"), patch.replace(b"\\n", b"\\u000a"))
    for raw in (plain, patch, *escaped):
        assert b"hunter2" in raw
        assert b"hunter2" not in take(ClusterName("default"), repository, "v1", raw).body
