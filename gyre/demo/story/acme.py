"""Where the teams of Acme keep their work: repositories, charts and images outside the cluster."""

import re
from collections.abc import Iterable, Mapping

from gyre.demo.life.inventory import entry
from gyre.demo.outside import Chart, ChartRepository, Image, Outside, Repository
from gyre.demo.outside.git import Commit, Content, hash_of
from gyre.demo.outside.workloads import App, manifests
from gyre.demo.resources import Manifest

HOST = "https://github.com/acme"
REGISTRY = "ghcr.io/acme"
PLATFORM = f"{HOST}/fleet-infra"
PAYMENTS = f"{HOST}/payments-deploy"
STOREFRONT = f"{HOST}/storefront"
PARTNERS = "https://gitlab.partner.example/settlement/contracts"
DATA = f"{HOST}/data-platform"
SEARCH = "oci://ghcr.io/acme/manifests/search"
RECOMMENDATIONS = f"{HOST}/recommendations"
MODELS = "s3://s3.eu-central-1.amazonaws.com/acme-model-registry"
PREVIEWS = f"{HOST}/storefront-previews"
OWNERS = {
    "flux-system": "clusters/production",
    "infra-controllers": "infrastructure/controllers",
    "tenants": "tenants",
}
PASSWORDS = {PAYMENTS: "ghp-payments-2026", PARTNERS: "rotated-in-march"}

APPS: dict[str, dict[str, tuple[str, ...]]] = {
    PLATFORM: {
        "infrastructure/configs": ("policy-server", "trust-distributor"),
        "infrastructure/external-dns": ("external-dns",),
        "monitoring/dashboards": ("dashboard-loader",),
        "databases/postgres": ("postgres-operator", "postgres-pooler"),
        "databases/backups": ("postgres-backups",),
        "identity/dex": ("dex", "oauth2-proxy"),
    },
    PAYMENTS: {
        "deploy/api": ("payments-api",),
        "deploy/ledger": ("ledger",),
        "deploy/worker": ("settlement-worker",),
    },
    STOREFRONT: {
        "deploy/web": ("storefront-web",),
        "deploy/cart": ("cart",),
        "deploy/checkout": ("checkout",),
        "deploy/catalog": ("catalog", "catalog-indexer"),
    },
    DATA: {
        "feature-store": ("feature-store",),
        "airflow": ("airflow-scheduler", "airflow-web"),
        "notebooks": ("jupyterhub",),
    },
    SEARCH: {"": ("search-api", "search-indexer")},
    MODELS: {"": ("model-server",)},
    RECOMMENDATIONS: {"api": ("recommender",), "trainer": ("recommender-trainer",)},
    "artifact://recommendations/api": {"": ("recommender",)},
    "artifact://recommendations/trainer": {"": ("recommender-trainer",)},
}
MISTAKE = (
    "accumulating resources: accumulation err='accumulating resources from 'scheduler.yaml': "
    "MalformedYAMLError: yaml: line 27: mapping values are not allowed in this context in File: scheduler.yaml': "
    "must build at directory: not a valid directory"
)
MISSING_TAG = "16.4.2"
MESSAGES = (
    "Raise the memory limit of the API",
    "Roll out the new rate limiter",
    "Tune readiness probes",
    "Bump base image",
    "Add dashboards for latency",
    "Enable structured logging",
    "Reduce log noise on health checks",
    "Point at the new read replica",
    "Drop the legacy feature flag",
    "Set pod disruption budgets",
)
AUTHORS = ("Ines Carvalho", "Tomasz Nowak", "Priya Raman", "Jonas Weber", "Mei Tanaka", "Sara Lindqvist")
CHARTS: dict[str, dict[str, tuple[str, ...]]] = {
    "https://charts.jetstack.io": {"cert-manager": ("v1.18.2", "v1.19.1")},
    "https://kubernetes.github.io/ingress-nginx": {"ingress-nginx": ("4.12.1", "4.13.0")},
    "https://prometheus-community.github.io/helm-charts": {"kube-prometheus-stack": ("75.6.0", "76.2.1")},
    "https://grafana.github.io/helm-charts": {"loki": ("6.29.0", "6.30.1"), "tempo": ("1.23.0", "1.23.2")},
    "https://charts.acme.example": {
        "payments-gateway": ("2.3.0", "2.4.1"),
        "feature-flags": ("0.9.4", "0.10.0"),
        "opensearch": ("3.1.0",),
        "session-cache": ("1.4.0", "1.4.1"),
    },
}
LEAST_LOKI_MEBIBYTES = 512


