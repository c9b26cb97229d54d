"""The JSONPath of printer columns: what it finds, and which paths are refused."""

from typing import Any

import pytest

from gyre.demo.jsonpath import BadPath, compiled, values

DOCUMENT = {
    "metadata": {"name": "apps", "labels": {"app.kubernetes.io/name": "web"}},
    "spec": {"ports": [{"port": 80, "open": True}, {"port": 443, "open": False}]},
    "status": {"conditions": [{"type": "Stalled", "status": "False"}, {"type": "Ready", "status": "True"}]},
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (".metadata.name", ["apps"]),
        (".metadata.none.deeper", []),
        (".metadata.labels.app\\.kubernetes\\.io/name", ["web"]),
        (".metadata.labels['app.kubernetes.io/name']", ["web"]),
        ('.metadata["name"]', ["apps"]),
        (".spec.ports[0].port", [80]),
        (".spec.ports[-1].port", [443]),
        (".spec.ports[7].port", []),
        (".spec.ports[*].port", [80, 443]),
        ('.status.conditions[?(@.type=="Ready")].status', ["True"]),
        (".status.conditions[?(@.type=='Ready')].status", ["True"]),
        (".status.conditions[?(@.type!='Ready')].type", ["Stalled"]),
        (".spec.ports[?(@.port>80)].port", [443]),
        (".spec.ports[?(@.port<=80)].port", [80]),
        (".spec.ports[?(@.open==true)].port", [80]),
        (".spec.ports[?(@.name)].port", []),
        (".spec.ports[?(@.open)].port", [80, 443]),
        (".spec.ports[?(@.open>1)].port", []),
    ],
)
def test_a_path_leads_to(path: str, expected: list[Any]) -> None:
    assert values(path, DOCUMENT) == expected


@pytest.mark.parametrize("path", ["spec", ".spec[", ".spec..x", ".a[?(@.b==)]", ".a[1:2]"])
def test_a_path_nobody_can_read_is_refused(path: str) -> None:
    with pytest.raises(BadPath):
        compiled(path)
