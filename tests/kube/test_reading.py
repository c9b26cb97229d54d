"""What is asked once, on demand."""

import pytest

from gyre.errors import ClusterUnreachable, NoSuchResource
from gyre.kube.client import Impersonation, KubeClient
from gyre.kube.reading import Selection, get, list_objects, server_version
from gyre.terms.naming import ClusterName, Kind, Ref
from tests.support.wire import Wire, document, page, status, thing

pytestmark = pytest.mark.anyio

THINGS = Kind("example.dev", "Thing", "things")
PODS = Kind("", "Pod", "pods")
REF = Ref(cluster=ClusterName("default"), kind=THINGS, namespace="apps", name="a")


async def test_one_object_is_given_as_it_came(wire: Wire, client: KubeClient) -> None:
    wire.on("GET", "/apis/example.dev/v1/namespaces/apps/things/a", document(thing("a", 3)))

    assert b'"resourceVersion": "3"' in await get(client, REF, "v1", because="a test reads it")


async def test_an_object_that_is_not_there_is_not_there(wire: Wire, client: KubeClient) -> None:
    wire.on("GET", "/apis/example.dev/v1/namespaces/apps/things/a", status(404, "NotFound", 'things "a" not found'))

    with pytest.raises(NoSuchResource, match='things "a" not found'):
        await get(client.on_behalf_of(Impersonation(user="ann")), REF, "v1", because="a test reads it")

    assert wire.asked[0].header("impersonate-user") == "ann"


async def test_a_list_is_selected_and_says_when_there_is_more(wire: Wire, client: KubeClient) -> None:
    path = "/api/v1/namespaces/apps/pods"
    wire.on("GET", path, page({"metadata": {"name": "p"}}, resource_version="8", more="next"))
    wire.on("GET", "/api/v1/pods", page(resource_version="9"))
    selected = Selection(namespace="apps", labels="app=web", fields="status.phase=Running", limit=1)

    part = await list_objects(client, PODS, "v1", selected, because="a test lists them")
    everything = await list_objects(client, PODS, "v1", Selection(), because="a test lists them")

    assert (len(part.objects), part.resource_version, part.complete) == (1, "8", False)
    assert (everything.objects, everything.complete) == ((), True)
    assert wire.queries(path) == [{"limit": "1", "labelSelector": "app=web", "fieldSelector": "status.phase=Running"}]
    assert wire.queries("/api/v1/pods") == [{"limit": "500"}]


async def test_the_servers_version_is_known(wire: Wire, client: KubeClient) -> None:
    wire.on("GET", "/version", document({"gitVersion": "v1.36.3", "platform": "linux/amd64", "major": "1"}))

    assert (await server_version(client, because="a test asks")).git_version == "v1.36.3"


async def test_a_page_of_somebody_else_is_no_version(wire: Wire, client: KubeClient) -> None:
    wire.on("GET", "/version", document({"gitVersion": 3}))

    with pytest.raises(ClusterUnreachable, match="/version is not that of a Kubernetes API"):
        await server_version(client, because="a test asks")
