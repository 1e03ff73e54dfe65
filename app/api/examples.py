"""Requests and answers shown in the OpenAPI document; fictional, and run by the tests with their fake model."""

from __future__ import annotations

from typing import Any

CLASSIFY_REQUESTS: dict[str, Any] = {
    "post": {
        "summary": "A post",
        "value": {"id": "a-1", "text": "Rabu depan ayo coblos nomor 2, lanjutkan kerja baiknya!"},
    },
    "comment": {
        "summary": "A comment, with what it answers",
        "value": {
            "id": "a-2",
            "action": "comment",
            "text": "setuju, gaspol",
            "target_text": "Nomor 2 hadir di pasar pagi ini",
            "posted_at": "2031-11-03T19:05:00+07:00",
            "platform": "facebook",
        },
    },
    "like": {"summary": "A like whose target is unknown: undecided", "value": {"id": "a-3", "action": "like"}},
}

BATCH_REQUESTS: dict[str, Any] = {
    "two": {
        "summary": "One good item and one that is reported in its place",
        "value": {"items": [CLASSIFY_REQUESTS["post"]["value"], {"id": "a-4", "text": ""}], "explain": True},
    }
}

_COLOPHON: dict[str, Any] = {
    "model": {"name": "palsu", "version": "0", "threshold": 0.5, "review_threshold": 0.25},
    "notice": "Hanya indikasi, bukan putusan: petugas yang berwenang memeriksa dan memutuskan.",
}
_VERDICT: dict[str, Any] = {
    "id": "a-1",
    "flagged": True,
    "score": 0.9,
    "band": "flag",
    "kind": "vote_call",
    "evidence": [{"field": "text", "start": 15, "end": 21, "surface": "coblos", "weight": 1.5}],
    "rest": 0.25,
    "reasons": [],
}
_ERROR: dict[str, Any] = {
    "type": "urn:problem-type:netra:invalid-request",
    "title": "Isi permintaan tidak sesuai",
    "status": 422,
    "field": "text",
    "reason": "needs_text",
    "errors": [{"field": "text", "reason": "needs_text"}],
}

CLASSIFY_ANSWER: dict[str, Any] = {**_VERDICT, **_COLOPHON}
BATCH_ANSWER: dict[str, Any] = {
    "results": [{"index": 0, **_VERDICT}, {"index": 1, "id": "a-4", "error": _ERROR}],
    **_COLOPHON,
}


def answered(example: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    """``example`` as the documented answer of a route that succeeded."""
    return {200: {"content": {"application/json": {"example": example}}}}
