"""Remembered runs give the very tokens that reading the whole text gives."""

from __future__ import annotations

import gc
import weakref

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.text import runs
from app.text.build import MAX_GLUED, MAX_TAGS, MAX_TOKENS, build
from app.text.pipeline import tokenise
from app.text.repair import repair
from app.text.runs import CACHE_SIZE, tokens_by_run, unread
from app.text.split import split
from app.text.token import Token
from app.watchlists.load import default_matcher
from app.watchlists.matcher import MOST_RUNS, RUNS, RUNS_OF_ALIAS, Alias, Matcher
from tests.text.strategies import FRAGMENTS, TROUBLE

RACE = Matcher(
    [Alias(("qertino",), "name", "x/1", False), Alias(("zabrel", "naufrel"), "name", "x/2", False)],
    [("salamqertino", "slogan")],
)
WORDS = (*FRAGMENTS, "qertino", "@kawanqertino", "#SalamQertino", "#QertinoMenang", "dukungcalonbupatibaru", "\n", " ")
#: Long enough to meet the limits on hashtags, glued words and letters typed apart.
CROWDED = st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join)


def whole(raw: str, matcher: Matcher) -> list[Token]:
    repaired = repair(raw)
    return build(split(repaired.text), repaired, matcher)


@given(TROUBLE | CROWDED)
@settings(deadline=None, max_examples=600)
@example("")
@example(" ")
@example("\n\n a\nb \n")
@example("a b c d")
@example("x p.i.l.i.h")
@example("ﷺ-½ ㎏a")
def test_runs_put_together_are_the_whole(raw: str) -> None:
    assert tokenise(raw, RACE) == whole(raw, RACE)
    assert tokenise(raw, default_matcher()) == whole(raw, default_matcher())


@pytest.mark.parametrize(
    ("raw", "by_run"),
    [
        ("ayo coblos nomor 2", True),
        ("a b c", True),
        ("a b c d", False),
        ("#gantilurah " * MAX_TAGS, True),
        ("#gantilurah " * (MAX_TAGS + 1), False),
        ("dukungcalonbupatibaru " * MAX_GLUED, True),
        ("dukungcalonbupatibaru " * (MAX_GLUED + 1), True),
        ("xqzwkvtrpjmb " * MAX_GLUED + "dukungcalonbupatibaru, ayo @kawanqertino dukungcalonbupatibaru", True),
        ("dukungcalonbupatibaru " * (MAX_GLUED - 1) + "dukungcalonbupatibaru,pilihcalonbupatibaru", False),
        ("dukungcalonbupatibaru," * (MAX_GLUED + 1), False),
        ("a, b dan c d", True),
        ("a b c d " + "ayo " * MAX_TOKENS, False),
        ("ayo " * (MAX_TOKENS - 1), True),
        ("ayo " * MAX_TOKENS, True),
        ("ayo " * (MAX_TOKENS - 1) + "drpd,dia-dia ayo", True),
        ("ayo " * (MAX_TOKENS - 2) + "dia-dia ayo", True),
        ("ayo " * (MAX_TOKENS - 3) + "c0bl0s-dia drpd", True),
        ("ayo " * (MAX_TOKENS - 3) + "\u24d0 ayo", True),
        ("ayo " * (MAX_TOKENS - 1) + "#gantilurah", False),
        ("ayo " * (MAX_TOKENS - 2) + "a b c d", False),
    ],
)
def test_only_texts_within_every_limit_are_put_together(raw: str, by_run: bool) -> None:
    for _ in range(2):  # once with words that nobody has met
        assert (tokens_by_run(repair(raw), RACE) is not None) is by_run
        assert tokenise(raw, RACE) == whole(raw, RACE)


def test_a_name_is_remembered_for_its_own_watchlist_only() -> None:
    for matcher, form in [(RACE, "<akun_calon>"), (Matcher(), "<akun>"), (RACE, "<akun_calon>")]:
        assert tokenise("@kawanqertino", matcher)[0].form == form


def test_equal_words_stand_at_their_own_places() -> None:
    tokens = tokenise("ayo  ayo\nayo")
    assert [(token.start, token.end) for token in tokens] == [(0, 3), (5, 8), (8, 9), (9, 12)]
    assert len({token.unit for token in tokens}) == 4


def test_what_was_read_is_known_to_be_cheap_next_time() -> None:
    matcher = Matcher([Alias(("qertino",), "name", "x/1", False)])
    runs._PLAIN.clear()
    text = "ayo #gantilurah @akunku dukungcalonbupatibaru\nayo 🙏"
    assert unread(text, matcher) == len(text) - text.count(" ") - text.count("\n")
    tokenise(text, matcher)
    assert unread(text, matcher) == 0
    assert unread(f"{text} zqxw #zqxw", matcher) == 9
    assert unread(text, Matcher()) == len("#gantilurah@akunkudukungcalonbupatibaru")


def test_a_word_too_long_to_be_remembered_is_never_cheap() -> None:
    matcher = Matcher()
    for _ in range(2):
        tokenise("#" + "z" * 100, matcher)
        assert unread("#" + "z" * 100, matcher) == 101
    assert matcher.runs == {}


def test_what_a_matcher_remembers_is_bounded_and_stays_right() -> None:
    matcher = Matcher([Alias(("qertino",), "name", "x/1", False)])
    for number in range(RUNS + 50):
        tokenise(f"#kawan{number}", matcher)
        assert len(matcher.runs) <= matcher.most_runs == RUNS + RUNS_OF_ALIAS
    assert [token.form for token in tokenise("#kawan7", matcher)] == ["<tagar>", "kawan", "tujuh", "</tagar>"]


def test_a_matcher_of_any_size_remembers_no_more_than_can_be_shared() -> None:
    aliases = [Alias((f"kawan{number}",), "name", f"x/{number}", False) for number in range(MOST_RUNS // RUNS_OF_ALIAS)]
    assert Matcher(aliases).most_runs == MOST_RUNS == CACHE_SIZE


def test_what_was_read_with_a_watchlist_goes_when_it_goes() -> None:
    matcher = Matcher([Alias(("qertino",), "name", "x/1", False)])
    tokenise("pak Qertino #QertinoMenang @kawanqertino", matcher)
    gone = weakref.ref(matcher)
    gc.disable()
    try:
        del matcher
        assert gone() is None
    finally:
        gc.enable()
