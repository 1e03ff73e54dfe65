"""The service's secret: strong, private, the same for all processes."""

from __future__ import annotations

import secrets as random
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from databases import STRONG, settings_of
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from app.access.pseudonym import key_id, key_ids, pseudonym, pseudonyms
from app.access.refusal import Refusal
from app.access.secret import MIN_BYTES, Secrets, derived, is_strong, read_secrets
from app.settings import Settings

WEAK = [
    "",
    "zqx",
    "a" * 64,
    "abababab" * 8,
    "change-me-change-me-change-me-change-me",
    "ChangeMeChangeMeChangeMe1234567890",
    "password-password-password-12345",
    "kunci-rahasia-kunci-rahasia-kunci",
    "0123456789abcdef0123456789abcdef",
    STRONG[: MIN_BYTES - 1],
]


@pytest.mark.parametrize("text", WEAK)
@pytest.mark.parametrize("name", ["secret_key", "old_secret_keys"])
def test_a_weak_secret_is_refused_without_showing_it(tmp_path: Path, name: str, text: str) -> None:
    if name == "old_secret_keys" and not text:
        return
    settings = settings_of(tmp_path, **{name: SecretStr(text)})
    with pytest.raises(Refusal) as caught:
        read_secrets(settings, local=True)
    message = str(caught.value) + caught.value.english
    assert f"NETRA_{name.upper()}" in message
    assert not text or text not in message


MAKERS: list[Callable[[], str]] = [
    lambda: random.token_urlsafe(32),
    lambda: random.token_hex(32),
    lambda: random.token_urlsafe(48),
]


@pytest.mark.parametrize("make", MAKERS)
def test_random_bytes_are_strong_however_written(make: Callable[[], str]) -> None:
    assert all(is_strong(make()) for _ in range(200))


@given(text=st.text(max_size=80))
def test_whatever_is_strong_is_long(text: str) -> None:
    assert not is_strong(text) or len(text.encode()) >= MIN_BYTES


def without(tmp_path: Path, **given: object) -> Settings:
    return settings_of(tmp_path, secret_key=None, **given)


def test_on_one_host_a_secret_is_made_once_and_kept_private(tmp_path: Path) -> None:
    settings = without(tmp_path)
    first, second = read_secrets(settings, local=True), read_secrets(settings, local=True)
    assert first == second
    assert is_strong(first.current.decode())
    [path] = settings.state_dir.iterdir()
    assert (path.name, stat.S_IMODE(path.stat().st_mode)) == ("secret.key", 0o600)


def test_processes_that_start_at_once_agree_on_it(tmp_path: Path) -> None:
    settings = without(tmp_path)
    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(lambda _: read_secrets(settings, local=True).current, range(32)))) == 1
    assert [path.name for path in settings.state_dir.iterdir()] == ["secret.key"]


def test_where_the_database_is_shared_the_secret_must_be_given(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="NETRA_SECRET_KEY"):
        read_secrets(without(tmp_path), local=False)
    assert read_secrets(settings_of(tmp_path), local=False).current == STRONG.encode()
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_secret_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    settings = without(tmp_path)
    read_secrets(settings, local=True)
    (settings.state_dir / "secret.key").chmod(mode)
    with pytest.raises(Refusal, match="chmod 600"):
        read_secrets(settings, local=True)


@pytest.mark.parametrize("content", [b"", b"zqx", b"\xff" * 64])
def test_a_damaged_file_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    settings = without(tmp_path)
    settings.state_dir.mkdir()
    path = settings.state_dir / "secret.key"
    path.touch(0o600)
    path.write_bytes(content)
    with pytest.raises(Refusal):
        read_secrets(settings, local=True)
    assert path.read_bytes() == content


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "zqx").write_text("")
    settings = without(tmp_path, state_dir=tmp_path / "zqx" / "state")
    with pytest.raises(Refusal, match="NETRA_STATE_DIR") as caught:
        read_secrets(settings, local=True)
    assert "zqx" not in str(caught.value)


def test_secrets_are_not_shown() -> None:
    assert STRONG not in repr(Secrets(STRONG.encode(), (STRONG.encode(),)))


def test_old_secrets_are_kept_in_their_order(tmp_path: Path) -> None:
    older = [random.token_urlsafe(32), random.token_urlsafe(32)]
    settings = settings_of(tmp_path, old_secret_keys=SecretStr("  ".join(older)))
    assert read_secrets(settings, local=True).old == tuple(text.encode() for text in older)


def test_a_key_for_one_purpose_is_no_use_for_another() -> None:
    found = {derived(secret, purpose) for secret in (b"a", b"b") for purpose in ("sessions", "pseudonym")}
    assert len(found) == 4
    assert {len(key) for key in found} == {32}


# -- pseudonyms ---------------------------------------------------------------------------------------------------

SECRET, OTHER = STRONG.encode(), STRONG[::-1].encode()


def test_a_pseudonym_is_the_same_every_time() -> None:
    # Written down: were it to change, nobody could be found or forgotten any more.
    assert pseudonym(SECRET, "@budi_uji") == pseudonym(SECRET, "@budi_uji") == EXPECTED


EXPECTED = "lmxmzm.pecreawinqyyn4k5cgxtjpxab4"


@given(first=st.text(min_size=1), second=st.text(min_size=1))
def test_different_authors_have_different_pseudonyms(first: str, second: str) -> None:
    assert (pseudonym(SECRET, first) == pseudonym(SECRET, second)) == (first == second)


@given(author=st.text(st.characters(codec="utf-8") | st.characters(categories=["Cs"]), min_size=3))
def test_a_pseudonym_shows_nothing_of_the_author_and_stores_anywhere(author: str) -> None:
    made = pseudonym(SECRET, author)
    assert made.isascii()
    assert len(made) == 33
    assert author not in made or len(author) < 6
    assert made.partition(".")[0] == key_id(SECRET)


def test_another_secret_makes_another_pseudonym_that_says_so() -> None:
    assert pseudonym(SECRET, "a").partition(".")[2] != pseudonym(OTHER, "a").partition(".")[2]
    assert key_ids([pseudonym(SECRET, "a"), pseudonym(OTHER, "a")]) == {key_id(SECRET), key_id(OTHER)}
    assert key_id(SECRET) != key_id(OTHER)


def test_after_a_rotation_an_author_is_found_under_every_name_they_had() -> None:
    before, after = Secrets(OTHER), Secrets(SECRET, (OTHER,))
    old = pseudonyms(before, "@budi_uji")
    assert pseudonyms(after, "@budi_uji") == [pseudonym(SECRET, "@budi_uji"), *old]


def test_nobody_has_no_pseudonym() -> None:
    with pytest.raises(ValueError, match="empty"):
        pseudonym(SECRET, "")
