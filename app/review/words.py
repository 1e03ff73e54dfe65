"""The words of a review, and how they read in Indonesian."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, get_args

from app.policy.types import Words
from app.scoring.types import Action, Band

#: What a reviewer may say; ``lewati`` leaves the item to somebody else.
Label = Literal["dukungan", "bukan", "ragu", "lewati"]
LABELS: Final[tuple[Label, ...]] = get_args(Label)

#: ``open``: nobody decided; ``second``: waits for another reader; ``disagreement``: waits for a third one;
#: ``done``: decided; ``erased``: the act is gone, only figures are left.
State = Literal["open", "second", "disagreement", "done", "erased"]
STATES: Final[tuple[State, ...]] = get_args(State)
#: Items in these states can be claimed.
WAITING: Final[tuple[State, ...]] = ("open", "second", "disagreement")

Order = Literal["score", "uncertainty", "deadline", "newest"]
ORDERS: Final[tuple[Order, ...]] = get_args(Order)

LABEL_NAMES: Final[Mapping[Label, Words]] = {
    "dukungan": Words("dukungan", "support"),
    "bukan": Words("bukan dukungan", "not support"),
    "ragu": Words("ragu", "in doubt"),
    "lewati": Words("dilewati", "skipped"),
}
STATE_NAMES: Final[Mapping[State, Words]] = {
    "open": Words("belum diperiksa", "not looked at"),
    "second": Words("menunggu pembaca kedua", "waits for a second reader"),
    "disagreement": Words("berbeda pendapat", "readers disagree"),
    "done": Words("selesai", "done"),
    "erased": Words("dihapus", "erased"),
}
BAND_NAMES: Final[Mapping[Band, Words]] = {
    "flag": Words("ditandai", "flagged"),
    "review": Words("perlu diperiksa", "for review"),
    "clear": Words("bersih", "clear"),
    "undecided": Words("tidak dapat dinilai", "undecided"),
}
ACTION_NAMES: Final[Mapping[Action, Words]] = {
    "post": Words("mengunggah", "post"),
    "comment": Words("berkomentar", "comment"),
    "share": Words("membagikan", "share"),
    "like": Words("menyukai", "like"),
    "follow": Words("mengikuti", "follow"),
}
KIND_NAMES: Final[Mapping[str, Words]] = {
    "vote_call": Words("ajakan memilih", "call to vote"),
    "endorsement": Words("pernyataan dukungan", "endorsement"),
    "slogan": Words("slogan atau simbol", "slogan or symbol"),
    "promotion": Words("promosi program atau sosok", "promotion"),
    "activity": Words("ikut kegiatan kampanye", "campaign activity"),
    "news": Words("berita", "news"),
    "neutral_info": Words("informasi netral", "neutral information"),
    "criticism": Words("kritik", "criticism"),
    "praise_office": Words("pujian atas jabatan", "praise of the office"),
    "question": Words("pertanyaan", "question"),
    "report": Words("laporan atau kecaman", "report"),
    "off_topic": Words("di luar topik", "off topic"),
}
