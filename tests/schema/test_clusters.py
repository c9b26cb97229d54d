"""Clusters added, changed, tested and removed over GraphQL while Gyre runs, and what of them is told to whom."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from gyre.terms.people import Role
from models.auditing import AuditEntry
from models.clusters import StoredCluster
from tests.schema.uploading import (
    ADD,
    CHANGES,
    CLUSTERS,
    REMOVE,
    ROWS,
    TEST,
    UPDATE,
    added,
    cluster,
    gyre,
    refused,
    remote,
    rows,
)
from tests.support.certificates import Authority
from tests.support.cluster import KUSTOMIZATIONS, LittleCluster, thing
from tests.support.graphql import DEFAULT, Gyre, gyre_on
from tests.support.people import rule
from tests.support.remote import TOKEN, Remote, kubeconfig, open_remote, server_tls
from tests.support.wire import answer, document, hang, open_wire

pytestmark = pytest.mark.anyio

__all__ = ["cluster", "gyre", "remote"]

HERE, FAR, NEAR = ("default", "apps"), ("production", "far"), ("production", "near")


async def test_a_cluster_is_tried_kept_and_watched_and_what_opens_it_is_never_told(
    gyre: Gyre, remote: Remote, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ada = await gyre.signed_in("ada")
    made = await added(ada, remote)
    assert made["name"] == "production"
    assert (made["source"], made["impersonate"]) == ("ADDED", False)
    registration = made["registration"]
    assert registration["server"] == f"127.0.0.1:{remote.cluster.port}"
    assert (registration["context"], registration["addedBy"]) == ("there", "ada")
    assert registration["test"]["worked"] is True
    assert registration["test"]["message"] == "Kubernetes v1.36.3, 2 kinds of Flux"
    await rows(ada, HERE, FAR, NEAR)
    assert set(remote.cluster.callers) == {TOKEN}

    everything = json.dumps(await ada.data(CLUSTERS)) + caplog.text
    everything += json.dumps([str(dict(row)) async for row in AuditEntry.all().values()])
    assert TOKEN not in everything
    assert remote.authority.certificate.decode()[30:80] not in everything
    (row,) = await StoredCluster.all()
    assert TOKEN.encode() not in bytes(row.sealed)


async def test_who_adds_a_cluster_and_who_watches_are_told_of_its_objects_and_of_their_end(
    gyre: Gyre, remote: Remote
) -> None:
    ada = await gyre.signed_in("ada")
    async with ada.socket() as socket:
        await socket.init()
        await socket.subscribe("1", CHANGES)
        made = await added(ada, remote)
        told = []
        while ("ADDED", "far") not in told or ("ADDED", "near") not in told:
            change = (await socket.hear(20))["payload"]["data"]["resourceChanges"]
            told.append((change["type"], change["row"] and change["row"]["name"]))
        assert (await ada.data(REMOVE, id=made["id"]))["done"] == {"name": "production", "errors": []}
        while (change["type"], change["cluster"]) != ("RESYNC", "production"):
            change = (await socket.hear(20))["payload"]["data"]["resourceChanges"]
    assert await rows(ada, HERE) == [HERE]
    assert [one["name"] for one in (await ada.data(CLUSTERS))["clusters"]] == ["default"]
    assert await StoredCluster.all().count() == 0
    seen = len(remote.cluster.callers)
    gone = await ada.ask('{ cluster(name: "production") { name } }')
    assert gone["errors"][0]["extensions"]["code"] == "CLUSTER_NOT_FOUND"
    assert len(remote.cluster.callers) == seen
    assert all(not served.watchers for served in remote.cluster.served.values())


async def test_the_operators_cluster_and_those_that_are_not_there_are_not_changed(gyre: Gyre, remote: Remote) -> None:
    ada = await gyre.signed_in("ada")
    own: list[tuple[str, dict[str, Any]]] = [
        (REMOVE, {"id": "default"}),
        (UPDATE, {"input": {"id": "default", "kubeconfig": remote.kubeconfig()}}),
    ]
    for mutation, variables in own:
        code, message = await refused(ada, mutation, **variables)
        assert (code, message) == (
            "CONFLICT",
            "default comes from the operator's own environment: it can't be changed or removed here.",
        )
    missing: list[tuple[str, dict[str, Any]]] = [
        (REMOVE, {"id": "other"}),
        (UPDATE, {"input": {"id": "other", "impersonate": True}}),
    ]
    for mutation, variables in missing:
        assert await refused(ada, mutation, **variables) == ("CLUSTER_NOT_FOUND", "There is no cluster 'other' here.")
    assert await rows(ada, HERE) == [HERE]
    assert remote.cluster.callers == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("default", "ALREADY_EXISTS"),
        ("Default", "ALREADY_EXISTS"),
        ("PRODUCTION", "ALREADY_EXISTS"),
        ("production", "ALREADY_EXISTS"),
        ("", "VALIDATION_FAILED"),
        ("*", "VALIDATION_FAILED"),
        ("-x", "VALIDATION_FAILED"),
        ("a/b", "VALIDATION_FAILED"),
        ("__proto__", "VALIDATION_FAILED"),
        ("a" * 64, "VALIDATION_FAILED"),
        ("00000000-0000-4000-8000-000000000000", "VALIDATION_FAILED"),
    ],
)
async def test_a_name_that_is_taken_or_none_is_refused(gyre: Gyre, remote: Remote, name: str, code: str) -> None:
    ada = await gyre.signed_in("ada")
    await added(ada, remote)
    asked = len(remote.cluster.callers)
    given = {"name": name, "kubeconfig": kubeconfig("https://203.0.113.1")}
    assert (await refused(ada, ADD, input=given))[0] == code
    assert len(remote.cluster.callers) >= asked


async def test_a_field_that_is_refused_is_named_and_nothing_is_asked(gyre: Gyre, remote: Remote) -> None:
    ada = await gyre.signed_in("ada")
    given = {"name": "production", "kubeconfig": remote.kubeconfig(user={"exec": {"command": "sh"}})}
    for mutation in (ADD, TEST):
        own = given if mutation == ADD else {"kubeconfig": given["kubeconfig"]}
        (error,) = (await ada.data(mutation, input=own))["done"]["errors"]
        assert (error["code"], error["path"]) == ("VALIDATION_FAILED", ["kubeconfig"])
        assert error["causes"] == [{"field": "users[0].user.exec", "message": "it runs a program", "reason": "Refused"}]
    assert await StoredCluster.all().count() == 0
    assert remote.cluster.callers == []


BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{this}: &{this} [{','.join(['*' + before] * 10)}]\n" for before, this in zip("abcdefg", "bcdefgh", strict=True)
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is empty"),
        ("[]", "it is no object"),
        ("a: [", "its syntax is wrong"),
        ("a: 1\na: 2", "a key is there twice"),
        ("a: 1\n---\nb: 2", "there is more than one document"),
        ("a: !!python/object/apply:os.system [id]", "it has tags"),
        ("a: " + "[" * 500, "it is nested too deeply"),
        (BOMB, "it has too many values"),
        ("token: *the-secret", "an alias stands for nothing"),
    ],
)
async def test_what_is_no_kubeconfig_is_refused_without_being_quoted(gyre: Gyre, text: str, said: str) -> None:
    ada = await gyre.signed_in("ada")
    code, message = await refused(ada, ADD, input={"name": "production", "kubeconfig": text})
    assert code == "VALIDATION_FAILED"
    assert said in message
    assert "the-secret" not in message


async def test_a_wrong_token_is_refused_in_the_api_servers_words(gyre: Gyre, remote: Remote) -> None:
    ada = await gyre.signed_in("ada")
    wrong = remote.kubeconfig(user={"token": "another"})
    code, message = await refused(ada, ADD, input={"name": "production", "kubeconfig": wrong})
    assert (code, message) == ("REFUSED_BY_CLUSTER", "production: Unauthorized")
    (test,) = [(await ada.data(TEST, input={"kubeconfig": wrong}))["done"]["test"]]
    assert (test["worked"], test["code"], test["message"]) == (False, "REFUSED_BY_CLUSTER", "cluster: Unauthorized")
    for served in remote.cluster.served.values():
        served.refuses = 403
    code, message = await refused(ada, ADD, input={"name": "production", "kubeconfig": remote.kubeconfig()})
    assert (code, message) == ("REFUSED_BY_CLUSTER", "production: may not list helmreleases")


async def test_what_is_not_there_or_no_kubernetes_is_told_apart(gyre: Gyre, remote: Remote) -> None:
    ada = await gyre.signed_in("ada")
    port = remote.cluster.port
    remote.cluster.go_away()
    given = {"name": "production", "kubeconfig": remote.kubeconfig()}
    code, message = await refused(ada, ADD, input=given)
    assert code == "CLUSTER_UNREACHABLE"
    assert message.startswith("production: the API server can't be reached: ")
    remote.cluster.come_back()
    foreign = {"name": "production", "kubeconfig": kubeconfig(f"https://127.0.0.1:{port}")}
    code, message = await refused(ada, ADD, input=foreign)
    assert code == "CLUSTER_UNREACHABLE"
    assert "certificate verify failed" in message
    authority = Authority()
    async with open_wire(server_tls(authority)) as wire:
        given["kubeconfig"] = kubeconfig(wire.url, authority.certificate)
        for scripted, said in (
            (document({"hello": "world"}), "/version is not that of a Kubernetes API"),
            (answer(200, b"<html>secret page</html>"), "/version is not that of a Kubernetes API"),
            (answer(404, b"secret page"), "what answers there is no Kubernetes API (HTTP 404)"),
            (answer(302, b"", Location="https://127.0.0.1"), "(HTTP 302, a redirect, which is not followed)"),
        ):
            wire.on("GET", "/version", scripted)
            code, message = await refused(ada, ADD, input=given)
            assert code == "CLUSTER_UNREACHABLE"
            assert said in message
            assert "secret page" not in message


async def test_who_never_answers_is_not_waited_for_for_ever(gyre: Gyre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gyre.kube.checking.CHECK_SECONDS", 0.2)
    authority, ada = Authority(), await gyre.signed_in("ada")
    async with open_wire(server_tls(authority)) as wire:
        wire.on("GET", "/version", hang)
        given = {"name": "production", "kubeconfig": kubeconfig(wire.url, authority.certificate)}
        assert (await refused(ada, ADD, input=given))[0] == "CLUSTER_UNREACHABLE"


async def test_a_cluster_changed_is_reached_in_the_new_way_at_once_and_read_anew(gyre: Gyre, remote: Remote) -> None:
    ada = await gyre.signed_in("ada")
    made = await added(ada, remote)
    await rows(ada, HERE, FAR, NEAR)
    async with open_remote(token="another-secret-token") as other:
        other.cluster.has(KUSTOMIZATIONS, thing("new", "shop"))
        wrong = {"id": made["id"], "kubeconfig": other.kubeconfig()}
        assert (await refused(ada, UPDATE, input=wrong))[0] == "REFUSED_BY_CLUSTER"
        right = {"id": "production", "kubeconfig": other.kubeconfig(user={"token": "another-secret-token"})}
        done = (await ada.data(UPDATE, input=right))["done"]
        assert done["errors"] == []
        assert done["cluster"]["id"] == made["id"]
        assert done["cluster"]["registration"]["server"] == f"127.0.0.1:{other.cluster.port}"
        await rows(ada, HERE, ("production", "new"))
        assert all(not served.watchers for served in remote.cluster.served.values())
        done = (await ada.data(UPDATE, input={"id": made["id"], "impersonate": True}))["done"]
        assert done["cluster"]["impersonate"] is True
        await rows(ada, HERE, ("production", "new"))
    for given in ({"id": made["id"]}, {"id": made["id"], "context": "there", "impersonate": False}):
        assert (await refused(ada, UPDATE, input=given))[0] == "VALIDATION_FAILED"


async def test_a_test_is_told_and_remembered(gyre: Gyre, remote: Remote) -> None:
    ada = await gyre.signed_in("ada")
    made = await added(ada, remote)
    remote.cluster.token = "changed"
    for asked, of in (({"id": made["id"]}, "production"), ({"id": "default"}, "default")):
        test = (await ada.data(TEST, input=asked))["done"]["test"]
        assert test["worked"] is (of == "default")
        (kept,) = [one for one in (await ada.data(CLUSTERS))["clusters"] if one["name"] == of]
        assert kept["registration"]["test"] == test
    (error,) = (await ada.data(TEST, input={}))["done"]["errors"]
    assert error["code"] == "VALIDATION_FAILED"


async def test_others_see_the_cluster_as_far_as_they_see_something_on_it_and_nothing_of_its_registration(
    gyre: Gyre, remote: Remote
) -> None:
    ada, vic = await gyre.signed_in("ada"), await gyre.signed_in("vic", Role.VIEWER)
    mia = await gyre.signed_in("mia", Role.MEMBER)
    made = await added(ada, remote)
    seen = (await vic.data(CLUSTERS))["clusters"]
    assert [(one["name"], one["registration"]) for one in seen] == [("default", None), ("production", None)]
    assert (await mia.data(CLUSTERS))["clusters"] == []
    document = "query($id: ID) { cluster(id: $id) { name registration { server } } }"
    assert (await vic.data(document, id=made["id"]))["cluster"] == {"name": "production", "registration": None}
    nothing = await mia.ask(document, id=made["id"])
    assert nothing["errors"][0]["extensions"]["code"] == "CLUSTER_NOT_FOUND"


async def test_a_binding_ends_with_its_cluster_and_another_of_the_same_name_has_it_not(
    gyre: Gyre, remote: Remote
) -> None:
    ada, mia = await gyre.signed_in("ada"), await gyre.signed_in("mia", Role.MEMBER)
    await added(ada, remote)
    await gyre.people.give("mia", rule("kustomizations", "shop", "view"), cluster="production", clusters=("default",))
    await rows(mia, FAR)
    bindings = "{ bindings { nodes { cluster } } }"
    assert (await ada.data(bindings))["bindings"]["nodes"] == [{"cluster": "production"}]
    async with mia.socket() as socket:
        await socket.init()
        await socket.subscribe("1", CHANGES)
        await ada.data(REMOVE, id="production")
        while (await socket.hear(20))["payload"]["data"]["resourceChanges"]["type"] != "RESYNC":
            pass
        await added(ada, remote)
        await rows(ada, HERE, FAR, NEAR)
        assert (await mia.data(ROWS))["resources"]["nodes"] == []
        assert (await mia.data(CLUSTERS))["clusters"] == []
    assert (await ada.data(bindings))["bindings"]["nodes"] == []


TOKEN_THERE = """mutation {
  createToken(input: {name: "ci", expiresInDays: 1, scope: [
    {resources: ["*"], namespaces: ["*"], actions: ["view"], clusters: ["production"]}
  ]}) { secret token { scope { clusters } } errors { message } }
}"""


async def test_a_token_for_a_cluster_is_none_for_another_of_the_same_name(gyre: Gyre, remote: Remote) -> None:
    ada = await gyre.signed_in("ada")
    await added(ada, remote)
    made = (await ada.data(TOKEN_THERE))["createToken"]
    assert made["token"] == {"scope": [{"clusters": ["production"]}]}

    async def seen() -> list[str]:
        bearer = {"authorization": f"Bearer {made['secret']}"}
        answer = (await gyre.nobody.post({"query": "{ clusters { name } }"}, **bearer)).json()
        return [one["name"] for one in answer["data"]["clusters"]]

    assert await seen() == ["production"]
    await ada.data(REMOVE, id="production")
    await added(ada, remote)
    assert await seen() == []


async def test_what_was_done_is_in_the_audit_with_before_and_after(gyre: Gyre, remote: Remote) -> None:
    ada = await gyre.signed_in("ada")
    made = await added(ada, remote)
    await ada.data(UPDATE, input={"id": made["id"], "impersonate": True})
    await ada.data(REMOVE, id=made["id"])
    entries = await AuditEntry.filter(phase="outcome", action__startswith="cluster-").order_by("id")
    about = {"name": "production", "server": f"127.0.0.1:{remote.cluster.port}", "context": "there"}
    off, on = {**about, "impersonate": False}, {**about, "impersonate": True}
    assert [(entry.action, entry.succeeded) for entry in entries] == [
        ("cluster-add", True),
        ("cluster-update", True),
        ("cluster-remove", True),
    ]
    assert [(entry.details.get("before"), entry.details.get("after")) for entry in entries] == [
        (None, off),
        (off, on),
        (on, None),
    ]


async def test_without_the_operators_leave_no_cluster_of_this_machine_is_added(
    cluster: LittleCluster, remote: Remote, tmp_path: Path
) -> None:
    async with gyre_on({DEFAULT: cluster.access(tmp_path)}, tmp_path) as gyre:
        ada = await gyre.signed_in("ada")
        given = {"name": "production", "kubeconfig": remote.kubeconfig()}
        code, message = await refused(ada, ADD, input=given)
        assert code == "VALIDATION_FAILED"
        assert "GYRE_ALLOW_LOCAL_CLUSTERS=true" in message
        given["kubeconfig"] = kubeconfig(f"https://localhost:{remote.cluster.port}", remote.authority.certificate)
        code, message = await refused(ada, ADD, input=given)
        assert code == "CLUSTER_UNREACHABLE"
        assert "GYRE_ALLOW_LOCAL_CLUSTERS=true" in message
        assert remote.cluster.callers == []
