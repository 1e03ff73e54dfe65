"""The fuzz of the text chain notices what it is there for, and brings every text back by its seed."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from app.text.pipeline import tokenise
from scripts import fuzz


def test_a_seed_always_gives_the_same_text_and_seeds_differ() -> None:
    texts = [fuzz.text_of(seed) for seed in range(300)]
    assert texts == [fuzz.text_of(seed) for seed in range(300)]
    assert len(set(texts)) > 280
    assert max(map(len, texts)) > 1_000
    assert any("\ud83d" in text for text in texts)
    assert Counter(text.isascii() for text in texts).keys() == {True, False}


def test_texts_of_all_kinds_keep_every_promise() -> None:
    assert [seed for seed in range(150) if fuzz.fault(fuzz.text_of(seed))] == []


def raising(*_: object) -> Any:
    raise ValueError("zqx")


def beyond(raw: str, matcher: Any) -> Any:
    return [token._replace(end=len(raw) + 1) for token in tokenise(raw, matcher)]


def backwards(tokens: Any, matcher: Any) -> Any:
    return tokens[::-1]


@pytest.mark.parametrize(
    ("name", "broken", "expected"),
    [
        ("tokenise", raising, "raised ValueError"),
        ("mask", raising, "raised ValueError"),
        ("tokenise", beyond, "run by run is not the whole"),
        ("build", lambda *_: [], "run by run is not the whole"),
        ("mask", backwards, "masked"),
        ("LONGEST", -1.0, "too slow"),
    ],
)
def test_a_broken_promise_is_named(monkeypatch: pytest.MonkeyPatch, name: str, broken: object, expected: str) -> None:
    assert fuzz.fault("ayo coblos nomor dua") is None
    monkeypatch.setattr(fuzz, name, broken)
    assert fuzz.fault("ayo coblos nomor dua") == expected


def test_a_run_ends_with_the_seed_of_what_broke_and_without_the_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fuzz.main(["--inputs", "20", "--seed", "5"]) == 0
    assert "20 texts" in capsys.readouterr().out
    monkeypatch.setattr(fuzz, "tokenise", raising)
    assert fuzz.main(["--inputs", "20", "--seed", "5"]) == 1
    told = capsys.readouterr().out
    assert "--seed 5 " in told
    assert "zqx" not in told


def test_a_run_ends_in_time(capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz.main(["--seconds", "0"]) == 0
    assert "0 texts" in capsys.readouterr().out
