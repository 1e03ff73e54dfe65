"""Forms with a file: any way of cutting them gives the same, and nothing is taken of those that are refused."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.requests import Request

from app.problems import BadRequest, BodyTooLarge, FormRefused, Problem, UnsupportedMediaType
from app.web.uploads_receive import MAX_REST, Received, receive

BOUNDARY = "batas"
TYPE = f"multipart/form-data; boundary={BOUNDARY}"
Part = tuple[str, bytes]


def field(name: str, value: str = "1") -> Part:
    return f'Content-Disposition: form-data; name="{name}"', value.encode()


def a_file(content: bytes, name: str = "a.csv") -> Part:
    header = f'Content-Disposition: form-data; name="berkas"; filename="{name}"\r\nContent-Type: text/csv'
    return header, content


def body_of(*parts: Part) -> bytes:
    made = b"".join(f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + content + b"\r\n" for head, content in parts)
    return made + f"--{BOUNDARY}--\r\n".encode()


def request_of(chunks: list[bytes], kind: str = TYPE) -> Request:
    left = list(chunks)

    async def arrive() -> dict[str, Any]:
        return {"type": "http.request", "body": left.pop(0) if left else b"", "more_body": bool(left)}

    return Request({"type": "http", "method": "POST", "headers": [(b"content-type", kind.encode())]}, arrive)


def take(target: Path, chunks: list[bytes], most: int = 10_000, kind: str = TYPE, check: Any = None) -> Received:
    return asyncio.run(receive(request_of(chunks, kind), target, check or (lambda fields: None), most))


FORM = body_of(field("token", "t"), a_file(b"text\r\nhalo\r\n"), field("aksi", "a\r\nb"))


def test_a_form_with_a_file(tmp_path: Path) -> None:
    found = take(tmp_path / "a", [FORM])
    assert found == Received({"token": "t", "aksi": "a\nb"}, "a.csv", 12)
    assert (tmp_path / "a").read_bytes() == b"text\r\nhalo\r\n"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(cuts=st.lists(st.integers(0, len(FORM)), max_size=30))
def test_it_does_not_matter_how_it_arrives(tmp_path: Path, cuts: list[int]) -> None:
    target = tmp_path / "a"
    target.unlink(missing_ok=True)
    places = [0, *sorted(cuts), len(FORM)]
    found = take(target, [FORM[a:b] for a, b in zip(places, places[1:], strict=False)])
    assert found == Received({"token": "t", "aksi": "a\nb"}, "a.csv", 12)
    assert target.read_bytes() == b"text\r\nhalo\r\n"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(content=st.binary(max_size=300).filter(lambda raw: BOUNDARY.encode() not in raw))
def test_any_bytes_are_taken_as_they_are(tmp_path: Path, content: bytes) -> None:
    target = tmp_path / "a"
    target.unlink(missing_ok=True)
    found = take(target, [body_of(a_file(content))])
    assert (found.size, target.read_bytes()) == (len(content), content)


def test_the_file_is_private_from_its_first_byte(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        take(tmp_path / "a", [FORM])
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600


def test_an_existing_file_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("lama")
    with pytest.raises(FileExistsError):
        take(tmp_path / "a", [FORM])
    assert (tmp_path / "a").read_text() == "lama"


def test_a_form_that_shows_nothing_is_refused_before_a_byte_of_its_file(tmp_path: Path) -> None:
    seen: list[dict[str, str]] = []

    def check(fields: dict[str, str]) -> None:
        seen.append(dict(fields))
        raise FormRefused

    late = body_of(a_file(b"rahasia"), field("token", "t"))
    for raw in (FORM, late):
        (tmp_path / "a").unlink(missing_ok=True)
        with pytest.raises(FormRefused):
            take(tmp_path / "a", [raw], check=check)
        assert (tmp_path / "a").read_bytes() == b""
    assert seen == [{"token": "t"}, {}]


def test_a_form_without_a_file_has_no_name(tmp_path: Path) -> None:
    assert take(tmp_path / "a", [body_of(field("token"), a_file(b"", ""))]).name == ""
    assert take(tmp_path / "b", [body_of(field("token"))]).name == ""


REFUSED: dict[str, tuple[bytes, type[Problem]]] = {
    "nothing": (b"", BadRequest),
    "not a form": (b"halo", BadRequest),
    "cut off": (FORM[:-20], BadRequest),
    "another boundary": (FORM.replace(BOUNDARY.encode(), b"lain"), BadRequest),
    "two files": (body_of(a_file(b"a"), a_file(b"b")), BadRequest),
    "twice the same field": (body_of(field("a"), field("a")), BadRequest),
    "no name": (body_of(("Content-Disposition: form-data", b"x")), BadRequest),
    "no header": (body_of(("X-Lain: 1", b"x")), BadRequest),
    "a long field": (body_of(field("a", "x" * 5000)), BadRequest),
    "a long header": (body_of(("Content-Disposition: form-data; name=a; x=" + "y" * 5000, b"")), BadRequest),
    "many fields": (body_of(*(field(f"f{k}") for k in range(30))), BadRequest),
    "not UTF-8": (body_of(("Content-Disposition: form-data; name=a", b"\xff\xfe")), BadRequest),
    "a large file": (body_of(field("token"), a_file(b"x" * 10_001)), BodyTooLarge),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_such_form_is_refused(tmp_path: Path, name: str) -> None:
    raw, problem = REFUSED[name]
    with pytest.raises(problem):
        take(tmp_path / "a", [raw])


def test_the_largest_file_is_taken(tmp_path: Path) -> None:
    assert take(tmp_path / "a", [body_of(a_file(b"x" * 10_000))]).size == 10_000


def test_a_body_without_end_is_cut_short(tmp_path: Path) -> None:
    """Also one whose bytes are in no file: 100 times as much arrives, and reading ends with the limit."""
    chunks = [b"x" * 1000] * (100 * MAX_REST // 1000)
    request = request_of(chunks)
    with pytest.raises((BodyTooLarge, BadRequest)):
        asyncio.run(receive(request, tmp_path / "a", lambda fields: None, 10_000))


@pytest.mark.parametrize(
    "kind",
    ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "multipart/mixed; boundary=batas"],
)
def test_other_types_are_refused(tmp_path: Path, kind: str) -> None:
    with pytest.raises(UnsupportedMediaType):
        take(tmp_path / "a", [FORM], kind=kind)
    assert not (tmp_path / "a").exists()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(raw=st.binary(max_size=400), wrapped=st.booleans())
def test_any_bytes_end_in_a_form_or_a_refusal(tmp_path: Path, raw: bytes, wrapped: bool) -> None:
    target = tmp_path / "a"
    target.unlink(missing_ok=True)
    sent = FORM[:70] + raw + FORM[70:] if wrapped else raw
    try:
        found = take(target, [sent])
    except Problem:
        return
    assert found.size == target.stat().st_size
