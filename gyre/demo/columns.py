"""What `kubectl get` prints of the built-in kinds: one column after another.

The columns of custom kinds come from their CRDs. How cells become a Table: gyre.demo.tables.
"""

from datetime import datetime, timedelta

from gyre.demo.resources import Column, Manifest

UNKNOWN = "<unknown>"
NONE = "<none>"
SECOND, MINUTE, HOUR, DAY, YEAR = (timedelta(seconds=length) for length in (1, 60, 3600, 86400, 365 * 86400))
_LETTER = {SECOND: "s", MINUTE: "m", HOUR: "h", DAY: "d", YEAR: "y"}
_STEPS: tuple[tuple[timedelta, timedelta, timedelta | None], ...] = (
    (2 * MINUTE, SECOND, None),
    (10 * MINUTE, MINUTE, SECOND),
    (3 * HOUR, MINUTE, None),
    (8 * HOUR, HOUR, MINUTE),
    (2 * DAY, HOUR, None),
    (8 * DAY, DAY, HOUR),
    (2 * YEAR, DAY, None),
    (8 * YEAR, YEAR, DAY),
)  # below which length to use which unit, and with which smaller one beside it


def ago(text: object, now: datetime) -> str:
    """`5m12s`, as kubectl writes the time since a moment."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return UNKNOWN
    return human(now - moment)


def human(passed: timedelta) -> str:
    """A length of time in at most two units, rounded as kubectl does."""
    for below, unit, smaller in _STEPS:
        if passed < below:
            return _units(passed, unit, smaller)
    return _units(passed, YEAR, None)


def _units(passed: timedelta, unit: timedelta, smaller: timedelta | None) -> str:
    large, rest = divmod(max(passed, timedelta()), unit)
    small = rest // smaller if smaller else 0
    return f"{large}{_LETTER[unit]}" + (f"{small}{_LETTER[smaller]}" if smaller and small else "")


def _name(manifest: Manifest, _now: datetime) -> object:
    return manifest["metadata"]["name"]


def _created(manifest: Manifest, _now: datetime) -> object:
    return manifest["metadata"].get("creationTimestamp")


def _age(manifest: Manifest, now: datetime) -> object:
    return ago(_created(manifest, now), now)


def _status(manifest: Manifest) -> Manifest:
    status: Manifest = manifest.get("status") or {}
    return status


def _spec(manifest: Manifest) -> Manifest:
    spec: Manifest = manifest.get("spec") or {}
    return spec


def _selector(manifest: Manifest, _now: datetime) -> object:
    selector = _spec(manifest).get("selector") or {}
    labels = selector.get("matchLabels", selector) if isinstance(selector, dict) else {}
    return ",".join(f"{key}={value}" for key, value in sorted(labels.items())) or NONE


def _containers(manifest: Manifest) -> list[Manifest]:
    template = _spec(manifest).get("template") or {}
    containers: list[Manifest] = (template.get("spec") or {}).get("containers") or []
    return containers


def _container_names(manifest: Manifest, _now: datetime) -> object:
    return ",".join(each.get("name", "") for each in _containers(manifest))


def _images(manifest: Manifest, _now: datetime) -> object:
    return ",".join(each.get("image", "") for each in _containers(manifest))


def _pod_ready(manifest: Manifest, _now: datetime) -> object:
    states = _status(manifest).get("containerStatuses") or []
    return f"{sum(1 for each in states if each.get('ready'))}/{len(_spec(manifest).get('containers') or ())}"


def _pod_status(manifest: Manifest, _now: datetime) -> object:
    if "deletionTimestamp" in manifest["metadata"]:
        return "Terminating"
    status = _status(manifest)
    for each in status.get("containerStatuses") or ():
        for state in ("waiting", "terminated"):
            reason = ((each.get("state") or {}).get(state) or {}).get("reason")
            if reason:
                return reason
    return status.get("reason") or status.get("phase") or UNKNOWN


def _pod_restarts(manifest: Manifest, _now: datetime) -> object:
    return str(sum(each.get("restartCount", 0) for each in _status(manifest).get("containerStatuses") or ()))


def _deployment_ready(manifest: Manifest, _now: datetime) -> object:
    return f"{_status(manifest).get('readyReplicas', 0)}/{_spec(manifest).get('replicas', 1)}"


def _service_ports(manifest: Manifest, _now: datetime) -> object:
    ports = _spec(manifest).get("ports") or ()
    return ",".join(f"{each.get('port')}/{each.get('protocol', 'TCP')}" for each in ports) or NONE


def _node_status(manifest: Manifest, _now: datetime) -> object:
    conditions: list[Manifest] = _status(manifest).get("conditions") or []
    ready: Manifest = next((each for each in conditions if each.get("type") == "Ready"), {})
    return "Ready" if ready.get("status") == "True" else "NotReady"


def _node_roles(manifest: Manifest, _now: datetime) -> object:
    prefix = "node-role.kubernetes.io/"
    labels = manifest["metadata"].get("labels") or {}
    return ",".join(sorted(key.removeprefix(prefix) for key in labels if key.startswith(prefix))) or NONE


def _event_seen(manifest: Manifest, now: datetime) -> object:
    return ago(manifest.get("lastTimestamp") or manifest.get("eventTime") or manifest.get("firstTimestamp"), now)


def _event_first_seen(manifest: Manifest, now: datetime) -> object:
    return ago(manifest.get("firstTimestamp") or manifest.get("eventTime"), now)


def _event_object(manifest: Manifest, _now: datetime) -> object:
    involved = manifest.get("involvedObject") or {}
    return f"{str(involved.get('kind', '')).lower()}/{involved.get('name', '')}"


def _event_source(manifest: Manifest, _now: datetime) -> object:
    return (manifest.get("source") or {}).get("component") or manifest.get("reportingComponent") or ""


NAME = Column("Name", _name, format="name", description="Name must be unique within a namespace.")
AGE_TEXT = Column("Age", _age, description="How long ago the object was created.")
AGE = Column("Age", _created, type="date", description="How long ago the object was created.")


def _text(name: str, *path: str, empty: str = "", priority: int = 0) -> Column:
    def value(manifest: Manifest, _now: datetime) -> object:
        at: object = manifest
        for part in path:
            at = at.get(part) if isinstance(at, dict) else None
        return empty if at is None else str(at)

    return Column(name, value, priority=priority)


def _number(name: str, *path: str) -> Column:
    def value(manifest: Manifest, _now: datetime) -> object:
        at: object = manifest
        for part in path:
            at = at.get(part) if isinstance(at, dict) else None
        return len(at) if isinstance(at, dict | list) else at or 0

    return Column(name, value, type="integer")


POD = (
    NAME,
    Column("Ready", _pod_ready),
    Column("Status", _pod_status),
    Column("Restarts", _pod_restarts),
    AGE_TEXT,
    _text("IP", "status", "podIP", empty=NONE, priority=1),
    _text("Node", "spec", "nodeName", empty=NONE, priority=1),
)
DEPLOYMENT = (
    NAME,
    Column("Ready", _deployment_ready),
    _number("Up-to-date", "status", "updatedReplicas"),
    _number("Available", "status", "availableReplicas"),
    AGE_TEXT,
    Column("Containers", _container_names, priority=1),
    Column("Images", _images, priority=1),
    Column("Selector", _selector, priority=1),
)
REPLICA_SET = (
    NAME,
    _number("Desired", "spec", "replicas"),
    _number("Current", "status", "replicas"),
    _number("Ready", "status", "readyReplicas"),
    AGE_TEXT,
    Column("Containers", _container_names, priority=1),
    Column("Images", _images, priority=1),
    Column("Selector", _selector, priority=1),
)
SERVICE = (
    NAME,
    _text("Type", "spec", "type", empty="ClusterIP"),
    _text("Cluster-IP", "spec", "clusterIP", empty=NONE),
    _text("External-IP", "spec", "externalName", empty=NONE),
    Column("Port(s)", _service_ports),
    AGE_TEXT,
    Column("Selector", _selector, priority=1),
)
CONFIG_MAP = (NAME, _number("Data", "data"), AGE_TEXT)
SECRET = (NAME, _text("Type", "type", empty="Opaque"), _number("Data", "data"), AGE_TEXT)
SERVICE_ACCOUNT = (NAME, _number("Secrets", "secrets"), AGE_TEXT)
NAMESPACE = (NAME, _text("Status", "status", "phase"), AGE_TEXT)
NODE = (
    NAME,
    Column("Status", _node_status),
    Column("Roles", _node_roles),
    AGE_TEXT,
    _text("Version", "status", "nodeInfo", "kubeletVersion"),
)
EVENT = (
    Column("Last Seen", _event_seen),
    _text("Type", "type"),
    _text("Reason", "reason"),
    Column("Object", _event_object),
    Column("Source", _event_source, priority=1),
    _text("Message", "message"),
    Column("First Seen", _event_first_seen, priority=1),
    _number("Count", "count"),
    Column("Name", _name, priority=1),
)
