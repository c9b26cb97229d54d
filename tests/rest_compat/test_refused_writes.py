"""What no write can be is refused with its code and writes nothing: one cluster serves for all of it."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from gyre.flux.drafts import LARGEST_BYTES
from rest_compat.reading import LARGEST_MANIFEST_BYTES
from tests.rest_compat.conftest import Served, refusal, served_on
from tests.rest_compat.raw import coded, raw
from tests.rest_compat.test_writes import ALL, ONE, kustomization, there
from tests.support.living_cluster import FROM_GIT, LivingCluster, living_cluster

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def cluster(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LivingCluster]:
    async with living_cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        cluster.has("Kustomization", "apps", FROM_GIT)
        yield cluster


@pytest.fixture(scope="module")
async def gyre(cluster: LivingCluster, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    async with served_on(cluster.access, tmp_path_factory.mktemp("gyre")) as served:
        yield served


@pytest.fixture
async def ada(gyre: Served) -> AsyncIterator[httpx2.AsyncClient]:
    async with await gyre.signed_in("ada") as client:
        yield client


@pytest.mark.parametrize(
    ("resource", "path"),
    [
        ({**kustomization("apps"), "kind": "HelmRelease"}, ["kind"]),
        ({**kustomization("apps"), "apiVersion": "helm.toolkit.fluxcd.io/v2"}, ["apiVersion"]),
        (kustomization("other"), ["metadata", "name"]),
        (kustomization("apps", "prod"), ["metadata", "namespace"]),
        ({**kustomization("apps"), "metadata": []}, ["metadata"]),
        ({"metadata": {"name": "apps"}}, ["apiVersion"]),
    ],
)
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_a_body_that_differs_from_its_path_is_400(
    ada: httpx2.AsyncClient, cluster: LivingCluster, method: str, resource: dict[str, Any], path: list[str]
) -> None:
    version = cluster.store.version
    answer = await ada.request(method, ONE, json={"resource": resource})
    assert refusal(answer) == (400, "VALIDATION_FAILED")
    assert answer.json()["error"]["details"]["path"] == path
    assert cluster.store.version == version


BOMB = (
    b"a: &a ["
    + b"x, " * 9
    + b"x]\n"
    + b"".join(b"%c: &%c [" % (name, name) + b", ".join([b"*%c" % (name - 1)] * 9) + b"]\n" for name in b"bcdefghi")
)
"""Nine lists, each of nine times the one before: four hundred million values in half a kilobyte."""


def whole(spec: bytes, name: bytes = b"apps") -> bytes:
    """A body that is right but for this."""
    return (
        b'{"resource": {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", '
        b'"metadata": {"namespace": "shop", "name": "%b"}, "spec": {"interval": %b}}}' % (name, spec)
    )


def whole_yaml(interval: bytes, name: bytes = b"apps") -> bytes:
    """The same in YAML."""
    return (
        b"apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
        b"metadata: {namespace: shop, name: %b}\nspec: {interval: %b}\n" % (name, interval)
    )


BODIES = [
    (b"", "application/json", 400),
    (b"{", "application/json", 400),
    (b"[]", "application/json", 400),
    (b"null", "application/json", 400),
    (b"{}", "application/json", 400),
    (b'{"resource": null}', "application/json", 400),
    (b'{"resource": []}', "application/json", 400),
    (b'{"resource": "text"}', "application/json", 400),
    (b'{"resource": {}, "cluster": 1}', "application/json", 400),
    (b'{"resource": {}, "resource": {}}', "application/json", 400),
    (b'{"resource": {"a": 1, "a": 2}}', "application/json", 400),
    (b'{"resource": {"a": NaN}}', "application/json", 400),
    (b'{"resource": {"a": "\\ud800"}}', "application/json", 400),
    (b"\xff\xfe", "application/json", 400),
    (b'{"resource": ' + b'{"a": ' * 5_000 + b"1" + b"}" * 5_000 + b"}", "application/json", 400),
    (b'{"resource": {}, "dryRun": "yes"}', "application/json", 400),
    (b'{"resource": {}, "dryrun": true}', "application/json", 400),
    (whole(b"1e999"), "application/json", 400),
    (whole(b"-1e999"), "application/json", 400),
    (whole(b"9" * 30), "application/json", 400),
    (whole(b"9" * 5_000), "application/json", 400),
    (whole(b'"1m"', name=b"a\\u0000b"), "application/json", 400),
    (b'{"resource": {}, "cluster": "a\\u0000b"}', "application/json", 400),
    (b"\xff\xfe", "application/yaml", 400),
    (BOMB + whole_yaml(b"1m"), "application/yaml", 400),
    (whole_yaml(b"1.0e+999"), "application/yaml", 400),
    (whole_yaml(b"9" * 30), "application/yaml", 400),
    (whole_yaml(b"9" * 5_000), "application/yaml", 400),
    (whole_yaml(b"1m", name=b'"a\\0b"'), "application/yaml", 400),
    (whole_yaml(b"1m") * 2, "application/yaml", 400),
    (b"a: &a [*a]", "application/yaml", 400),
    (b"a: 1\na: 2", "application/yaml", 400),
    (b"a: 1\n---\nb: 2", "application/yaml", 400),
    (b"a: !!python/name:os.system x", "application/yaml", 400),
    (b"[" * 100_000, "application/yaml", 400),
    (b"", "application/yaml", 400),
    (b"{}", "", 415),
    (b"{}", "text/plain", 415),
    (b"resource=1", "application/x-www-form-urlencoded", 415),
    (b"a: " + b"x" * LARGEST_BYTES, "application/yaml", 413),
    (b'{"resource": {"a": "%b"}}' % (b"x" * (LARGEST_MANIFEST_BYTES - 22)), "application/json", 413),
]


@pytest.mark.parametrize(("content", "kind", "status"), BODIES, ids=range(len(BODIES)))
@pytest.mark.parametrize(("method", "path"), [("POST", ALL), ("PUT", ONE), ("PATCH", ONE)])
async def test_a_hostile_body_is_refused_with_a_code_and_writes_nothing(  # each argument is one column
    ada: httpx2.AsyncClient, cluster: LivingCluster, method: str, path: str, content: bytes, kind: str, status: int
) -> None:
    version = cluster.store.version
    headers = {"origin": str(ada.base_url).rstrip("/"), **({"content-type": kind} if kind else {})}
    assert refusal(await ada.request(method, path, content=content, headers=headers))[0] == status
    assert cluster.store.version == version


@pytest.mark.parametrize(
    "query", ["dryRun=yes", "wait=61", "wait=-1", "propagation=all", "preview=%00", "resourceVersion=" + "1" * 200]
)
async def test_a_deletion_that_cannot_be_meant_deletes_nothing(
    ada: httpx2.AsyncClient, cluster: LivingCluster, query: str
) -> None:
    assert refusal(await ada.delete(f"{ONE}?{query}")) == (400, "VALIDATION_FAILED")
    assert there(cluster, "apps")


METHODS = ("PUT", "PATCH", "DELETE", "POST")
TRICKS = {
    "shop/apps/": (404, 404, 404, 404),
    "shop%2Fapps": (404, 404, 404, 404),
    "shop/..%2F..%2Fsecrets": (404, 404, 404, 404),
    "/apps": (404, 404, 404, 404),
    "%2e%2e/apps": (400, 400, 404, 404),
    "../apps": (400, 400, 404, 404),
    "shop/%2e%2e": (400, 400, 404, 404),
    "shop/.": (400, 400, 404, 404),
    "shop/a%00b": (400, 400, 400, 400),
    "shop/%ff%fe": (404, 422, 404, 404),
    "shop/a%3Fb": (404, 422, 404, 404),
    "shop/a%23b": (404, 422, 404, 404),
    f"shop/{'x' * 300}": (400, 400, 400, 400),
}
"""What each method answers to such a path; what an apply would make, the API server refuses by its whole name."""


@pytest.mark.parametrize("trick", TRICKS, ids=[trick[:30] for trick in TRICKS])
async def test_a_path_with_a_trick_in_it_writes_nothing(
    gyre: Served, ada: httpx2.AsyncClient, cluster: LivingCluster, trick: str
) -> None:
    version, manifest = cluster.store.version, json.dumps({"resource": {**kustomization(), "metadata": {}}})
    for method, status in zip(METHODS, TRICKS[trick], strict=True):
        body = manifest if method in ("PUT", "PATCH") else ""
        path = f"{ALL}/{trick}" + ("/reconcile" if method == "POST" else "")
        head = [f"{method} {path} HTTP/1.1", f"Host: {gyre.address}", f"Cookie: {ada.headers['cookie']}"]
        head += ["Content-Type: application/json", f"Content-Length: {len(body)}", "", body]
        assert (method, coded(await raw(gyre, "\r\n".join(head).encode()))) == (method, status)
        assert cluster.store.version == version
