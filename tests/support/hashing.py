"""A hasher that checks a password when a test lets it, so that what happens meanwhile happens meanwhile."""

import threading
from typing import Literal

from argon2 import PasswordHasher

PATIENCE_SECONDS = 60


class HeldHasher(PasswordHasher):
    """`begun` tells that a check is under way; none ends before `let`."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.begun = threading.Event()
        self.let = threading.Event()

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 # argon2's name
        self.begun.set()
        assert self.let.wait(PATIENCE_SECONDS)
        return super().verify(hash, password)
