"""How kubectl would write times and objects of the built-in kinds."""

from datetime import timedelta
from typing import Any

import pytest

from gyre.demo import builtin_kinds
from gyre.demo.columns import ago, human
from gyre.demo.resources import ResourceType
from gyre.demo.tables import Include, Shown, columns_of, table
from tests.support.clocks import START


@pytest.mark.parametrize(
    ("passed", "text"),
    [
        ({"seconds": -1}, "0s"),
        ({"seconds": 119}, "119s"),
        ({"seconds": 120}, "2m"),
        ({"seconds": 125}, "2m5s"),
        ({"minutes": 10}, "10m"),
        ({"minutes": 179, "seconds": 59}, "179m"),
        ({"hours": 3}, "3h"),
        ({"hours": 7, "minutes": 30}, "7h30m"),
        ({"hours": 47}, "47h"),
        ({"days": 2}, "2d"),
        ({"days": 7, "hours": 5}, "7d5h"),
        ({"days": 729}, "729d"),
        ({"days": 731}, "2y1d"),
        ({"days": 365 * 9}, "9y"),
    ],
)
def test_a_length_of_time_is_written_short(passed: dict[str, int], text: str) -> None:
    assert human(timedelta(**passed)) == text


def test_a_time_nobody_can_read_is_unknown() -> None:
    assert (ago(None, START), ago("2026-01-31T11:59:00Z", START)) == ("<unknown>", "60s")


METADATA = {"name": "web", "creationTimestamp": "2026-01-31T11:00:00Z"}
RUNNING = {"name": "web", "ready": True, "restartCount": 2, "state": {"running": {}}}
WAITING = {"name": "side", "ready": False, "state": {"waiting": {"reason": "CrashLoopBackOff"}}}
CONTAINERS = [{"name": "web", "image": "web:1"}, {"name": "side", "image": "side:1"}]
TEMPLATE = {"spec": {"containers": CONTAINERS}}


@pytest.mark.parametrize(
    ("kind", "manifest", "cells"),
    [
        (
            builtin_kinds.POD,
            {
                "spec": {"containers": CONTAINERS},
                "status": {"phase": "Running", "containerStatuses": [RUNNING, WAITING]},
            },
            {"Ready": "1/2", "Status": "CrashLoopBackOff", "Restarts": "2", "Age": "60m", "IP": "<none>"},
        ),
        (
            builtin_kinds.DEPLOYMENT,
            {
                "spec": {"replicas": 3, "selector": {"matchLabels": {"app": "web"}}, "template": TEMPLATE},
                "status": {"readyReplicas": 2, "updatedReplicas": 1, "availableReplicas": 2},
            },
            {"Ready": "2/3", "Up-to-date": 1, "Available": 2, "Images": "web:1,side:1", "Selector": "app=web"},
        ),
        (builtin_kinds.REPLICA_SET, {"spec": {"replicas": 3}}, {"Desired": 3, "Current": 0, "Ready": 0}),
        (
            builtin_kinds.SERVICE,
            {"spec": {"clusterIP": "10.96.0.1", "ports": [{"port": 80}, {"port": 53, "protocol": "UDP"}]}},
            {"Type": "ClusterIP", "Cluster-IP": "10.96.0.1", "External-IP": "<none>", "Port(s)": "80/TCP,53/UDP"},
        ),
        (builtin_kinds.CONFIG_MAP, {"data": {"a": "1", "b": "2"}}, {"Data": 2}),
        (builtin_kinds.SECRET, {"type": "Opaque"}, {"Type": "Opaque", "Data": 0}),
        (builtin_kinds.NAMESPACE, {"status": {"phase": "Active"}}, {"Status": "Active"}),
        (
            builtin_kinds.NODE,
            {
                "status": {
                    "conditions": [{"type": "Ready", "status": "True"}],
                    "nodeInfo": {"kubeletVersion": "v1.36.0"},
                }
            },
            {"Status": "Ready", "Roles": "<none>", "Version": "v1.36.0"},
        ),
        (
            builtin_kinds.EVENT,
            {
                "involvedObject": {"kind": "Pod", "name": "web"},
                "lastTimestamp": "2026-01-31T11:59:00Z",
                "type": "Normal",
                "reason": "Started",
                "message": "it started",
                "count": 3,
            },
            {"Last Seen": "60s", "Object": "pod/web", "Reason": "Started", "Message": "it started", "Count": 3},
        ),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_the_cells_of_a_kind(kind: ResourceType, manifest: dict[str, Any], cells: dict[str, object]) -> None:
    whole = {"metadata": METADATA, **manifest}
    made = table(kind, [Shown(whole, whole)], {}, include=Include.NONE, now=START)
    row = dict(zip((column.name for column in columns_of(kind)), made["rows"][0]["cells"], strict=True))
    assert row["Name"] == "web"
    assert {name: row[name] for name in cells} == cells
