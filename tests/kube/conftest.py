"""A scripted wire and a client that speaks over it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gyre.kube.access import FromKubeconfig, from_kubeconfig
from gyre.kube.client import KubeClient, open_client
from gyre.terms.naming import ClusterName
from tests.support.clocks import TurnedClock
from tests.support.wire import Wire, open_wire

CLUSTER = ClusterName("default")


def kubeconfig(path: Path, url: str, user: str = "{token: a-token}") -> FromKubeconfig:
    path.write_text(f"""
apiVersion: v1
kind: Config
current-context: here
contexts: [{{name: here, context: {{cluster: there, user: me}}}}]
clusters: [{{name: there, cluster: {{server: {url}}}}}]
users: [{{name: me, user: {user}}}]
""")
    return from_kubeconfig(path)


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with open_wire() as wire:
        yield wire
        assert wire.surprises == []


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock()


@pytest.fixture
async def client(wire: Wire, clock: TurnedClock, tmp_path: Path) -> AsyncIterator[KubeClient]:
    access = kubeconfig(tmp_path / "kubeconfig", wire.url)
    async with open_client(access, cluster=CLUSTER, clock=clock) as client:
        yield client
