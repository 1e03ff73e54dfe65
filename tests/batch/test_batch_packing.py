"""Pieces of gzip in a row are one ordinary file, wherever the text was cut."""

from __future__ import annotations

import gzip
import zlib

from hypothesis import given
from hypothesis import strategies as st

from app.batch.packing import Piece, head, joined, packed, tail

CONTENTS = st.lists(st.binary(max_size=50) | st.builds(bytes, st.integers(0, 200_000)), max_size=6)


@given(CONTENTS)
def test_pieces_are_one_member(contents: list[bytes]) -> None:
    whole = Piece(b"")
    for content in contents:
        whole = joined(whole, packed(content, ".gz"))
    raw = head(".gz") + whole.data + tail(".gz", whole.size, whole.crc32)
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    assert unpacker.decompress(raw) == b"".join(contents)
    assert (unpacker.eof, unpacker.unused_data) == (True, b"")
    assert gzip.decompress(raw) == b"".join(contents)


@given(st.lists(st.binary(max_size=50), min_size=3, max_size=3))
def test_joining_does_not_depend_on_the_order_of_joins(contents: list[bytes]) -> None:
    first, second, third = (packed(content, ".gz") for content in contents)
    assert joined(joined(first, second), third) == joined(first, joined(second, third))


@given(st.binary())
def test_a_piece_depends_on_its_content_alone(content: bytes) -> None:
    assert packed(content, ".gz") == packed(content, ".gz")
    assert packed(content, "") == packed(content, ".zst") == Piece(content)
    assert head("") + tail("", 5, 7) == b""
