"""Posts, labels and bundles for tests of the way from reviewers' labels to an active model."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from app.scoring.bundle import library_versions, write
from app.scoring.kinds import OTHER_KINDS, SUPPORT_KINDS
from app.scoring.model import LinearModel
from app.scoring.scorer import BundleScorer
from app.scoring.types import ModelInfo
from app.text.resources import DATA_DIR
from tests.scoring.tinybundle import Seen
from training.behaviour import Case, Function
from training.context import fit_context, is_act
from training.corpus import read_rows
from training.examples import Example
from training.fit import Document, Settings, fit
from training.kinds import KINDS
from training.select import HeldOut, calibrate
from training.train import golden

Row = dict[str, Any]
Flip = Callable[[int, Row], bool]

SUPPORT = (
    "ayo coblos nomor dua",
    "dukung penuh {}",
    "menangkan {} bersama relawan",
    "jangan lupa pilih {}",
    "kami siap menangkan {}",
    "salam dua jari untuk {}",
    "{} pilihan kita semua",
    "coblos {} demi perubahan",
)
OTHER = (
    "jalan rusak dekat pasar",
    "jadwal posyandu bulan ini",
    "kpu menetapkan daftar calon {}",
    "harga beras naik lagi",
    "debat {} disiarkan televisi",
    "hujan deras sejak pagi",
    "terima kasih petugas kebersihan",
    "lomba voli antar kampung",
)
#: Nobody can tell from the words what these are.
UNCLEAR = ("hadir di acara {}", "foto bersama {}", "ketemu {} di jalan", "ada {} di televisi")
_FILLERS = [
    "pagi",
    "siang",
    "malam",
    "kemarin",
    "besok",
    "lusa",
    "rumah",
    "kantor",
    "sekolah",
    "masjid",
    "pasar",
    "sawah",
    "ladang",
    "sungai",
    "gunung",
    "pantai",
    "motor",
    "mobil",
    "sepeda",
    "angkot",
    "kopi",
    "teh",
    "nasi",
    "sayur",
    "ikan",
    "ayam",
    "kerupuk",
    "sambal",
    "bola",
    "kartu",
    "buku",
    "pensil",
    "meja",
    "kursi",
    "lampu",
    "jendela",
    "pintu",
    "atap",
    "tetangga",
    "saudara",
    "paman",
    "bibi",
    "kakek",
    "nenek",
    "anak",
    "cucu",
    "teman",
    "guru",
    "murid",
    "dokter",
    "perawat",
    "petani",
    "nelayan",
    "pedagang",
    "sopir",
    "satpam",
    "ramai",
    "sepi",
    "panas",
    "dingin",
    "basah",
    "kering",
    "luas",
    "sempit",
    "tinggi",
    "rendah",
    "cepat",
    "lambat",
    "manis",
    "pahit",
    "asin",
    "pedas",
    "merah",
    "putih",
    "hijau",
]
CONTESTANTS = ("Gendis Wulandanti", "Wiratmo Lesmana", "Qertino Zabrel")


def posts(count: int, seed: int, contestants: Sequence[str] = CONTESTANTS) -> list[Row]:
    """Posts of which one in eight is unclear, the rest plain; no two are near duplicates."""
    draw = random.Random(seed)
    rows = []
    for k in range(count):
        label = k % 2
        phrases = UNCLEAR if draw.random() < 0.125 else SUPPORT if label else OTHER
        phrase = draw.choice(phrases).format(contestants[k // 2 % len(contestants)])
        words = draw.sample(_FILLERS, 6)
        text = " ".join([*words[:3], phrase, *words[3:]])
        kinds = SUPPORT_KINDS if label else OTHER_KINDS  # a bundle wants some of each
        kind = kinds[k // 2 % len(kinds)]
        rows.append(
            {"id": f"{seed}-{k}", "action": "post", "text": text, "target_text": "", "label": label, "kind": kind}
        )
    return rows


def corpus(count: int, seed: int = 1) -> list[Row]:
    """Posts and some replies as items of the corpus, in many races."""
    rows = posts(count, seed)
    for k, row in enumerate(rows):
        row |= {
            "election": f"race{k // 2 % 20}",
            "names": [],
            "platform": "tweet",
            "register": "informal",
            "readers": 2,
        }
    replies = [
        row | {"id": f"{row['id']}b", "action": "comment", "target_text": row["text"], "text": text}
        for row, text in zip(rows[:40], ["siap", "gas", "mantap", "oke"] * 10, strict=True)
    ]
    return [*rows, *replies]


def labels(rows: Sequence[Row], flip: Flip = lambda k, row: False) -> list[Row]:
    """Rows as ``netra labels export`` has them, some with the other label."""
    kept = ("id", "action", "text", "target_text")
    return [
        {name: row[name] for name in kept}
        | {
            "label": row["label"] ^ int(flip(k, row)),
            "kind": None,
            "sure": 1,
            "election": "",
            "source": "tinjauan-tiktok",
        }
        | {"reviewers": [f"p-{k % 3}"]}
        for k, row in enumerate(rows)
    ]


def at_random(share: float, count: int, seed: int = 5) -> Flip:
    """Flips a share of ``count`` rows."""
    chosen = set(random.Random(seed).sample(range(count), round(share * count)))
    return lambda k, row: k in chosen


def against(name: str, most: int) -> Flip:
    """Flips the first ``most`` rows that name somebody."""
    seen: list[int] = []

    def flip(k: int, row: Row) -> bool:
        if name in row["text"] and len(seen) < most:
            seen.append(k)
        return k in seen

    return flip


def suite() -> dict[str, tuple[Function, list[Case]]]:
    """A behaviour suite that any sound model of these posts passes."""
    cases = {
        1: ["ayo coblos nomor {1.number}", "ayo coblos pak {1}", "jangan lupa coblos pak {1}", "ayo pilih pak {1}"],
        0: ["jadwal posyandu bulan ini", "harga beras naik lagi", "jalan rusak dekat pasar", "hujan deras sejak pagi"],
    }
    return {
        name: (
            Function(about=name, expected=label, least=0.5),
            [Case(id=f"{name}-{k}", action="post", text=text, label=label) for k, text in enumerate(cases[label])],
        )
        for name, label in (("dukungan", 1), ("bukan", 0))
    }


def part_of_corpus(step: int, start: int = 0) -> list[Row]:
    """Every ``step``-th item of the shipped corpus, from the item ``start`` on."""
    return [row for _, row in read_rows(DATA_DIR / "corpus")][start::step]


def put(path: Path, rows: Sequence[Row]) -> Path:
    """Rows as a JSONL file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def write_bundle(
    folder: Path, docs: Sequence[Document], examples: Sequence[Example], others: Sequence[Document], inputs: Row
) -> None:
    """A bundle of documents that were read before, calibrated on ``others``, with fixed thresholds and no kinds."""
    fitted = replace(fit(docs, Settings()), kind_share=0.0)
    held = HeldOut(fitted.log_odds([d.features for d in others]), np.array([d.label for d in others]), ())
    slope, shift = calibrate(held)
    flag, review = 0.5, 0.15
    names = fitted.vectoriser.vocabulary()
    model = LinearModel(
        vocabulary={name: row for row, name in enumerate(names)},
        idf=fitted.vectoriser.idf(),
        weights=fitted.weights * slope,
        bias=fitted.bias * slope + shift,
        kind_names=KINDS,
        kinds=np.zeros((len(names), len(KINDS)), np.float32),
        kind_bias=np.zeros(len(KINDS)),
    )
    context = fit_context([example for example in examples if is_act(example)][:80], Seen(model), flag)
    info = ModelInfo("uji", folder.name, flag, review)
    manifest = {
        "name": info.name,
        "version": info.version,
        "thresholds": {"flag": flag, "review": review},
        "libraries": library_versions(),
        "inputs": inputs,
    }
    write(folder, model, context, manifest, golden(BundleScorer(model, context, info), examples))


def relabelled(docs: Sequence[Document], flipped: set[int]) -> list[Document]:
    """Documents of which those at these places have the other label."""
    return [replace(doc, label=1 - doc.label, kind=None) if k in flipped else doc for k, doc in enumerate(docs)]
