"""The audit over HTTP: pages, filters, and all of it as JSON lines."""

import json

import pytest

from gyre.terms.people import Role
from models.auditing import AuditEntry
from tests.rest_compat.conftest import Gyre, refusal

pytestmark = pytest.mark.anyio

APPS = "/api/flux/kustomizations/prod/apps"


async def test_pages_of_it_can_be_narrowed_and_gone_through(gyre: Gyre) -> None:
    admin, viewer = await gyre.signed_in("ada"), await gyre.signed_in("vic", Role.VIEWER)
    assert (await admin.post(f"{APPS}/suspend")).status_code == 200
    assert refusal(await viewer.post(f"{APPS}/resume")) == (403, "FORBIDDEN")
    found = (await admin.get("/api/audit?action=suspend,resume&limit=1")).json()
    (entry,) = found["entries"]
    assert (entry["outcome"], entry["action"], entry["username"], entry["end"]) == ("refused", "resume", "vic", None)
    assert found["hasNext"] is True
    older = (await admin.get(f"/api/audit?action=suspend,resume&limit=1&after={found['endCursor']}")).json()
    (entry,) = older["entries"]
    assert (entry["outcome"], entry["name"], older["hasNext"]) == ("succeeded", "apps", False)
    assert {"path": "spec.suspend", "before": None, "after": "true"} in entry["changes"]
    assert entry["end"]["number"] > entry["number"]
    nobody = (await admin.get("/api/audit?who=nobody&outcome=refused,open")).json()
    assert nobody == {"entries": [], "hasNext": False, "endCursor": None}
    await admin.aclose()
    await viewer.aclose()


async def test_every_filter_narrows_pages_and_exports_alike(gyre: Gyre) -> None:
    admin, viewer = await gyre.signed_in("ada"), await gyre.signed_in("vic", Role.VIEWER)
    infra = "/api/flux/kustomizations/flux-system/infra"
    assert (await admin.post(f"{APPS}/suspend")).status_code == 200
    assert (await admin.post(f"{infra}/reconcile")).status_code == 200
    assert (await viewer.post(f"{infra}/suspend")).status_code == 403
    first = (await admin.get("/api/audit?action=suspend&who=ada")).json()["entries"][0]
    done, asked, refused = ("suspend", "ada", "apps"), ("reconcile", "ada", "infra"), ("suspend", "vic", "infra")
    for query, expected in {
        "action=suspend": [done, refused],
        "action=suspend,reconcile": [done, asked, refused],
        "who=VIC&action=suspend": [refused],
        f"who={first['userId']}&action=suspend": [done],
        "outcome=refused": [refused],
        "outcome=succeeded,failed&name=apps,infra": [done, asked],
        "name=infra": [asked, refused],
        "namespace=prod": [done],
        "kind=kustomizations&outcome=succeeded": [done, asked],
        "kind=helmreleases": [],
        "cluster=default": [done, asked, refused],
        "cluster=elsewhere": [],
        "q=ROLE%20VIEWER": [refused],
        f"q={first['requestId']}": [done],
        "since=2026-01-31T00:00:00Z&name=apps": [done],
        "until=2026-01-31T00:00:00Z": [],
    }.items():
        page = (await admin.get(f"/api/audit?{query}")).json()["entries"]
        assert [(each["action"], each["username"], each["name"]) for each in page][::-1] == expected, query
        lines = [json.loads(line) for line in (await admin.get(f"/api/audit/export?{query}")).text.splitlines()]
        assert lines == page[::-1], query
    await admin.aclose()
    await viewer.aclose()


@pytest.mark.parametrize("query", ["outcome=lost", "since=yesterday", "until=2026-01-01", "limit=501", "after=x"])
async def test_what_cannot_be_meant_is_refused(gyre: Gyre, query: str) -> None:
    admin = await gyre.signed_in("ada")
    assert refusal(await admin.get(f"/api/audit?{query}")) == (400, "VALIDATION_FAILED")
    await admin.aclose()


async def test_all_of_it_is_a_line_each_the_oldest_first_and_that_it_was_taken_is_in_it(gyre: Gyre) -> None:
    admin = await gyre.signed_in("ada")
    for _ in range(3):
        await admin.post(f"{APPS}/suspend")
    answer = await admin.get("/api/audit/export")
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    assert answer.headers["cache-control"] == "no-store"
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["action"] for line in lines] == ["sign-in", "suspend", "suspend", "suspend", "audit-export"]
    assert [line["id"] for line in lines] == sorted(line["id"] for line in lines)
    first = await AuditEntry.get(id=lines[0]["id"])
    assert (lines[0]["chain"], lines[0]["number"], lines[0]["hash"]) == (first.chain, first.n, first.hash)
    only = (await admin.get("/api/audit/export?action=suspend&q=APPS")).text.splitlines()
    assert len(only) == 3
    await admin.aclose()


async def test_who_administers_nothing_gets_none_of_it_and_that_is_in_it(gyre: Gyre) -> None:
    viewer = await gyre.signed_in("vic", Role.VIEWER)
    for path in ("/api/audit", "/api/audit/export"):
        assert refusal(await viewer.get(path)) == (403, "FORBIDDEN")
    refused = await AuditEntry.filter(phase="refused").order_by("id")
    assert [(each.action, each.username) for each in refused] == [("audit-view", "vic"), ("audit-export", "vic")]
    await viewer.aclose()
