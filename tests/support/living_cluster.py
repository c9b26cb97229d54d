"""The embedded cluster in this process, over plain HTTP on loopback: real rules for writes, simulated controllers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gyre.clock import SystemClock
from gyre.demo.api.application import Guard, create_application
from gyre.demo.api.serving import Serving
from gyre.demo.builtin_kinds import NAMESPACE
from gyre.demo.crds import definitions
from gyre.demo.definitions import DEFINITION, serve_builtins
from gyre.demo.life.engine import Engine
from gyre.demo.outside import Outside
from gyre.demo.store import Store
from gyre.events.tasks import owned_tasks
from gyre.kube.access import FromKubeconfig, from_kubeconfig
from tests.support.living import API_VERSIONS
from tests.support.serving import serving

TOKEN = "a-token"
FROM_GIT = {"interval": "10m", "path": "./", "prune": True, "sourceRef": {"kind": "GitRepository", "name": "fleet"}}
"""What a Kustomization needs to be taken."""


@dataclass(frozen=True, slots=True)
class LivingCluster:
    """Its objects, and the way to it."""

    store: Store
    access: FromKubeconfig

    def has(self, kind: str, name: str, spec: dict[str, Any], *, namespace: str = "shop", **more: Any) -> None:
        """Somebody applies an object; `status` and `labels` may be given too."""
        metadata = {"name": name, "labels": more.pop("labels", {})}
        manifest = {"apiVersion": API_VERSIONS[kind], "kind": kind, "metadata": metadata, "spec": spec, **more}
        resource = self.store.resources.named(kind)
        self.store.create(resource, namespace, manifest)

    def patch(self, kind: str, name: str, patch: dict[str, Any], *, namespace: str = "shop") -> None:
        """Somebody patches an object."""
        self.store.patch(self.store.resources.named(kind), namespace, name, patch)

    def delete(self, kind: str, name: str, *, namespace: str = "shop") -> None:
        """Somebody deletes an object."""
        self.store.delete(self.store.resources.named(kind), namespace, name)

    def get(self, kind: str, name: str, *, namespace: str = "shop") -> dict[str, Any]:
        """The object as it is now."""
        found = self.store.get(self.store.resources.named(kind), namespace, name)
        return found.read()

    def annotations(self, kind: str, name: str, *, namespace: str = "shop") -> dict[str, str]:
        """Its annotations now."""
        return self.get(kind, name, namespace=namespace)["metadata"].get("annotations", {})  # type: ignore[no-any-return]


@asynccontextmanager
async def living_cluster(folder: Path, *, alive: bool = False) -> AsyncIterator[LivingCluster]:
    """Serve it while inside; its controllers work when it is `alive`."""
    store = Store(SystemClock())
    serve_builtins(store)
    for definition in definitions():
        store.create(DEFINITION, "", definition)
    for name in ("shop", "prod"):
        store.create(NAMESPACE, "", {"metadata": {"name": name}})
    served = Serving(store, token=TOKEN)
    async with owned_tasks() as tasks, serving(Guard(create_application(served), TOKEN), lifespan="off") as address:
        if alive:
            engine = Engine(store, Outside())
            engine.start()
            tasks.start(engine.run(), name="engine")
        path = folder / "living-kubeconfig"
        path.write_text(f"""
apiVersion: v1
kind: Config
current-context: here
contexts: [{{name: here, context: {{cluster: there, user: me}}}}]
clusters: [{{name: there, cluster: {{server: "http://{address}"}}}}]
users: [{{name: me, user: {{token: {TOKEN}}}}}]
""")
        try:
            yield LivingCluster(store, from_kubeconfig(path))
        finally:
            served.close()
            await asyncio.sleep(0)
