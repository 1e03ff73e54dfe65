"""Gzip in pieces: each chunk is packed on its own, in any process, and the pieces in a row are one ordinary file.

A piece is deflated without looking back and ends on a whole byte (a full flush), so pieces can be written one after
another, and a file that was cut between two of them can be gone on with. The trailer of a gzip file wants length and
CRC of everything; both follow from those of the pieces. A file of many gzip members would be simpler, but browsers
and older .NET read only the first member of such a file and say nothing.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

_LEVEL = 6
_NO_NAME_NO_TIME = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_LAST_BLOCK = b"\x03\x00"
_ZEROS = bytes(1 << 16)


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes as they are to be written, and length and CRC-32 of what was packed into them."""

    data: bytes
    size: int = 0
    crc32: int = 0


def packed(content: bytes, packing: str) -> Piece:
    """``content`` as a piece of a ``.gz`` file, or unchanged where the packing is another or none."""
    if packing != ".gz":
        return Piece(content)
    deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    data = deflate.compress(content) + deflate.flush(zlib.Z_FULL_FLUSH)
    return Piece(data if content else b"", len(content), zlib.crc32(content))


def joined(first: Piece, second: Piece) -> Piece:
    """Two pieces as one."""
    crc32 = _shifted(first.crc32, second.size) ^ _shifted(0, second.size) ^ second.crc32
    return Piece(first.data + second.data, first.size + second.size, crc32)


def _shifted(crc32: int, size: int) -> int:
    """CRC-32 of something followed by ``size`` zero bytes; CRCs are linear, so this is all that joining takes."""
    whole, rest = divmod(size, len(_ZEROS))
    for _ in range(whole):
        crc32 = zlib.crc32(_ZEROS, crc32)
    return zlib.crc32(_ZEROS[:rest], crc32)


def head(packing: str) -> bytes:
    """What stands before the first piece."""
    return _NO_NAME_NO_TIME if packing == ".gz" else b""


def tail(packing: str, size: int, crc32: int) -> bytes:
    """What stands after the last piece, given length and CRC-32 of all that was packed."""
    if packing != ".gz":
        return b""
    return _LAST_BLOCK + crc32.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little")
