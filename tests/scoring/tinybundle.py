"""A model of about fifty fictional examples, trained by the training functions themselves in about a second."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.scoring.bundle import library_versions, write
from app.scoring.context import ContextModel
from app.scoring.model import LinearModel
from app.scoring.scorer import BundleScorer
from app.scoring.types import Item, ModelInfo
from training.context import fit_context, is_act
from training.examples import Example
from training.fit import Settings, documents, fit, to_model
from training.train import golden

NAME = "kecil-1"
SETTINGS = Settings(least_posts=1, least_pairs=1, corpus_weight=1.0)
INFO = ModelInfo("kecil", "1", 0.6, 0.3)

_SUPPORT = {
    "vote_call": ("ayo coblos nomor 2", "jangan lupa pilih {}", "coblos {} besok pagi", "pilih nomor dua ya"),
    "endorsement": (
        "saya dukung {} sampai menang",
        "pilihan saya jelas {}",
        "{} pemimpin terbaik kita",
        "mantap {} 👍",
    ),
    "slogan": ("#Menang{}", "salam dua jari", "#LanjutkanDuaPeriode", "{} harga mati"),
    "promotion": ("program {} bikin sejahtera", "visi {} paling jelas", "{} membangun desa", "kerja {} nyata"),
    "activity": ("hadir di kampanye {} hari ini", "deklarasi relawan {}", "pasang baliho {}", "rapat tim sukses {}"),
}
_OTHER = {
    "news": ("KPU menetapkan tiga pasangan calon", "{} mendaftar ke KPU hari ini"),
    "neutral_info": ("TPS buka jam tujuh pagi", "jangan lupa bawa KTP"),
    "criticism": ("saya kecewa sama {}", "jangan pilih {} lagi"),
    "praise_office": ("terima kasih pak lurah atas bantuannya", "jalan desa sudah diperbaiki"),
    "question": ("kapan debat {} dimulai?", "siapa saja calonnya?"),
    "report": ("ada pelanggaran kampanye {} di kantor", "baliho {} dipasang di sekolah"),
    "off_topic": ("makan siang dulu", "hujan deras dari pagi"),
}
_REPLIES = {
    1: ("siap pak 👍", "gas terus", "insyaallah menang"),
    0: ("siap pak 👍", "jam berapa ya?", "terima kasih infonya"),
}
_TARGETS = {
    1: ("ayo coblos nomor 2", "deklarasi relawan Xandrowi"),
    0: ("TPS buka jam tujuh pagi", "hujan deras dari pagi"),
}
_CONTESTANTS = ("Xandrowi", "Qertino")


def examples() -> list[Example]:
    """About fifty examples of two fictional races; the same replies under supporting and other targets."""
    found: list[Example] = []
    for label, kinds in ((1, _SUPPORT), (0, _OTHER)):
        for kind, sentences in kinds.items():
            for k, sentence in enumerate(sentences):
                found.append(_example(len(found), sentence, label, kind, _CONTESTANTS[k % 2]))
    for label, targets in _TARGETS.items():
        for target in targets:
            for text in _REPLIES[label]:
                row = Example(f"b{len(found)}", text, label, None, "race0", "comment", target)
                found.append(row)
    return found


def _example(number: int, sentence: str, label: int, kind: str, name: str) -> Example:
    text = sentence.format(name)
    at = text.find(name)
    names = (("text", at, at + len(name), "name"),) if at >= 0 else ()
    return Example(f"a{number}", text, label, kind, f"race{number % 2}", names=names)


@dataclass(frozen=True)
class Seen:
    """Content log-odds by the very model: quick, where how far a text is known does not matter."""

    model: LinearModel

    def log_odds(self, examples: Sequence[Example], texts: Sequence[list[str]]) -> NDArray[np.float64]:
        return np.array([self.model.log_odds(*self.model.vector(Counter(text))) for text in texts])


@dataclass(frozen=True)
class Tiny:
    """The model in memory, its bundle on disk and what went into it."""

    model: LinearModel
    context: ContextModel
    scorer: BundleScorer
    models_dir: Path
    folder: Path


def build(models_dir: Path) -> Tiny:
    """Train, write the bundle ``kecil-1`` into ``models_dir``, return all of it."""
    rows = examples()
    docs = documents(rows, SETTINGS)
    model = to_model(fit(docs, SETTINGS), (2.0, 0.1), SETTINGS)
    context = fit_context([row for row in rows if is_act(row)], Seen(model), INFO.threshold)
    scorer = BundleScorer(model, context, INFO)
    folder = models_dir / NAME
    write(folder, model, context, manifest(), golden(scorer, rows))
    return Tiny(model, context, scorer, models_dir, folder)


def manifest() -> dict[str, Any]:
    """What training puts into a manifest, as far as loading needs it."""
    return {
        "name": INFO.name,
        "version": INFO.version,
        "thresholds": {"flag": INFO.threshold, "review": INFO.review_threshold},
        "libraries": library_versions(),
    }


def edit_manifest(folder: Path, **changes: Any) -> None:
    """Replace top-level keys of a bundle's manifest; ``None`` removes a key."""
    path = folder / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8")) | changes
    kept = {key: value for key, value in content.items() if value is not None}
    path.write_text(json.dumps(kept), encoding="utf-8")


ITEMS = [
    Item("ayo coblos nomor 2 bersama Xandrowi"),
    Item("hujan deras dari pagi"),
    Item("siap pak 👍", "comment", "deklarasi relawan Xandrowi"),
    Item("", "share", "TPS buka jam tujuh pagi"),
    Item("", "like"),
]
WEIGHING = ("weighing_table", "weighing_gains", "weighing_reach")
ARRAYS = ("idf", "weights", "kinds", "kind_bias", *WEIGHING, "context_idf", "context_agreeing", "context_other")
FILES = (*(f"{name}.npy" for name in ARRAYS), "vocabulary.txt", "context_vocabulary.txt", "golden.jsonl")


def rehash(folder: Path) -> None:
    """Make the manifest name the files as they are now: damage that no hash can see."""
    files = {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES if (folder / name).exists()
    }
    edit_manifest(folder, files=files)


def content(folder: Path) -> dict[str, bytes]:
    """Every file of a bundle."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
