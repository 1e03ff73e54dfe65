"""The short cut before PySastrawi gives what PySastrawi gives, and the costly way is taken seldom enough."""

from __future__ import annotations

import random
import string
from collections.abc import Iterator

import pytest

from app.text import build, hashtags, lexeme, stem
from app.text.hashtags import LONGEST_RUN
from app.text.pipeline import MAX_GLUED, MAX_TAGS, MAX_TOKENS, analyse
from app.text.resources import kamus, protected
from app.text.sastrawi import stemmer
from app.text.split import MAX_WORD


class Counting:
    """PySastrawi's stemmer, counting what it is asked."""

    def __init__(self, real: object) -> None:
        self.real, self.asked = real, 0

    def stem_singular_word(self, word: str) -> str:
        self.asked += 1
        return str(self.real.stem_singular_word(word))  # type: ignore[attr-defined]


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counting]:
    counting = Counting(stem._stemmer())
    monkeypatch.setattr(stem, "_stemmer", lambda: counting)
    caches = (stem.stem, stem.is_known, lexeme.lexeme, hashtags._in_lists)
    for cached in caches:
        cached.cache_clear()
    yield counting
    for cached in caches:
        cached.cache_clear()


def made_up(letters: str, count: int, seed: int) -> list[str]:
    dice = random.Random(seed)
    return ["".join(dice.choices(letters, k=dice.randint(4, 12))) for _ in range(count)]


def test_words_without_an_affix_are_stems_already() -> None:
    roots = random.Random(7).sample(sorted(word for word in kamus() if word.isalpha() and len(word) > 3), 3000)
    words = [*roots, *made_up(string.ascii_lowercase, 1500, 1), *made_up("aeiounmbtrskpdlg", 1500, 2)]
    plain = [word for word in words if not stem._AFFIX.search(word)]
    assert len(plain) > 2000
    real = stemmer()
    assert [w for w in plain if real.stem_singular_word(w) != w] == []


PREFIXES = ("ber", "be", "ter", "te", "mem", "meng", "men", "me", "per", "pem", "pe", "di", "ke", "se", "ku", "kau")
SUFFIXES = ("lah", "kah", "tah", "pun", "ku", "mu", "nya", "i", "kan", "an", "is", "isme", "isasi")
ROOTS = ("ajar", "baca", "coblos", "dukung", "ikut", "lanjut", "menang", "pilih", "rumah", "sosial", "tulis", "usung")


@pytest.mark.parametrize("root", ROOTS)
def test_no_affix_is_passed_over(root: str) -> None:
    words = [p + root for p in PREFIXES] + [root + s for s in SUFFIXES] + [p + root + "nya" for p in PREFIXES]
    words = [word for word in words if word not in protected()]
    real = stemmer()
    expected = [str(real.stem_singular_word(word)) for word in words]
    assert [stem.stem(word) for word in words] == expected
    assert sum(short != word for short, word in zip(expected, words, strict=True)) > 20


@pytest.mark.parametrize("word", ["gerigi", "gemetar", "kinerja", "telunjuk", "seruling", "kauambil", "kubaca"])
def test_infixes_and_short_prefixes_are_not_passed_over(word: str) -> None:
    assert stem._AFFIX.search(word)
    assert word in protected() or stem.stem(word) == stemmer().stem_singular_word(word)


def test_plain_words_never_reach_the_stemmer(counted: Counting) -> None:
    for word in ("rumah", "coblos", "relawan", "xqzw", "gubernur"):
        stem.stem(word)
    assert counted.asked == 0
    assert (stem.stem("membeli"), counted.asked) == ("beli", 1)


@pytest.mark.parametrize("letters", [string.ascii_lowercase, "mebdiktpnar", "meni"])
def test_stemming_is_bounded_for_made_up_words(counted: Counting, letters: str) -> None:
    analyse(" ".join(made_up(letters, 1200, 3)))
    assert counted.asked <= 3 * MAX_TOKENS


@pytest.mark.parametrize("letters", [string.ascii_lowercase, "mebdiktpnar"])
def test_stemming_is_bounded_for_endless_tags(counted: Counting, letters: str) -> None:
    dice = random.Random(4)
    tags = ["#" + "".join(dice.choices(letters, k=40)) for _ in range(240)]
    analyse(" ".join(tags[: MAX_TAGS - 10]))
    few = counted.asked
    analyse(" ".join(tags))
    assert few > 0
    assert counted.asked <= MAX_TAGS * 40 * 24
    assert counted.asked - few <= 2 * few + 240 * 3


def test_stemming_is_bounded_for_endless_glued_words(counted: Counting) -> None:
    dice = random.Random(5)
    words = ["".join(dice.choices("mebdiktpnar", k=LONGEST_RUN)) for _ in range(200)]
    analyse(" ".join(words))
    assert 0 < counted.asked <= MAX_GLUED * LONGEST_RUN * 24 + 3 * len(words)


def test_no_cache_keeps_an_endless_word(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def noted(surface: str) -> tuple[lexeme.Part, ...]:
        seen.append(surface)
        return lexeme.lexeme(surface)

    monkeypatch.setattr(build, "lexeme", noted)
    analyse("a" * 400 + " " + "a1" * 200 + " " + "*".join(["ab"] * 9))
    assert seen
    assert max(map(len, seen)) <= MAX_WORD
