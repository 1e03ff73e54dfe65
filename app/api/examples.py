"""Requests and answers of the OpenAPI document; the tests run them with a fake model and fictional watchlists."""

from __future__ import annotations

from typing import Any

CLASSIFY_REQUESTS: dict[str, Any] = {
    "post": {
        "summary": "A post",
        "value": {
            "id": "a-1",
            "text": "Rabu depan ayo coblos nomor 2, lanjutkan kerja baik Bu Gendis!",
            "posted_at": "2031-11-03T19:05:00+07:00",
            "election": "pilkada-kota-uji-2031",
        },
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
    "poster": {
        "summary": "A like of a picture, by a civil servant from a private account",
        "value": {
            "id": "a-5",
            "action": "like",
            "media_text": "COBLOS NO. 2 GENDIS WULANDANTI",
            "parent_author": "@gendis_w",
            "election": "pilkada-kota-uji-2031",
            "account_kind": "pribadi",
            "subject_status": "PNS",
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

_WATCHLIST_VERSION = "8ba5fc02bd40"
_COLOPHON: dict[str, Any] = {
    "model": {"name": "palsu", "version": "0", "threshold": 0.5, "review_threshold": 0.25},
    "watchlist": {"version": _WATCHLIST_VERSION},
    "notice": "Hanya indikasi, bukan putusan: petugas yang berwenang memeriksa dan memutuskan.",
}
#: One row instead of the dozen that the act leads to, and a version that does not change with the rules.
_RULE: dict[str, Any] = {
    "id": "SKB-B6",
    "group": "SKB-POST-COMMENT-SHARE-LIKE-FOLLOW",
    "instrument": "Keputusan Bersama (SKB) 22 September 2022",
    "article": "SKB 22 September 2022, Lampiran II tabel B (disiplin), baris B6",
    "text": "Membuat posting, comment, share, like, bergabung/follow dalam grup/akun pemenangan calon",
    "indication": "Indikasi posting, comment, share, like, atau bergabung/follow grup atau akun pemenangan calon",
    "sanction_class": "berat",
    "sure": "B",
    "note": "Keterangan pers BKN (2024) tetap menyebut like/comment/share sebagai kode etik, juga pada masa kampanye.",
    "sources": ["s17", "s22", "s23"],
}
_VERDICT: dict[str, Any] = {
    "id": "a-1",
    "flagged": True,
    "score": 0.9,
    "band": "flag",
    "kind": "vote_call",
    "kind_score": 0.75,
    "evidence": [{"field": "text", "start": 15, "end": 21, "surface": "coblos", "weight": 1.5}],
    "rest": 0.25,
    "reasons": [],
    "decided_by": None,
    "entities": [
        {
            "name": "Gendis Wulandanti",
            "role": "calon",
            "number": 2,
            "election": "pilkada-kota-uji-2031",
            "field": "text",
            "start": 52,
            "end": 61,
        }
    ],
    "policy": {
        "version": "2026-11-22-00000000",
        "phase": "kampanye",
        "reason": None,
        "notes": ["Golongan sanksi adalah bunyi aturan, bukan putusan; praktik sering berbeda dari tabel."],
        "rules": [_RULE],
    },
    "queued": None,
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


_ELECTION: dict[str, Any] = {
    "id": "pilkada-kota-uji-2031",
    "name": "Pemilihan Wali Kota dan Wakil Wali Kota Uji 2031",
    "level": "wali kota",
    "region": "Kota Uji",
    "status": "calon",
    "sure": "B",
}
_SURE = {"ambiguous": False}
WATCHLISTS_ANSWER: dict[str, Any] = {
    "version": _WATCHLIST_VERSION,
    "total": 1,
    "offset": 0,
    "limit": 50,
    "elections": [{**_ELECTION, "voting_day": "2031-11-26", "contestants": 2}],
    "parties": [
        {
            "name": "Partai Uji Bersama",
            "number": 7,
            "aliases": [{"text": "pub", **_SURE}],
            "handles": ["partai_uji"],
        }
    ],
}
WATCHLIST_ANSWER: dict[str, Any] = {
    "version": _WATCHLIST_VERSION,
    **_ELECTION,
    "also": ["pilwalkot-uji-2031"],
    "source": "fictional",
    "calendar": {
        "penetapan": "2031-09-22",
        "nomor": "2031-09-23",
        "kampanye": ["2031-09-25", "2031-11-22"],
        "tenang": ["2031-11-23", "2031-11-25"],
        "pemungutan": "2031-11-26",
    },
    "contestants": [
        {
            "number": 1,
            "incumbent": False,
            "people": [
                {
                    "name": "Wiratmo Lesmana",
                    "ambiguous": False,
                    "aliases": [{"text": "mas wiratmo", **_SURE}, {"text": "lesmana", "ambiguous": True}],
                    "handles": ["wiratmo_uji"],
                },
                {
                    "name": "Laras Puspaningtyas",
                    "ambiguous": False,
                    "aliases": [{"text": "laras puspa", **_SURE}],
                    "handles": [],
                },
            ],
            "aliases": [{"text": "wiratmo laras", **_SURE}],
            "slogans": [{"text": "uji melaju bersama", **_SURE}],
            "hashtags": [{"text": "wiratmolaras", **_SURE}],
        },
        {
            "number": 2,
            "incumbent": True,
            "people": [
                {
                    "name": "Gendis Wulandanti",
                    "ambiguous": False,
                    "aliases": [{"text": "bu gendis", **_SURE}, {"text": "kemuning", "ambiguous": True}],
                    "handles": ["gendis_w"],
                },
                {"name": "Brama Sakethi", "ambiguous": False, "aliases": [], "handles": []},
            ],
            "aliases": [],
            "slogans": [],
            "hashtags": [{"text": "gendisbrama", **_SURE}, {"text": "ujihebat", "ambiguous": True}],
        },
    ],
}


def answered(example: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    """``example`` as the documented answer of a route that succeeded."""
    return {200: {"content": {"application/json": {"example": example}}}}
