"""What goes on from minute to minute: commits, releases, pull requests, mistakes and their mending.

Each happening is something a person does outside, or with kubectl; what comes of it is for the controllers to say.
"""

import random
from collections.abc import Callable

from gyre.clock import rfc3339, rfc3339_nanoseconds
from gyre.demo.life.engine import Engine
from gyre.demo.life.steps import REQUESTED_AT
from gyre.demo.outside.git import Content
from gyre.demo.refusals import Refusal
from gyre.demo.resources import Manifest
from gyre.demo.store import Store
from gyre.demo.story import acme
from gyre.demo.story.manifests import SUSPENDED_AT, SUSPENDED_BY, SUSPENDED_REASON

SHORTEST_SECONDS, LONGEST_SECONDS = 3.0, 7.0
KEPT_VERSIONS = 24  # of a chart or image: the oldest are removed, as registries do
MOST_PREVIEWS = 4
BROKEN = (
    "accumulating resources: json: cannot unmarshal string into Go struct field Deployment.spec.replicas of type int32"
)
PUSHED_TO = {
    acme.STOREFRONT: ("storefront", "storefront"),
    acme.PAYMENTS: ("payments", "payments"),
    acme.DATA: ("data-platform", "data-platform"),
    acme.RECOMMENDATIONS: ("recommendations", "recommendations"),
    acme.PLATFORM: ("flux-system", "fleet-infra"),
}
SHIPPING = ("storefront-web", "cart", "catalog")


