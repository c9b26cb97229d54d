"""An uploaded kubeconfig is accepted field by field; what is refused is named by its path, never by what it holds."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from gyre.errors import ClusterUnreachable, Invalid
from gyre.kube.client import Call, open_client
from gyre.kube.uploaded import MOST_NAMED, FromUpload, Upload, accept, load
from gyre.terms.naming import ClusterName
from tests.support.certificates import Authority
from tests.support.remote import TOKEN, encoded, kubeconfig, open_remote

pytestmark = pytest.mark.anyio

SERVER = "https://10.0.0.1:6443"
SECRET = "what-must-never-be-told"


def accepted(context: str | None = None, **parts: Any) -> Upload:
    return accept(json.loads(kubeconfig(parts.pop("server", SERVER), **parts)), context)


def refused(context: str | None = None, **parts: Any) -> Invalid:
    with pytest.raises(Invalid) as error:
        accepted(context, **parts)
    assert SECRET not in error.value.message + json.dumps(error.value.details)
    assert error.value.__cause__ is None or SECRET not in str(error.value.__cause__)
    return error.value


def fields(error: Invalid) -> list[str]:
    assert error.details["path"] == ["kubeconfig"]
    causes = error.details["causes"]
    assert isinstance(causes, list)
    assert all(cause["message"] for cause in causes)
    return [cause["field"] for cause in causes]


async def test_an_address_whom_to_trust_there_and_a_token_are_accepted_and_kept_word_for_word() -> None:
    authority = Authority().certificate
    upload = accepted(authority=authority, cluster={"tls-server-name": "api.example"}, server=f"{SERVER}/k8s/c-1/")
    assert upload == Upload(
        server=f"{SERVER}/k8s/c-1",
        context="there",
        authority=authority.decode(),
        token=TOKEN,
        tls_server_name="api.example",
    )
    assert upload.host == "10.0.0.1:6443"
    assert load(upload.dump()) == upload
    assert TOKEN not in repr(upload)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("exec", {"command": SECRET}),
        ("auth-provider", {"name": "gcp", "config": {"cmd-path": SECRET}}),
        ("tokenFile", f"/{SECRET}"),
        ("client-certificate", f"/{SECRET}"),
        ("client-key", f"/{SECRET}"),
        ("username", SECRET),
        ("password", SECRET),
        ("as", SECRET),
        ("as-groups", [SECRET]),
        ("extensions", [{"name": SECRET}]),
        ("anything-new", SECRET),
    ],
)
async def test_a_field_of_the_user_that_runs_reads_or_is_unknown_is_refused_by_its_path(
    field: str, value: object
) -> None:
    error = refused(user={"token": TOKEN, field: value})
    assert fields(error) == [f"users[0].user.{field}"]
    assert f"users[0].user.{field}: " in error.message


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("certificate-authority", f"/{SECRET}"),
        ("insecure-skip-tls-verify", True),
        ("proxy-url", f"http://{SECRET}"),
        ("disable-compression", True),
        ("anything-new", SECRET),
    ],
)
async def test_a_field_of_the_cluster_that_reads_or_leads_elsewhere_is_refused_by_its_path(
    field: str, value: object
) -> None:
    assert fields(refused(cluster={field: value})) == [f"clusters[0].cluster.{field}"]


async def test_a_field_of_the_context_that_is_unknown_is_refused_by_its_path() -> None:
    context = {"cluster": "it", "user": "me", "namespace": "flux-system"}
    accepted(top={"contexts": [{"name": "there", "context": context}]})
    for field in ("extensions", "anything-new"):
        error = refused(top={"contexts": [{"name": "there", "context": context | {field: [SECRET]}}]})
        assert fields(error) == [f"contexts[0].context.{field}"]


async def test_of_very_many_fields_the_first_are_named() -> None:
    error = refused(user={"token": TOKEN, **{f"field-{number:02}": SECRET for number in range(50)}})
    assert fields(error) == [f"users[0].user.field-{number:02}" for number in range(MOST_NAMED)]


async def test_everything_that_is_refused_is_told_at_once() -> None:
    error = refused(
        cluster={"proxy-url": "http://p", "insecure-skip-tls-verify": True}, user={"exec": {"command": "x"}}
    )
    assert fields(error) == [
        "clusters[0].cluster.proxy-url",
        "clusters[0].cluster.insecure-skip-tls-verify",
        "users[0].user.exec",
    ]


async def test_a_field_that_is_set_to_nothing_is_as_good_as_not_there() -> None:
    upload = accepted(cluster={"insecure-skip-tls-verify": False, "proxy-url": ""}, user={"token": TOKEN, "exec": None})
    assert upload.token == TOKEN


@pytest.mark.parametrize(
    "server",
    [
        "http://10.0.0.1",
        "https://",
        "https://user:pass@10.0.0.1",
        "https://10.0.0.1?x=1",
        "https://10.0.0.1#x",
        "https://10.0.0.1:99999",
        "https://10.0.0.1:x",
        "https://[::1",
        "https://a b",
        "https://a\n",
        "https://%31",
        "file:///etc/passwd",
        "unix:///var/run/docker.sock",
        "https://" + "a" * 3000,
        7,
        None,
    ],
)
async def test_a_server_that_is_no_plain_https_address_is_refused(server: Any) -> None:
    assert fields(refused(cluster={"server": server})) == ["clusters[0].cluster.server"]


@pytest.mark.parametrize("address", ["127.0.0.1", "[::1]", "169.254.169.254", "[::ffff:127.0.0.1]"])
async def test_an_address_of_this_machine_is_refused_before_anything_is_tried(address: str) -> None:
    way = FromUpload(accepted(server=f"https://{address}:6443"))
    with pytest.raises(Invalid, match=r"GYRE_ALLOW_LOCAL_CLUSTERS=true"):
        way.check()
    FromUpload(way.upload, local=True).check()


def pem(*, password: bytes | None = None) -> bytes:
    hidden = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, hidden)


@pytest.mark.parametrize(
    ("user", "field"),
    [
        ({}, ""),
        ({"token": 7}, ".token"),
        ({"token": f"a b {SECRET}"}, ".token"),
        ({"token": f"a\n{SECRET}"}, ".token"),
        ({"client-certificate-data": encoded(Authority().client("me").certificate)}, ""),
        ({"client-certificate-data": SECRET, "client-key-data": encoded(pem())}, ".client-certificate-data"),
        ({"client-key-data": encoded(SECRET.encode())}, ".client-key-data"),
        ({"client-key-data": encoded(pem(password=b"secret"))}, ".client-key-data"),
        (
            {
                "client-certificate-data": encoded(Authority().client("me").certificate),
                "client-key-data": encoded(pem()),
            },
            ".client-key-data",
        ),
    ],
)
async def test_credentials_that_can_be_none_are_refused_and_not_quoted(user: dict[str, Any], field: str) -> None:
    assert fields(refused(user=user)) == [f"users[0].user{field}"]


async def test_whom_to_trust_has_to_be_certificates() -> None:
    error = refused(cluster={"certificate-authority-data": encoded(SECRET.encode())})
    assert fields(error) == ["clusters[0].cluster.certificate-authority-data"]


CONTEXTS = [
    {"name": "there", "context": {"cluster": "it", "user": "me"}},
    {"name": "second", "context": {"cluster": "it", "user": "her"}},
]


async def test_the_context_is_chosen_and_what_others_hold_is_not_looked_at() -> None:
    users = [{"name": "me", "user": {"exec": {"command": "rm"}}}, {"name": "her", "user": {"token": "hers"}}]
    top = {"contexts": CONTEXTS, "users": users}
    assert accepted("second", top=top).token == "hers"
    assert fields(refused(top=top)) == ["users[0].user.exec"]


async def test_a_context_that_is_not_there_is_told_with_those_that_are() -> None:
    error = refused("third", top={"contexts": CONTEXTS})
    assert error.details == {"path": ["context"]}
    assert error.message == "The kubeconfig has no entry named 'third' in contexts. There are: there, second."


async def test_without_a_current_context_one_has_to_be_named() -> None:
    error = refused(top={"current-context": ""})
    assert error.details == {"path": ["context"]}
    assert error.message.endswith("There are: there.")


@pytest.mark.parametrize(
    "top",
    [
        {"users": []},
        {"users": "none"},
        {"users": [{"name": "me", "user": "x"}]},
        {"clusters": [{"name": "it", "cluster": {"server": SERVER}}] * 2},
        {"contexts": [{"name": "there", "context": {"cluster": 7, "user": "me"}}]},
        {"contexts": {"there": {}}},
    ],
)
async def test_a_kubeconfig_that_does_not_hang_together_is_refused(top: dict[str, Any]) -> None:
    assert refused(top=top).code == "VALIDATION_FAILED"


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_a_client_certificate_signs_gyre_in_and_no_file_of_it_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    async with open_remote(token="", asks_for_certificates=True) as remote:
        issued = remote.authority.client("gyre")
        user = {"client-certificate-data": encoded(issued.certificate), "client-key-data": encoded(issued.key)}
        way = FromUpload(accept(json.loads(remote.kubeconfig(user=user)), None), local=True)
        async with open_client(way, cluster=ClusterName("remote")) as client:
            assert b"v1.36.3" in await client.ask(Call(path="/version"))
        assert files_in(tmp_path) == []


async def test_certificates_that_tls_does_not_take_are_told_as_such() -> None:
    certificate = Authority().client("me").certificate.decode()
    upload = Upload(server=SERVER, context="there", certificate=certificate, key=pem().decode())
    async with open_client(FromUpload(upload), cluster=ClusterName("remote")) as client:
        with pytest.raises(ClusterUnreachable, match="the certificates for it can't be used"):
            await client.ask(Call(path="/version"))
