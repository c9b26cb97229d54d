"""The fleet at a glance over HTTP: counts by status, kind, namespace and cluster, and what fails now.

The counts are kept behind the resolvers.
"""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from gyre.terms.rows import Row, Word
from resolvers import overviews, resources
from rest_compat import editions, payloads
from rest_compat.filters import row_filter, several
from rest_compat.reading import context_of, text


async def show_overview(request: Request) -> Response:
    """Everything one may see, on all clusters unless some are named."""
    context = await context_of(request)
    clusters = several(text(request, "cluster"))
    await resources.wait_for(context, text(request, "after"))
    tag = editions.tag_of(request, resources.edition(context, clusters or None))
    if editions.has(request, tag):
        return editions.unchanged(tag)
    asked = row_filter(request, clusters=clusters, kinds=several(text(request, "resourceType")))
    seen = await overviews.overview(context, asked)
    counts = seen.counts
    shown: dict[str, object] = {
        "total": counts.total,
        "byStatus": _by_word(counts.by_status),
        "byKind": [
            {"resourceType": kind.plural, "kind": kind.name, "group": kind.group, **_counted(by)}
            for kind, by in counts.by_kind.items()
        ],
        "byNamespace": [{"namespace": name, **_counted(by)} for name, by in counts.by_namespace.items()],
        "byCluster": [{"cluster": name, **_counted(by)} for name, by in counts.by_cluster.items()],
        "failing": list(map(_failing, seen.failing)),
        "position": seen.position,
        **payloads.problems(seen.problems),
    }
    return editions.named(payloads.answer(shown), tag)


def _counted(by: Mapping[Word, int]) -> dict[str, object]:
    return {"total": sum(by.values()), "byStatus": _by_word(by)}


def _by_word(by: Mapping[Word, int]) -> dict[str, int]:
    """Every status is told, with 0 where there is none."""
    return {word.value: by.get(word, 0) for word in Word}


def _failing(row: Row) -> dict[str, object]:
    return {
        "cluster": row.cluster,
        "resourceType": row.plural,
        "kind": row.kind,
        "namespace": row.namespace,
        "name": row.name,
        "status": row.status.value,
        "reason": row.reason,
        "message": row.message,
        "revision": row.revision,
        "changedAt": row.changed_at,
    }
