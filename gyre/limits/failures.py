"""Failed sign-ins counted in Redis, where no guesser gains by asking another replica; in memory while that is away.

Which failures count together, and how long they make one wait, is gyre.auth's.
"""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from gyre.limits.shared import Away, Shared
from gyre.terms.guessing import Failures, Guess

BEGIN: Final = """
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local wait = 0
for i, key in ipairs(KEYS) do
  local free, first, longest = tonumber(ARGV[5 * i - 4]), tonumber(ARGV[5 * i - 3]), tonumber(ARGV[5 * i - 2])
  local failures = tonumber(redis.call('HGET', key, 'failures')) or 0
  if ARGV[5 * i] == '1' and failures >= free then
    local pause = math.min(first * 2 ^ math.min(failures - free, 16), longest)
    wait = math.max(wait, tonumber(redis.call('HGET', key, 'last')) + pause - now)
  end
end
if wait > 0 then return tostring(wait) end
for i, key in ipairs(KEYS) do
  redis.call('HINCRBY', key, 'failures', 1)
  redis.call('HSET', key, 'last', string.format('%.6f', now))
  redis.call('EXPIRE', key, ARGV[5 * i - 1])
end
return '0'
"""
"""Looks at all keys and counts under all or under none, in one go: of many attempts at once only the free ones pass."""

SUCCEEDED: Final = """
redis.call('DEL', KEYS[1])
for i = 2, #KEYS do
  if redis.call('EXISTS', KEYS[i]) == 1 and redis.call('HINCRBY', KEYS[i], 'failures', -1) <= 0 then
    redis.call('DEL', KEYS[i])
  end
end
return 1
"""


class SharedFailures:
    """Counts attempts that have not succeeded, for all processes together."""

    def __init__(self, shared: Shared, alone: Failures) -> None:
        self._shared = shared
        self._alone = alone
        self._begin = shared.redis.register_script(BEGIN)
        self._succeeded = shared.redis.register_script(SUCCEEDED)

    async def begin(self, guesses: Sequence[Guess]) -> float:
        """Count one attempt under all these keys at once, or none of it: then the seconds to wait, else 0."""
        keys = [self._key(guess.key) for guess in guesses]
        arguments = [word for guess in guesses for word in _words(guess)]
        try:
            return float(await self._shared.ask(lambda: self._begin(keys=keys, args=arguments)))
        except Away:
            return await self._alone.begin(guesses)

    async def succeeded(self, forgiven: str, taken_back: Sequence[str]) -> None:
        """Forget all under the first key, and one attempt under each of the others."""
        keys = [self._key(key) for key in (forgiven, *taken_back)]
        with suppress(Away):  # what was counted there goes by itself
            await self._shared.ask(lambda: self._succeeded(keys=keys))
        await self._alone.succeeded(forgiven, taken_back)

    def _key(self, key: str) -> str:
        """Names and addresses are not for everyone who may look into Redis, and can be long."""
        return f"{self._shared.prefix}:guesses:{hashlib.sha256(key.encode(errors='replace')).hexdigest()[:32]}"


def _words(guess: Guess) -> tuple[int | float | str, ...]:
    allowance = guess.allowance
    quiet = int(allowance.forgotten_after_seconds)
    waits = "1" if guess.waits else "0"
    return allowance.free, allowance.first_seconds, allowance.longest_seconds, quiet, waits
