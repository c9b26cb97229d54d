"""So many changes a second on a fleet that otherwise rests: commits, scans and reconciliations, one write at a time."""

import random

from gyre.clock import Clock, rfc3339_nanoseconds
from gyre.demo.life.controllers import Key
from gyre.demo.life.engine import Engine
from gyre.demo.story.acme import AUTHORS, MESSAGES

TICK_SECONDS = 0.05
AT_ONCE = 16  # reconciliations under way, so that each can be seen to progress
KEPT_TAGS = 24
MOST_TRIES = 1_000  # when everything is suspended or gone, nothing changes, however long one tries
MOST_OWED_SECONDS = 1.0  # after a pause of the machine, what was missed is not made up for
WORTH_WHILE = frozenset(("GitRepository", "OCIRepository", "Bucket", "Kustomization", "HelmRelease", "ImageRepository"))


class Traffic:
    """Keeps a number of changes a second going."""

    def __init__(self, engine: Engine, keys: list[Key], *, seed: int) -> None:
        self._engine = engine
        self._keys = [key for key in keys if key[0] in WORTH_WHILE]
        self._random = random.Random(seed)  # noqa: S311 - a story, no secret
        self._counted = engine.flux_changes

    async def run(self, clock: Clock, changes_per_second: float) -> None:
        """Go on for ever."""
        owed, before = 0.0, clock.monotonic()
        while True:
            await clock.sleep(TICK_SECONDS)
            now = clock.monotonic()
            owed = min(owed + (now - before) * changes_per_second, MOST_OWED_SECONDS * changes_per_second + 1)
            before = now
            owed -= self.make_changes(owed)

    def make_changes(self, owed: float) -> int:
        """Make as many whole changes as are owed, those that came by themselves counted in; how many there were."""
        for _ in range(MOST_TRIES):
            if self._engine.flux_changes - self._counted >= int(owed):
                break
            self._keep_busy()
            self._engine.paced_change()
        made = self._engine.flux_changes - self._counted
        self._counted = self._engine.flux_changes
        return made

    def _keep_busy(self) -> None:
        while self._keys and self._engine.paced < AT_ONCE:
            key = self._random.choice(self._keys)
            self._prompt(key)
            self._engine.pace(key)

    def _prompt(self, key: Key) -> None:
        """Give an object a reason: a commit to its repository, a new tag of its image."""
        manifest = self._engine.get(*key)
        if manifest is None:
            return
        spec, outside = manifest["spec"], self._engine.outside
        author, message = self._random.choice(AUTHORS), self._random.choice(MESSAGES)
        stamp = rfc3339_nanoseconds(self._engine.now())
        if key[0] == "GitRepository":
            outside.repository(spec["url"]).push(spec["ref"]["branch"], f"{message} {stamp}", author)
        elif key[0] == "OCIRepository":
            outside.repository(spec["url"]).push(spec["ref"].get("tag", "latest"), f"{message} {stamp}", author)
        elif key[0] == "Bucket":
            url = f"s3://{spec['endpoint']}/{spec['bucketName']}"
            outside.repository(url).push("latest", f"{message} {stamp}", author)
        elif key[0] == "ImageRepository":
            image = outside.image(spec["image"])
            major, minor, patch = image.tags[-1].split(".")
            image.tags = [*image.tags, f"{major}.{minor}.{int(patch) + 1}"][-KEPT_TAGS:]
