"""The copy of the keys: never older than promised, never in the way of a request, never open when in doubt."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import pytest

from app.access import ring as ring_module
from app.access.keys import Caller, KnownKey, digest_of
from app.access.ring import FRESH, GRACE, NEW_KEY, STALE, KeyRing
from app.problems import KeyRefused, StoreDown
from app.store import StoreUnavailable

SALT, SECRET = bytes(range(16)), "s" * 43
FOREVER = float("inf")


def a_key(key_id: str = "abcdefgh", *, expires_at: float = FOREVER, revoked: bool = False) -> KnownKey:
    return KnownKey(Caller(key_id, "uji", frozenset({"classify"})), SALT, digest_of(SALT, SECRET), expires_at, revoked)


def text_of(key_id: str = "abcdefgh", secret: str = SECRET) -> str:
    return f"netra_{key_id}_{secret}"


class Table:
    """The keys as the database would tell them; ``down`` or ``hanging`` when it would not."""

    def __init__(self, *keys: KnownKey) -> None:
        self.keys = {key.caller.key_id: key for key in keys}
        self.asked = 0
        self.down = False
        self.hanging: asyncio.Event | None = None
        self.time = 1000.0

    async def load(self) -> Mapping[str, KnownKey]:
        self.asked += 1
        if self.hanging:
            await self.hanging.wait()
        if self.down:
            raise StoreUnavailable(cause="SQLITE_BUSY")
        return dict(self.keys)

    def ring(self, patience: float = 60.0) -> KeyRing:
        return KeyRing(self.load, lambda: self.time, lambda: 0.0, patience)


def drive(work: Callable[[], Awaitable[None]]) -> None:
    async def awaited() -> None:
        await work()

    asyncio.run(awaited())


async def reason(ring: KeyRing, text: str) -> str:
    with pytest.raises(KeyRefused) as caught:
        await ring.admit(text)
    return str(caught.value.members["reason"])


def test_a_good_key_is_let_in_with_what_it_may() -> None:
    async def work() -> None:
        caller = await Table(a_key()).ring().admit(text_of())
        assert (caller.key_id, caller.scopes) == ("abcdefgh", {"classify"})

    drive(work)


REFUSED = [
    ("", "malformed"),
    ("zqx", "malformed"),
    (text_of() + "x", "malformed"),
    (text_of("zqxzqxzq"), "unknown"),
    (text_of(secret="x" * 43), "unknown"),
    (text_of("expired2"), "expired"),
    (text_of("revoked2"), "revoked"),
    (text_of("expired2", "x" * 43), "unknown"),
    (text_of("revoked2", "x" * 43), "unknown"),
]


@pytest.mark.parametrize(("text", "expected"), REFUSED)
def test_any_other_is_refused_and_only_its_holder_learns_how_it_ended(text: str, expected: str) -> None:
    async def work() -> None:
        table = Table(a_key(), a_key("expired2", expires_at=0.0), a_key("revoked2", revoked=True))
        assert await reason(table.ring(), text) == expected

    drive(work)


ENDED = [("zqxzqxzq", "unknown"), ("expired2", "expired"), ("revoked2", "revoked"), ("", "unknown"), ("a.b", "unknown")]


@pytest.mark.parametrize(("key_id", "expected"), ENDED)
def test_a_session_is_not_let_in_once_its_key_has_ended(key_id: str, expected: str) -> None:
    async def work() -> None:
        table = Table(a_key(), a_key("expired2", expires_at=-1.0), a_key("revoked2", revoked=True))
        with pytest.raises(KeyRefused) as caught:
            await table.ring().readmit(key_id)
        assert caught.value.members["reason"] == expected

    drive(work)


def test_a_session_is_let_in_as_its_key_is_and_ends_with_it_within_the_time_promised() -> None:
    async def work() -> None:
        table = Table(a_key())
        ring = table.ring()
        assert (await ring.readmit("abcdefgh")).scopes == {"classify"}
        table.keys = {"abcdefgh": a_key(revoked=True)}
        table.time += STALE
        with pytest.raises(KeyRefused):
            await ring.readmit("abcdefgh")

    drive(work)


def test_a_session_is_not_let_in_when_nobody_can_tell() -> None:
    async def work() -> None:
        table = Table(a_key())
        table.down = True
        with pytest.raises(StoreDown):
            await table.ring().readmit("abcdefgh")

    drive(work)


def test_an_unknown_id_is_compared_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[bytes] = []

    def digest(salt: bytes, secret: str) -> bytes:
        hashed.append(salt)
        return digest_of(salt, secret)

    monkeypatch.setattr("app.access.keys.digest_of", digest)

    async def work() -> None:
        ring = Table(a_key()).ring()
        await ring.admit(text_of())
        await reason(ring, text_of("zqxzqxzq"))

    drive(work)
    assert len(hashed) == 2


def test_while_the_copy_is_fresh_the_database_is_left_alone() -> None:
    async def work() -> None:
        table = Table(a_key())
        ring = table.ring()
        for _ in range(50):
            await ring.admit(text_of())
            table.time += FRESH / 51
        assert table.asked == 1

    drive(work)


def test_a_copy_no_longer_fresh_is_renewed_beside_the_request() -> None:
    async def work() -> None:
        table = Table(a_key())
        ring = table.ring()
        await ring.admit(text_of())
        table.time += FRESH
        table.hanging = asyncio.Event()
        await asyncio.gather(*(ring.admit(text_of()) for _ in range(20)))  # nobody waits, one asks
        assert table.asked == 2
        table.hanging.set()
        await ring.close()

    drive(work)


def test_revoking_is_in_force_within_the_time_promised() -> None:
    async def work() -> None:
        table = Table(a_key())
        ring = table.ring()
        await ring.admit(text_of())
        table.keys["abcdefgh"] = a_key(revoked=True)
        table.time += STALE
        assert await reason(ring, text_of()) == "revoked"

    drive(work)


def test_a_new_key_works_within_the_time_promised() -> None:
    async def work() -> None:
        table = Table()
        ring = table.ring()
        assert await reason(ring, text_of()) == "unknown"
        table.keys["abcdefgh"] = a_key()
        table.time += NEW_KEY + 0.01
        assert (await ring.admit(text_of())).key_id == "abcdefgh"

    drive(work)


def test_guessing_ids_does_not_keep_the_database_busy() -> None:
    async def work() -> None:
        table = Table(a_key())
        ring = table.ring()
        for n in range(100):
            assert await reason(ring, text_of(f"zqx{n:05d}")) == "unknown"
        assert table.asked == 1

    drive(work)


def test_without_the_database_known_keys_work_for_a_while_and_then_nobody_is_let_in() -> None:
    async def work() -> None:
        table = Table(a_key())
        ring = table.ring()
        await ring.admit(text_of())
        table.down = True
        table.time += GRACE
        assert (await ring.admit(text_of())).key_id == "abcdefgh"
        table.time += 1
        with pytest.raises(StoreDown):
            await ring.admit(text_of())
        table.down = False
        assert (await ring.admit(text_of())).key_id == "abcdefgh"

    drive(work)


def test_before_the_first_copy_nobody_is_let_in() -> None:
    async def work() -> None:
        table = Table(a_key())
        table.down = True
        with pytest.raises(StoreDown):
            await table.ring().admit(text_of())

    drive(work)


def test_while_the_database_is_down_an_unknown_key_is_not_called_wrong() -> None:
    async def work() -> None:
        table = Table(a_key())
        ring = table.ring()
        await ring.admit(text_of())
        table.down = True
        table.time += 1
        with pytest.raises(StoreDown):
            await ring.admit(text_of("zqxzqxzq"))

    drive(work)


def test_a_database_that_hangs_is_waited_for_once() -> None:
    async def work() -> None:
        table = Table(a_key())
        ring = table.ring(patience=0.0)
        ring.fill(table.keys)
        table.hanging = asyncio.Event()
        table.time += STALE
        for _ in range(20):
            assert (await ring.admit(text_of())).key_id == "abcdefgh"
        assert table.asked == 1
        table.keys["abcdefgh"] = a_key(revoked=True)
        table.hanging.set()
        await ring.close()
        assert await reason(ring, text_of()) == "revoked"

    drive(work)


def test_a_caller_who_hangs_up_does_not_stop_the_renewal() -> None:
    async def work() -> None:
        table = Table(a_key())
        ring = table.ring()
        table.hanging = asyncio.Event()
        waiting = asyncio.create_task(ring.admit(text_of()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        waiting.cancel()
        table.hanging.set()
        assert (await ring.admit(text_of())).key_id == "abcdefgh"
        assert table.asked == 1

    drive(work)


@pytest.mark.parametrize("error", [StoreUnavailable(cause="zqx"), ValueError("zqx")])
def test_a_failure_is_logged_without_its_message(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> Mapping[str, KnownKey]:
        raise error

    async def work() -> None:
        with pytest.raises(StoreDown):
            await KeyRing(fail).admit(text_of())

    drive(work)
    assert "keys not renewed" in caplog.text
    assert "zqx" not in caplog.text
    assert SECRET not in caplog.text


def test_the_times_promised_are_the_ones_documented() -> None:
    assert (FRESH, STALE, GRACE, NEW_KEY, ring_module.PATIENCE) == (2.0, 5.0, 600.0, 0.5, 1.0)
