"""What kubectl sends in protobuf is read whole, or not at all."""

import pytest

from gyre.demo.protobuf import MESSAGES, read
from gyre.demo.refusals import Refusal


def varint(value: int) -> bytes:
    low, rest = value & 0x7F, value >> 7
    return bytes((low | 0x80,)) + varint(rest) if rest else bytes((low,))


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def part(field: int, content: bytes | str) -> bytes:
    data = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(data)) + data


def sent(api_version: str, kind: str, raw: bytes) -> bytes:
    return b"k8s\0" + part(1, part(1, api_version) + part(2, kind)) + part(2, raw)


def test_a_deployment_is_read_with_all_that_it_says() -> None:
    container = part(1, "web") + part(2, "web:1") + part(6, number(3, 8080) + part(4, "TCP")) + part(8, b"")
    resources = part(8, part(1, part(1, "cpu") + part(2, part(1, "100m"))))
    template = part(1, part(11, part(1, "app") + part(2, "web"))) + part(2, part(2, container + resources))
    strategy = part(4, part(1, "RollingUpdate") + part(2, part(1, number(1, 1) + number(2, 0) + part(3, "25%"))))
    spec = number(1, 300) + part(2, part(1, part(1, "app") + part(2, "web"))) + part(3, template) + strategy
    metadata = part(1, "web") + part(3, "prod") + part(8, number(1, 1_769_860_800))
    assert read(sent("apps/v1", "Deployment", part(1, metadata) + part(2, spec) + part(3, b""))) == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "prod", "creationTimestamp": "2026-01-31T12:00:00Z"},
        "spec": {
            "replicas": 300,
            "selector": {"matchLabels": {"app": "web"}},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {
                    "containers": [
                        {
                            "name": "web",
                            "image": "web:1",
                            "ports": [{"containerPort": 8080, "protocol": "TCP"}],
                            "resources": {"limits": {"cpu": "100m"}},
                        }
                    ]
                },
            },
        },
    }


def test_secrets_keep_their_bytes() -> None:
    entry = part(1, "key") + part(2, b"\0\xff")
    assert read(sent("v1", "Secret", part(2, entry)))["data"] == {"key": "AP8="}


def test_what_is_not_known_is_refused_and_not_cut() -> None:
    volumes = part(1, part(1, "a volume"))
    for body in (sent("v1", "Pod", part(2, volumes)), sent("batch/v1", "Job", b"")):
        with pytest.raises(Refusal) as refused:
            read(body)
        assert refused.value.code == 415


@pytest.mark.parametrize("body", [b"", b"k8s", b"k8s\0\xff", b"json", sent("v1", "Secret", b"\x0a\x7f")])
def test_what_is_malformed_is_no_request(body: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        read(body)
    assert refused.value.code in (400, 415)


def test_every_message_of_the_table_is_described() -> None:
    kinds = {kind for fields in MESSAGES.values() for _, _, kind in fields.values() if len(kind) > 1}
    assert kinds <= set(MESSAGES)
