"""Which keys a verifier believes, and for how long."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest

from libs.common.security.jose import InvalidToken, SigningKey, new_private_key
from libs.common.security.tokens import KEYS_TRUSTED_SECONDS, REFETCH_SECONDS, AccessTokenVerifier
from tests.support.identities import access_token


class Publisher:
    """Publishes `keys`, counts how often it is asked, and may be down."""

    def __init__(self, *keys: SigningKey) -> None:
        self.keys = list(keys)
        self.asked = 0
        self.down = False

    async def __call__(self) -> list[Mapping[str, Any]]:
        self.asked += 1
        if self.down:
            raise InvalidToken("the keys cannot be fetched")
        return [key.public_jwk for key in self.keys]


class Time:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_a_token_is_verified_without_asking_again() -> None:
    key, time = SigningKey(new_private_key()), Time()
    publisher = Publisher(key)
    verifier = AccessTokenVerifier(publisher, monotonic=time)
    for _ in range(5):
        await verifier.verify(access_token(uuid4(), key=key))
    assert publisher.asked == 1


async def test_many_who_come_before_the_keys_are_there_wait_for_one_fetch() -> None:
    key = SigningKey(new_private_key())
    publisher = Publisher(key)

    async def slowly() -> list[Mapping[str, Any]]:
        for _ in range(5):
            await asyncio.sleep(0)
        return await publisher()

    verifier = AccessTokenVerifier(slowly, monotonic=Time())
    await asyncio.gather(*(verifier.verify(access_token(uuid4(), key=key)) for _ in range(20)))
    assert publisher.asked == 1


async def test_a_new_key_is_fetched_at_most_once_a_minute() -> None:
    old, new, time = SigningKey(new_private_key()), SigningKey(new_private_key()), Time()
    publisher = Publisher(old)
    verifier = AccessTokenVerifier(publisher, monotonic=time)
    await verifier.verify(access_token(uuid4(), key=old))
    publisher.keys.append(new)
    for _ in range(5):
        with pytest.raises(InvalidToken):
            await verifier.verify(access_token(uuid4(), key=new))
    assert publisher.asked == 1
    time.now += REFETCH_SECONDS + 1
    await verifier.verify(access_token(uuid4(), key=new))


async def test_a_withdrawn_key_is_no_longer_believed_after_ten_minutes() -> None:
    withdrawn, new, time = SigningKey(new_private_key()), SigningKey(new_private_key()), Time()
    publisher = Publisher(withdrawn)
    verifier = AccessTokenVerifier(publisher, monotonic=time)
    await verifier.verify(access_token(uuid4(), key=withdrawn))
    publisher.keys = [new]
    time.now += KEYS_TRUSTED_SECONDS + 1
    with pytest.raises(InvalidToken):
        await verifier.verify(access_token(uuid4(), key=withdrawn))


async def test_while_keys_cannot_be_fetched_the_known_ones_stay_good() -> None:
    key, time = SigningKey(new_private_key()), Time()
    publisher = Publisher(key)
    verifier = AccessTokenVerifier(publisher, monotonic=time)
    await verifier.verify(access_token(uuid4(), key=key))
    publisher.down = True
    time.now += KEYS_TRUSTED_SECONDS + 1
    await verifier.verify(access_token(uuid4(), key=key))
