"""The kinds every Kubernetes cluster serves, as far as the embedded cluster has them.

Kinds that come with CRDs: gyre.demo.definitions.
"""

from gyre.demo import admission, columns, events
from gyre.demo.resources import ResourceType

EVENT_FIELDS = (
    "involvedObject.kind",
    "involvedObject.namespace",
    "involvedObject.name",
    "involvedObject.uid",
    "involvedObject.apiVersion",
    "involvedObject.resourceVersion",
    "involvedObject.fieldPath",
    "reason",
    "reportingComponent",
    "source",
    "type",
)

NAMESPACE = ResourceType(
    prepare=admission.prepare_namespace,
    columns=columns.NAMESPACE,
    group="",
    version="v1",
    kind="Namespace",
    plural="namespaces",
    short_names=("ns",),
    namespaced=False,
    has_status=True,
    counts_generations=False,
    selectable=("status.phase",),
)
CONFIG_MAP = ResourceType(
    columns=columns.CONFIG_MAP,
    group="",
    version="v1",
    kind="ConfigMap",
    plural="configmaps",
    short_names=("cm",),
    namespaced=True,
    counts_generations=False,
)
SECRET = ResourceType(
    prepare=admission.prepare_secret,
    check=admission.check_secret,
    columns=columns.SECRET,
    group="",
    version="v1",
    kind="Secret",
    plural="secrets",
    namespaced=True,
    counts_generations=False,
    selectable=("type",),
)
SERVICE_ACCOUNT = ResourceType(
    columns=columns.SERVICE_ACCOUNT,
    group="",
    version="v1",
    kind="ServiceAccount",
    plural="serviceaccounts",
    short_names=("sa",),
    namespaced=True,
    counts_generations=False,
)
SERVICE = ResourceType(
    prepare=admission.prepare_service,
    columns=columns.SERVICE,
    group="",
    version="v1",
    kind="Service",
    plural="services",
    short_names=("svc",),
    namespaced=True,
    has_status=True,
    categories=("all",),
    counts_generations=False,
)
POD = ResourceType(
    prepare=admission.prepare_pod,
    check=admission.check_pod,
    columns=columns.POD,
    group="",
    version="v1",
    kind="Pod",
    plural="pods",
    short_names=("po",),
    namespaced=True,
    has_status=True,
    categories=("all",),
    selectable=("status.phase", "spec.nodeName"),
    subresources=("log",),
)
NODE = ResourceType(
    columns=columns.NODE,
    group="",
    version="v1",
    kind="Node",
    plural="nodes",
    short_names=("no",),
    namespaced=False,
    has_status=True,
    counts_generations=False,
)
EVENT = ResourceType(
    columns=columns.EVENT,
    group="",
    version="v1",
    kind="Event",
    plural="events",
    short_names=("ev",),
    namespaced=True,
    counts_generations=False,
    selectable=EVENT_FIELDS,
)
NEWER_EVENT = ResourceType(
    group="events.k8s.io",
    version="v1",
    kind="Event",
    plural="events",
    short_names=("ev",),
    namespaced=True,
    counts_generations=False,
    columns=columns.EVENT,
    selectable=EVENT_FIELDS,
    home=EVENT.home,
    to_home=events.to_core,
    from_home=events.from_core,
)
DEPLOYMENT = ResourceType(
    subresources=("scale",),
    prepare=admission.prepare_deployment,
    check=admission.check_workload,
    columns=columns.DEPLOYMENT,
    group="apps",
    version="v1",
    kind="Deployment",
    plural="deployments",
    short_names=("deploy",),
    namespaced=True,
    has_status=True,
    categories=("all",),
)
REPLICA_SET = ResourceType(
    subresources=("scale",),
    prepare=admission.prepare_replica_set,
    check=admission.check_workload,
    columns=columns.REPLICA_SET,
    group="apps",
    version="v1",
    kind="ReplicaSet",
    plural="replicasets",
    short_names=("rs",),
    namespaced=True,
    has_status=True,
    categories=("all",),
)

BUILTINS = (
    NAMESPACE,
    CONFIG_MAP,
    SECRET,
    SERVICE_ACCOUNT,
    SERVICE,
    POD,
    NODE,
    EVENT,
    NEWER_EVENT,
    DEPLOYMENT,
    REPLICA_SET,
)
