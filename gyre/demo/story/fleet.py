"""A fleet of any size: teams with services in some forty namespaces, copied from one of each that was lived through."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from gyre.demo.journal import Held
from gyre.demo.life.controllers import FLUX_KINDS, Key
from gyre.demo.resources import ResourceType
from gyre.demo.store import Store
from gyre.demo.story import acme
from gyre.demo.story.bundles import BUNDLES, Bundle, team
from gyre.demo.story.copying import Mould, Pattern
from gyre.demo.story.stage import DAY, SETTLE_SECONDS, Stage

NAMESPACE_OBJECTS = 250
TEAMS = (
    *(
        "accounts",
        "adverts",
        "analytics",
        "appstore",
        "auctions",
        "billing",
        "bookings",
        "careers",
        "checkin",
        "claims",
    ),
    *("community", "content", "courier", "credits", "customs", "delivery", "devices", "energy", "fleet", "forecast"),
    *("fraud", "giftcards", "inventory", "ledgers", "logistics", "loyalty", "maps", "marketing", "media", "messaging"),
    *("mobility", "orders", "partners", "pricing", "ratings", "returns", "routing", "support", "tickets", "warehouse"),
)
NOUNS = (
    *(
        "account",
        "audit",
        "basket",
        "batch",
        "cache",
        "campaign",
        "catalogue",
        "consent",
        "coupon",
        "currency",
        "digest",
    ),
    *("document", "export", "feed", "geo", "import", "invoice", "label", "limits", "locale", "matching", "metrics"),
    *(
        "notify",
        "offer",
        "parcel",
        "payout",
        "photo",
        "planner",
        "profile",
        "quota",
        "quote",
        "rates",
        "report",
        "review",
    ),
    *("rules", "schedule", "score", "session", "stock", "tariff", "tax", "token", "tracking", "transfer", "voucher"),
)
ROLES = ("", "-api", "-worker", "-web", "-sync", "-gateway", "-jobs", "-store")
FIRST, LATER = 24.0, 21.0
RECENT_SECONDS = 300.0
TEAM, SERVICE = "zz-team", "zz-service"


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied for one service, or for a team."""

    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class _Model:
    """Patterns of a bundle, and what fills them."""

    mould: Mould
    patterns: tuple[Pattern, ...]
    service: str = ""
    bundle: Bundle | None = None

    @property
    def size(self) -> int:
        """How many Flux objects a copy has."""
        return sum(each.is_flux for each in self.patterns)


def count_flux_objects(store: Store) -> int:
    """How many Flux objects there are."""
    return sum(len(store.list(store.resources.named(kind))) for kind in FLUX_KINDS)


def grow(stage: Stage, objects: int, *, seed: int) -> tuple[Copied, ...]:
    """Add exactly so many Flux objects, with what is behind them."""
    chance = random.Random(seed)  # noqa: S311 - a story, no secret
    team_model, models = _lived_through(stage)
    return tuple(_copies(stage, objects, chance, team_model, models))


def _copies(
    stage: Stage, objects: int, chance: random.Random, team_model: _Model, models: tuple[_Model, ...]
) -> Iterator[Copied]:
    spaces = [_numbered(TEAMS, number) for number in range(max(1, min(len(TEAMS), objects // NAMESPACE_OBJECTS)))]
    stage.clock.put(0)
    stage.has_namespaces(spaces)
    common = {}
    for space in spaces:
        common[space] = team_model.mould.values({TEAM: space}, chance, {})
        copied = _copy(stage, team_model, common[space], objects)
        objects -= len(copied.keys)
        yield copied
    services = [f"{noun}{role}" for role in ROLES for noun in NOUNS]
    chance.shuffle(services)
    weights = [model.bundle.of_a_hundred if model.bundle else 0 for model in models]
    number = 0
    while objects > 0:
        space, service = spaces[number % len(spaces)], _numbered(services, number // len(spaces))
        model = chance.choices(models, weights)[0]
        values = model.mould.values({TEAM: space, model.service: service}, chance, common[space])
        if model.bundle is not None:
            model.bundle.facts(stage.outside, space, service)
        copied = _copy(stage, model, values, objects)
        objects -= len(copied.keys)
        number += 1
        yield copied


def _copy(stage: Stage, model: _Model, values: dict[str, str], most: int) -> Copied:
    keys: list[Key] = []
    for pattern in model.patterns:
        if pattern.is_flux and len(keys) == most:
            break
        held = pattern.copy(values, stage.store.version + 1)
        stage.store.restore(pattern.resource, held)
        if pattern.is_flux:
            key = (pattern.resource.kind, held.namespace, held.name)
            stage.engine.take_in(key, *pattern.acquaintance(values))
            keys.append(key)
    return Copied(tuple(keys))


def _numbered(names: tuple[str, ...] | list[str], number: int) -> str:
    name, again = names[number % len(names)], number // len(names)
    return f"{name}-{again + 1}" if again else name


def _lived_through(stage: Stage) -> tuple[_Model, tuple[_Model, ...]]:
    """One team with one service of each bundle, lived through on a stage of its own."""
    model_stage = Stage(stage.clock, days_ago=FIRST)
    model_stage.has_namespaces((TEAM,))
    acme.describe(model_stage.outside)
    services = [f"{SERVICE}-{chr(ord('a') + number)}" for number in range(len(BUNDLES))]
    model_stage.apply(FIRST, team(TEAM))
    for bundle, service in zip(BUNDLES, services, strict=True):
        bundle.facts(model_stage.outside, TEAM, service)
        model_stage.apply(FIRST, bundle.manifests(TEAM, service))
    model_stage.clock.put(LATER * DAY)
    for bundle, service in zip(BUNDLES, services, strict=True):
        if bundle.later is not None:
            last = bundle.manifests(TEAM, service)[-1]
            resource = model_stage.store.resources.named(last["kind"])
            model_stage.store.patch(resource, TEAM, service, bundle.later)
    model_stage.passes(SETTLE_SECONDS)
    model_stage.clock.put(RECENT_SECONDS)
    model_stage.engine.spread(random.Random(0), RECENT_SECONDS / 2)  # noqa: S311 - a story, no secret
    model_stage.passes(RECENT_SECONDS)
    return _models(model_stage, services)


def _models(stage: Stage, services: list[str]) -> tuple[_Model, tuple[_Model, ...]]:
    everything = list(_objects(stage.store))
    now = stage.clock.now()
    team_mould = Mould((TEAM,), now)
    of_team = [each for each in everything if not any(service in each[1].name for service in services)]
    team_model = _Model(team_mould, team_mould.patterns(of_team))
    models = []
    for bundle, service in zip(BUNDLES, services, strict=True):
        mould = Mould((TEAM, service), now)
        patterns = mould.patterns(each for each in everything if service in each[1].name)
        models.append(_Model(mould, patterns, service, bundle))
    return team_model, tuple(models)


def _objects(store: Store) -> Iterator[tuple[ResourceType, Held]]:
    """Everything in the team's namespace but Events, in the order it was made: sources before what needs them."""
    kept = [
        (resource, held)
        for resource in store.resources
        if resource.namespaced and resource.kind != "Event"
        for held in store.list(resource, TEAM)
    ]
    yield from sorted(
        kept, key=lambda each: (each[1].read()["metadata"]["creationTimestamp"], each[0].kind in FLUX_KINDS)
    )