class Happenings:
    """Who does what next; everything follows from the seed and from the store's clock."""

    def __init__(self, store: Store, engine: Engine, seed: int) -> None:
        self._store = store
        self._engine = engine
        self._outside = engine.outside
        self._random = random.Random(seed)  # noqa: S311 - a story, no secret
        self._later: list[tuple[float, Callable[[], None]]] = []
        self._pull_request = 418
        self._usual: tuple[tuple[Callable[[], None], int], ...] = (
            (self.commit, 8),
            (self.release_image, 5),
            (self.release_chart, 2),
            (self.break_and_mend, 1),
            (self.open_or_close_pull_request, 1),
            (self.pause_and_resume, 1),
            (self.ask_for_reconciliation, 2),
        )

    def keep_to_what_is_there(self) -> None:
        """Let nothing happen that makes objects or takes them away: someone counts them."""
        self._usual = tuple(each for each in self._usual if each[0] != self.open_or_close_pull_request)

    def happen(self) -> float:
        """Let one thing happen; seconds until the next."""
        now = self._store.clock.monotonic()
        due = [each for each in self._later if each[0] <= now]
        self._later = [each for each in self._later if each[0] > now]
        for _, do in due:
            do()
        if not due:
            choices, weights = zip(*self._usual, strict=True)
            self._random.choices(choices, weights)[0]()
        return self._random.uniform(SHORTEST_SECONDS, LONGEST_SECONDS)

    def commit(self) -> None:
        """Somebody changes an app's settings and pushes."""
        url = self._random.choice(tuple(PUSHED_TO))
        names = [name for apps in acme.APPS[url].values() for name in apps]
        message = f"{self._random.choice(acme.MESSAGES)} ({self._random.choice(names)})"
        self._push(url, message)

    def release_image(self) -> None:
        """A build pushes a new image; scanning, policy and automation do the rest."""
        name = self._random.choice(SHIPPING)
        image = self._outside.image(f"{acme.REGISTRY}/{name}")
        major, minor, patch = (int(part) for part in image.tags[-1].split("."))
        bumped = (major, minor + 1, 0) if self._random.random() < 1 / 4 else (major, minor, patch + 1)
        image.tags = [*image.tags, ".".join(map(str, bumped))][-KEPT_VERSIONS:]
        self._request("ImageRepository", "storefront", name)
        self._after(9, lambda: self._request("ImageUpdateAutomation", "storefront", "storefront"))
        self._after(14, lambda: self._webhook(acme.STOREFRONT))

    def release_chart(self) -> None:
        """A chart gets a new version; one in three fails to upgrade, and its next version mends that."""
        repository = self._outside.chart_repository("https://charts.acme.example")
        chart = (repository.charts or {})["feature-flags"]
        newest = next(reversed(chart.versions))
        major, minor, patch = (int(part) for part in newest.split("."))
        version = f"{major}.{minor}.{patch + 1}"
        chart.versions = dict([*chart.versions.items(), (version, version)][-KEPT_VERSIONS:])
        repository.edition += 1
        if self._random.random() < 1 / 3:
            wrong = 'cannot patch "feature-flags" with kind Deployment: Deployment.apps "feature-flags" is invalid'
            chart.objection = lambda asked, _values: wrong if asked == version else ""
            self._after(35, self.release_chart)
        for space in ("storefront", "payments"):
            self._request("HelmRepository", space, "acme-charts")

    def break_and_mend(self) -> None:
        """A commit breaks the build of one path; a while later another mends it."""
        repository = self._outside.repository(acme.DATA)
        if repository.paths is None:
            return
        good = acme.content(repository, acme.APPS[acme.DATA]["feature-store"])
        repository.paths = {**repository.paths, "feature-store": Content(mistake=BROKEN)}
        self._push(acme.DATA, "Scale the feature store with the load")

        def mend() -> None:
            repository.paths = {**(repository.paths or {}), "feature-store": good}
            self._push(acme.DATA, 'Revert "Scale the feature store with the load"')

        self._after(self._random.uniform(25, 45), mend)

    def open_or_close_pull_request(self) -> None:
        """A preview environment comes or goes with its pull request."""
        heads = self._outside.repository(acme.PREVIEWS).heads
        if len(heads) >= MOST_PREVIEWS or (heads and self._random.random() < 1 / 3):
            heads.pop(min(heads))
        else:
            self._pull_request += self._random.randint(1, 6)
            title = self._random.choice(acme.MESSAGES)
            self._outside.repository(acme.PREVIEWS).push(f"pr-{self._pull_request}", title, self._author())
        self._request("ResourceSetInputProvider", "storefront-previews", "pull-requests")

    def pause_and_resume(self) -> None:
        """Somebody suspends a Kustomization while they look at something, and resumes it after a minute or so."""
        name = self._random.choice(("catalog", "cart"))
        who = f"{self._author().split()[0].lower()}@acme.example"
        why = "Looking into latency, back in a minute"
        annotations = {SUSPENDED_BY: who, SUSPENDED_REASON: why, SUSPENDED_AT: rfc3339(self._store.clock.now())}
        self.patch(
            "Kustomization", "storefront", name, {"metadata": {"annotations": annotations}, "spec": {"suspend": True}}
        )

        def resume() -> None:
            nothing = {SUSPENDED_BY: None, SUSPENDED_REASON: None, SUSPENDED_AT: None, REQUESTED_AT: self._now()}
            self.patch(
                "Kustomization", "storefront", name, {"metadata": {"annotations": nothing}, "spec": {"suspend": None}}
            )

        self._after(self._random.uniform(40, 80), resume)

    def ask_for_reconciliation(self) -> None:
        """Somebody is impatient."""
        kind, space, name = self._random.choice(
            (
                ("Kustomization", "search", "search"),
                ("Kustomization", "flux-system", "infra-configs"),
                ("HelmRelease", "monitoring", "kube-prometheus-stack"),
                ("OCIRepository", "search", "search"),
                ("Bucket", "data-platform", "model-registry"),
            )
        )
        if kind in ("OCIRepository", "Bucket"):
            url = acme.SEARCH if kind == "OCIRepository" else acme.MODELS
            self._outside.repository(url).push("latest", self._random.choice(acme.MESSAGES), self._author())
        self._request(kind, space, name)

    def _push(self, url: str, message: str) -> None:
        self._outside.repository(url).push("main", message, self._author())
        self._webhook(url)

    def _webhook(self, url: str) -> None:
        """What a Receiver does when the Git host calls it: it asks for a reconciliation."""
        self._request("GitRepository", *PUSHED_TO[url])

    def _author(self) -> str:
        return self._random.choice(acme.AUTHORS)

    def _after(self, seconds: float, do: Callable[[], None]) -> None:
        self._later.append((self._store.clock.monotonic() + seconds, do))

    def _now(self) -> str:
        return rfc3339_nanoseconds(self._store.clock.now())

    def _request(self, kind: str, namespace: str, name: str) -> None:
        self.patch(kind, namespace, name, {"metadata": {"annotations": {REQUESTED_AT: self._now()}}})

    def patch(self, kind: str, namespace: str, name: str, patch: Manifest) -> None:
        """Whoever looks may have deleted the object, or made it one that takes no patch: then nothing happens."""
        try:
            self._store.patch(self._store.resources.named(kind), namespace, name, patch)
        except (Refusal, KeyError):
            return
