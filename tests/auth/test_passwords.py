"""Which passwords are taken, and how they are kept and checked."""

import anyio
import anyio.lowlevel
import pytest
from argon2 import PasswordHasher

from gyre.auth.passwords import LONGEST_PASSWORD, THREADS, WAITING, Passwords, require_good
from gyre.errors import Invalid, TooOften
from tests.support.hashing import HeldHasher
from tests.support.waiting import until

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "the password needs at least 12 characters"),
        ("x" * 11, "the password needs at least 12 characters"),
        ("ab" * 200, "the password may have at most 256 characters"),
        ("abababababab", "the password repeats too few characters; choose another"),
        ("aaaaaaaaaaaaaaaaaaaa", "the password repeats too few characters; choose another"),
        ("half \ud800 a character", "the password holds half a character; write it anew"),
        *(
            (guess, "the password is among the first that are tried; choose another")
            for guess in (
                "password12345",
                "P@ssw0rd!!!!!",
                "Password-Password",
                "123456789012",
                "!!!!1234567890",
                "qwertyuiop12",
                "Welcome2026!!",
                "1q2w3e4r5t6y",
                "Administrator1",
                "correct horse battery staple",
                "Kubernetes123",
            )
        ),
        ("Eve.Example1!", "the password is made of the user name; choose another"),
    ],
)
def test_what_is_guessed_first_is_refused_with_the_reason(password: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        require_good(password, username="eve.example")
    assert refused.value.message == reason
    assert refused.value.details == {"field": "password", "path": ["password"]}


@pytest.mark.parametrize(
    "password",
    ["a long winter's tale", "zr4k-w8mt-q2fh", "пароль-который-я-помню", "correct horse battery", "x1y2z3" * 40],
)
def test_what_is_long_and_not_common_is_taken(password: str) -> None:
    require_good(password, username="eve")


@pytest.mark.anyio
async def test_a_hash_is_argon2id_with_its_parameters_and_opens_for_its_password_alone() -> None:
    passwords = Passwords()
    hashed = await passwords.hash("a long winter's tale")
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await passwords.verify("a long winter's tale", hashed)
    assert not await passwords.verify("a long winter's tale ", hashed)
    assert not await passwords.verify("x" * (LONGEST_PASSWORD + 1), hashed)
    assert not await passwords.verify("a long winter's tale", "no hash at all")
    assert not passwords.outgrown(hashed)
    assert passwords.outgrown(QUICK.hash("x"))


@pytest.mark.anyio
async def test_an_unknown_user_costs_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    class Counting(PasswordHasher):
        checked: list[str]

        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]  # noqa: A002
            self.checked.append(str(hash)[:20])
            return super().verify(hash, password)

    hasher = Counting(time_cost=1, memory_cost=8, parallelism=1)
    hasher.checked = []
    passwords = Passwords(hasher)
    assert not await passwords.verify("the password of nobody", None)
    assert not await passwords.verify("wrong", await passwords.hash("right"))
    assert hasher.checked[0] == hasher.checked[1]
    assert len(hasher.checked) == 2


@pytest.mark.anyio
async def test_beyond_a_burst_whoever_comes_is_told_to_try_again() -> None:
    hasher = HeldHasher()
    passwords = Passwords(hasher)
    hashed = QUICK.hash("a")
    busy: list[TooOften] = []

    async def one() -> None:
        try:
            await passwords.verify("x", hashed)
        except TooOften as told:
            busy.append(told)

    async with anyio.create_task_group() as group:
        try:
            for _ in range(THREADS + WAITING):
                group.start_soon(one)
            await until(lambda: passwords._threads.statistics().tasks_waiting == WAITING)
            assert busy == []
            group.start_soon(one)
            await until(lambda: len(busy) == 1)
        finally:
            hasher.let.set()
    assert len(busy) == 1
    assert busy[0].details == {"retryAfterSeconds": 2}
