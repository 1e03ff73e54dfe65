"""Requests and answers of the review in the OpenAPI document; the tests run them with a fake model."""

from __future__ import annotations

from typing import Any

from app.api.examples import CLASSIFY_ANSWER
from app.review.deadlines import NOTE, SOURCES

NEXT_REQUESTS: dict[str, Any] = {
    "flagged": {
        "summary": "The flagged item with the highest score",
        "value": {"band": "flag", "order": "score"},
    },
    "uncertain": {
        "summary": "What the model is least sure of, of one election",
        "value": {"election": "pilkada-kota-uji-2031", "order": "uncertainty"},
    },
    "second": {"summary": "What waits for a second reader", "value": {"state": "second"}},
}
DECISIONS: dict[str, Any] = {
    "support": {
        "summary": "Support, with the reason that it needs",
        "value": {"label": "dukungan", "reason": "Ada ajakan mencoblos nomor 2.", "kind": "vote_call"},
    },
    "doubt": {"summary": "In doubt: somebody else reads it too", "value": {"label": "ragu"}},
    "skip": {"summary": "Left to others", "value": {"label": "lewati"}},
}
NOTHING: dict[str, Any] = {"nothing": {"summary": "Nothing to say", "value": {}}}

_NOTICE = {"notice": "Hanya indikasi, bukan putusan: petugas yang berwenang memeriksa dan memutuskan."}
_ID, _CONTENT = "7f33e06ec2e90c62", "95213f46c33cfa71c31352918e746d74e9832321501f4e5f42083ee3952cd0ad"
_AUTHOR, _REVIEWER = "t7alsg.c2izlryolwdiqqgowmtszbnufu", "akbcwf.qjegolguhxnmxltehkkiognvga"
_QUEUED, _DECIDED = "2031-11-03T14:02:11.364952", "2031-11-03T14:05:40.440900"
_TEXT = "Rabu depan ayo coblos nomor 2, lanjutkan kerja baik Bu Gendis!"
_ACT: dict[str, Any] = {
    "id": "a-1",
    "action": "post",
    "text": _TEXT,
    "target_text": "",
    "media_text": "",
    "posted_at": "2031-11-03T19:05:00+07:00",
    "captured_at": None,
    "known_at": "2031-11-03T21:00:00+07:00",
    "platform": None,
    "election": "pilkada-kota-uji-2031",
    "region": None,
    "parent_author": None,
    "account_kind": "tidak_diketahui",
    "subject_status": "tidak_diketahui",
}
_LINE: dict[str, Any] = {
    "id": _ID,
    "band": "flag",
    "score": 0.9,
    "uncertainty": 0.19999999999999996,
    "kind": "vote_call",
    "action": "post",
    "platform": None,
    "election": "pilkada-kota-uji-2031",
    "region": "Kota Uji",
    "posted_at": "2031-11-03T12:05:00Z",
    "known_at": "2031-11-03T14:00:00Z",
    "queued_at": f"{_QUEUED}Z",
    "days_left": 7,
    "state": "second",
    "outcome": None,
    "held": "nobody",
    "excerpt": _TEXT,
    "model_version": "0",
}
_DECISION: dict[str, Any] = {
    "number": 1,
    "reviewer": _REVIEWER,
    "label": "dukungan",
    "kind": "vote_call",
    "reason": "Ada ajakan mencoblos nomor 2.",
    "decided_at": f"{_DECIDED}Z",
    "undone_at": None,
    "undone_by": None,
}
_VERDICT: dict[str, Any] = {
    name: CLASSIFY_ANSWER[name] for name in ("evidence", "rest", "reasons", "decided_by", "entities")
}
_ITEM: dict[str, Any] = {
    **_LINE,
    "held_until": None,
    "act": _ACT,
    "author": _AUTHOR,
    "content_hash": _CONTENT,
    "captured_at": None,
    "finding_until": "2031-11-10",
    "report_until": "2031-11-12",
    **_VERDICT,
    "policy": CLASSIFY_ANSWER["policy"],
    "model": {"name": "palsu", "version": "0", "manifest_hash": None, "threshold": 0.5, "review_threshold": 0.25},
    "watchlist": CLASSIFY_ANSWER["watchlist"],
    "second": True,
    "blind": False,
    "decisions": [_DECISION],
}
_WAITING = {"state": "open", "held": "me", "held_until": f"{_DECIDED}Z", "decisions": []}

ITEMS_ANSWER: dict[str, Any] = {"items": [_LINE], "cursor": None, **_NOTICE}
NEXT_ANSWER: dict[str, Any] = {"item": {**_ITEM, **_WAITING}, **_NOTICE}
ITEM_ANSWER: dict[str, Any] = {"item": _ITEM, **_NOTICE}
CASE_ANSWER: dict[str, Any] = {
    "format": "netra-berkas-kasus/1",
    "netra": "0.1.0",
    "id": _ID,
    "made_at": "2031-11-03T14:06:00+00:00",
    "content_hash": _CONTENT,
    "act": _ACT,
    "account": {
        "author": _AUTHOR,
        "id": "a-1",
        "platform": None,
        "account_kind": "tidak_diketahui",
        "subject_status": "tidak_diketahui",
        "parent_author": None,
    },
    "times": {
        "posted_at": "2031-11-03T12:05:00+00:00",
        "captured_at": None,
        "known_at": "2031-11-03T14:00:00+00:00",
        "known_at_given": True,
        "queued_at": f"{_QUEUED}+00:00",
        "known_on": "2031-11-03",
        "finding_until": "2031-11-10",
        "report_until": "2031-11-12",
        "days_left": 7,
        "note": NOTE.id,
        "sources": list(SOURCES),
    },
    "verdict": {
        "flagged": True,
        "score": 0.9,
        "score_bits": "0x1.ccccccccccccdp-1",
        "band": "flag",
        "kind": "vote_call",
        **_VERDICT,
        "threshold": 0.5,
        "review_threshold": 0.25,
    },
    "model": {"name": "palsu", "version": "0", "manifest_hash": None},
    "policy": CLASSIFY_ANSWER["policy"],
    "watchlist": CLASSIFY_ANSWER["watchlist"],
    "review": {
        "state": "second",
        "outcome": None,
        "blind": False,
        "decisions": [{**_DECISION, "decided_at": f"{_DECIDED}+00:00"}],
    },
    "audit": [
        {
            "sequence": 1,
            "at": f"{_QUEUED}+00:00",
            "actor": _REVIEWER,
            "action": "queue",
            "details": "4d6da291724637d6e6e8a5b8636be38ce50c0d598d7e196c424b933f39183e91",
            "hash": "61780656fdad3ff3001f563b1c87ce50865c1ad34a1d46533b539d09bd14f90c",
        }
    ],
    "derivation": {
        "missing": "model_missing",
        "tokens": {},
        "features": [],
        "watchlist_version": CLASSIFY_ANSWER["watchlist"]["version"],
    },
    "sources": [
        {
            "id": "s18",
            "title": "Apa pelanggaran disiplin dan jenis sanksi atas pelanggaran netralitas Pegawai ASN",
            "address": "https://medan.bkn.go.id/2023/10/apa-pelanggaran-disiplin-dan-jenis-sanksi",
        }
    ],
    "digest": "c909569d42180ce8ef2f995f7f35c30ca1ade79cf1b4e0741e9bc5b57e5050d3",
    **_NOTICE,
}
