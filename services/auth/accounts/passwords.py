"""Passwords: what is accepted (NIST SP 800-63B §5.1.1.2), and argon2id in a pool that cannot grow.

Parameters are OWASP's: 19 MiB, two passes, one lane. A hash takes some 30 ms of one core, so that more than a few at
once would only make every caller wait; beyond `MAX_WAITING` callers are asked to come back.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from passlib.hash import argon2

from libs.common.problems import FieldError, Unavailable, Unprocessable

MIN_LENGTH = 10
MAX_LENGTH = 256
MAX_WAITING = 64
COMMON_PARTS = ("password", "passwort", "123456", "qwerty", "qwertz", "letmein", "iloveyou", "welcome", "abc123")
_hasher = argon2.using(type="ID", memory_cost=19_456, time_cost=2, parallelism=1)


class WeakPassword(Unprocessable):
    code = "weak_password"


class TooManySignIns(Unavailable):
    code = "too_many_sign_ins"
    default_detail = "Many people are signing in right now. Try again in a moment."


def check_strength(password: str, *, personal: Mapping[str, Sequence[str]], pointer: str = "/password") -> None:
    """`personal` are words that someone who knows the person would try first, by the field that they stand in.

    Raises:
        WeakPassword: at `pointer`, by one of the codes `password_too_short` (`min_length`), `password_repetitive`,
            `password_personal` (`field`: what the password holds) and `password_common`.
    """
    fault = _fault(password, personal)
    if fault is not None:
        code, message, held = fault
        params = {"min_length": MIN_LENGTH, **({"field": held} if held else {})}
        raise WeakPassword(message, errors=[FieldError(pointer=pointer, code=code, message=message, params=params)])


def _fault(password: str, personal: Mapping[str, Sequence[str]]) -> tuple[str, str, str | None] | None:
    """Code and message of what is wrong, and the field that the password holds; None where it is good."""
    lowered = password.lower()
    words = {word.lower(): field for field, known in personal.items() for word in known if len(word) > 3}
    if len(password) < MIN_LENGTH:
        return "password_too_short", f"Use at least {MIN_LENGTH} characters; a few words make a good password.", None
    if len(set(lowered)) < 5:
        return "password_repetitive", "This password repeats a few characters. Use a few different words.", None
    rest, held = lowered, None
    for word in sorted({*words, *COMMON_PARTS}, key=len, reverse=True):
        if word in rest:
            rest, held = rest.replace(word, ""), held or words.get(word)
    if len(rest) >= MIN_LENGTH // 2:
        return None
    if held is not None:
        message = "This password holds your name, address or company. Use words that have nothing to do with you."
        return "password_personal", message, held
    return "password_common", "This password is easy to guess. Use a few words that do not belong together.", None


class PasswordHasher:
    """Hashes and verifies in `threads` threads."""

    def __init__(self, *, threads: int = 2) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._waiting = 0
        self._of_nobody: str = _hasher.hash("a password that nobody has")

    async def hash(self, password: str) -> str:
        """The password's hash in PHC text form. Raises TooManySignIns."""
        with self._place():
            hashed: str = await asyncio.get_running_loop().run_in_executor(self._pool, _hasher.hash, password)
            return hashed

    async def verify(self, password: str, hashed: str | None) -> bool:
        """Whether the password is right; None, for nobody, takes the same time. Raises TooManySignIns."""
        with self._place():
            right: bool = await asyncio.get_running_loop().run_in_executor(
                self._pool, _hasher.verify, password, hashed or self._of_nobody
            )
            return right and hashed is not None

    @contextmanager
    def _place(self) -> Iterator[None]:
        if self._waiting >= MAX_WAITING:
            raise TooManySignIns
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Ends the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)