def describe(outside: Outside) -> None:
    """Put all of Acme's places into the world outside."""
    repositories = [_repository(url, paths) for url, paths in APPS.items()]
    repositories.append(Repository(PARTNERS, {"main": _commit("Add settlement contracts")}, None, PASSWORDS[PARTNERS]))
    repositories.append(_previews())
    outside.has(repositories, chart_repositories=_charts(), images=_images(APPS))
    platform, data = outside.repository(PLATFORM), outside.repository(DATA)
    platform.images[f"{REGISTRY}/postgres-operator"] = MISSING_TAG
    data.paths = {
        **(data.paths or {}),
        "airflow": Content(mistake=MISTAKE),
        "airflow-2": content(data, APPS[DATA]["airflow"]),
    }


def track(outside: Outside, owned: Mapping[str, Iterable[Manifest]]) -> None:
    """Say what the platform's own paths hold: objects that were applied from there and that are left as they are."""
    platform = outside.repository(PLATFORM)
    for owner, objects in owned.items():
        ids = tuple((entry(each)["id"], entry(each)["v"]) for each in objects)
        platform.paths = {**(platform.paths or {}), OWNERS[owner]: Content(tracked=ids)}


def content(repository: Repository, names: Iterable[str]) -> Content:
    """What stands at a path: these apps, with the images that the repository pins."""
    chosen = tuple(names)

    def objects(namespace: str) -> tuple[Manifest, ...]:
        return tuple(each for name in chosen for each in manifests(_app(repository, name), namespace))

    return Content(objects)


def _app(repository: Repository, name: str) -> App:
    image = f"{REGISTRY}/{name}"
    newest = repository.head("main") or repository.head("latest")
    touched = newest is not None and name in newest.message
    settings = {"LOG_LEVEL": "debug" if touched else "info", "LOG_FORMAT": "json"}
    replicas = 2 if len(name) % 3 == 0 else 1
    return App(name=name, image=f"{image}:{repository.images[image]}", replicas=replicas, settings=settings)


def _repository(url: str, paths: dict[str, tuple[str, ...]]) -> Repository:
    branch = "main" if url.startswith("https") else "latest"
    repository = Repository(url, {branch: _commit(f"Import {url.rpartition('/')[2]}")}, {}, PASSWORDS.get(url, ""))
    repository.images = {f"{REGISTRY}/{name}": "1.4.0" for names in paths.values() for name in names}
    repository.paths = {path: content(repository, names) for path, names in paths.items()}
    return repository


def _previews() -> Repository:
    heads = {"pr-418": Commit(hash_of("pr-418"), "Try the new cart", "Mei Tanaka")}
    return Repository(PREVIEWS, heads, None)


def _commit(message: str) -> Commit:
    return Commit(hash_of(message), message, AUTHORS[len(message) % len(AUTHORS)])


def _images(apps: dict[str, dict[str, tuple[str, ...]]]) -> list[Image]:
    names = [name for paths in apps.values() for names in paths.values() for name in names]
    return [Image(f"{REGISTRY}/{name}", ["1.2.0", "1.3.0", "1.3.1", "1.4.0"]) for name in names]


def _charts() -> list[ChartRepository]:
    made = []
    for url, charts in CHARTS.items():
        known = {name: Chart(name, dict(zip(versions, versions, strict=True))) for name, versions in charts.items()}
        made.append(ChartRepository(url, known))
        if "loki" in known:
            known["loki"].objection = _too_little_memory
    return made


def _too_little_memory(_version: str, values: Manifest) -> str:
    limit = str(((values.get("resources") or {}).get("limits") or {}).get("memory", "1Gi"))
    found = re.fullmatch(r"([0-9]+)(Mi|Gi)", limit)
    if found is None or int(found[1]) * {"Mi": 1, "Gi": 1024}[found[2]] >= LEAST_LOKI_MEBIBYTES:
        return ""
    where = "resource Deployment/monitoring/loki not ready. status: InProgress, message: Ready: 0/1"
    return f"{where}, context deadline exceeded"
