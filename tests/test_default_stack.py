"""What the usual parts do by themselves, and what Netra does in the same place: docs/hardening.md names these tests."""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import process_time
from typing import Annotated, Any

import httpx
import pytest
from api.http_client import Api, make_api
from fastapi import FastAPI, Request
from pydantic import BaseModel, Field
from Sastrawi.Stemmer.StemmerFactory import StemmerFactory
from Sastrawi.StopWordRemover.StopWordRemoverFactory import StopWordRemoverFactory
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from app.api.body import REST
from app.api.classify import answer_to, classify_batch
from app.memory import undisturbed
from app.text import affixes, stem
from app.text.pipeline import analyse, tokenise
from app.text.split import MAX_WORD
from app.watchlists.matcher import Alias, Matcher

LOCKS = Path(__file__).parents[1] / "requirements"
_stemmer = cache(lambda: StemmerFactory().create_stemmer())
_remover = cache(lambda: StopWordRemoverFactory().create_stop_word_remover())


def forms(text: str) -> list[str]:
    return [token.form for token in analyse(text)]


# -- words ------------------------------------------------------------------------------------------------------------


def test_of_two_packages_with_one_import_name_only_the_one_that_looks_words_up_is_installed() -> None:
    with pytest.raises(PackageNotFoundError):
        version("sastrawi")
    assert version("PySastrawi")
    for lock in LOCKS.glob("*.txt"):
        assert not re.search(r"(?mi)^sastrawi==", lock.read_text("utf-8"))
    assert isinstance(affixes.dictionary(), frozenset)


def _grows(work: Any, size: int) -> float:
    """How many times longer ``work`` takes for twice the size: the least of seven looks at each, taken by turns.

    Nothing is collected meanwhile: how much other tests left behind would be part of the time.
    """
    least = {size: float("inf"), 2 * size: float("inf")}
    with undisturbed():
        for length in [*least] * 7:
            began = process_time()
            work(length)
            least[length] = min(least[length], process_time() - began)
    return least[2 * size] / least[size]


def test_a_run_of_dashes_takes_no_longer_than_other_text() -> None:
    uncached = _stemmer().delegatedStemmer
    assert _grows(lambda size: uncached.stem("a" + "-" * size + "b"), 2_000) > 3
    asked: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stem, "root", lambda word: asked.append(word) or word)
        analyse("baru" + "-" * 9_000 + "saja " + "mem-" * 200)
    assert not any("-" in word for word in asked)
    assert _grows(lambda size: analyse("-" * size), 4_000) < 3


def test_what_callers_invent_is_not_remembered_for_good() -> None:
    stemmer = StemmerFactory().create_stemmer()
    for number in range(300):
        stemmer.stem(f"zqx{'abcdefghij'[number % 10]}{'klmnopqrst'[number // 10 % 10]}{'uvw'[number // 100]}")
    assert len(stemmer.cache.data) == 300
    limits = [cached.cache_info().maxsize for cached in (stem.stem, stem.is_known)]
    assert all(limits)
    assert max(map(len, (token.form for token in analyse("membaca" * 500)))) <= MAX_WORD


KEPT = [("menangis", "menang"), ("pemilu", "milu"), ("relawan", "rawan"), ("gerakan", "gera"), ("bekasi", "bekas")]


@pytest.mark.parametrize(("word", "theirs"), KEPT)
def test_words_keep_their_meaning_when_shortened(word: str, theirs: str) -> None:
    assert _stemmer().stem(word) == theirs
    assert stem.stem(word) != theirs


def test_negation_numbers_and_hashtags_are_not_thrown_away() -> None:
    sentence = "jangan pilih bapak calon nomor dua #DuaPeriode"
    rest = _stemmer().stem(_remover().remove(sentence)).split()
    assert not {"jangan", "dua"} <= set(rest)
    found = forms(sentence)
    assert {"jangan", "pilih", "nomor", "<nomor>", "<tagar>", "periode"} <= set(found)


TAUGHT = [(f"{name} akan datang ke alun-alun besok", name == "Xandrowi") for name in ("Xandrowi", "Qertino")] * 4


def test_a_name_alone_moves_no_score() -> None:
    texts, labels = zip(*TAUGHT, strict=True)
    plain = make_pipeline(TfidfVectorizer(), LogisticRegression(C=100)).fit(texts, labels)
    one, other = plain.predict_proba([f"{name} rapat di balai desa" for name in ("Xandrowi", "Qertino")])[:, 1]
    assert one - other > 0.5
    race = Matcher([Alias((name,), "name", f"x/{name}", False) for name in ("xandrowi", "qertino")])
    ours = [[token.form for token in analyse(f"{name} rapat di balai desa", race)] for name in ("Xandrowi", "Qertino")]
    assert ours[0] == ours[1]


def test_a_text_is_read_in_one_pass_whatever_the_number_of_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    from app.text import build, runs

    seen: list[str] = []
    real = build.lexeme
    monkeypatch.setattr(build, "lexeme", lambda surface: seen.append(surface) or real(surface))
    runs._PLAIN.clear()
    tokenise("gpp jgn lupa coblos yg nmr 2 gpp jgn lupa", Matcher())
    assert sorted(seen) == sorted({"gpp", "jgn", "lupa", "coblos", "yg", "nmr"})


# -- requests ---------------------------------------------------------------------------------------------------------


class Post(BaseModel):
    text: Annotated[str, Field(max_length=10)]


def _default() -> FastAPI:
    """The service that a tutorial ends with."""
    app = FastAPI()

    @app.post("/classify")
    def answer(post: Post) -> dict[str, str]:
        return {"text": post.text}

    @app.post("/any")
    async def any_size(request: Request) -> dict[str, int]:
        return {"bytes": len(await request.body())}

    return app


def ask(path: str, content: bytes | Iterator[bytes]) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(_default(), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.post(path, content=content, headers={"Content-Type": "application/json"})

    return asyncio.run(asked())


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    with make_api(max_body_bytes=2_000_000) as running:
        yield running


@pytest.mark.parametrize(
    "body", [rb'{"text": "\ud83d"}', b'{"text": NaN}', b'{"text": 1e400}', b'{"text": [Infinity]}']
)
def test_what_json_does_not_have_is_a_400_and_no_crash(api: Api, body: bytes) -> None:
    assert ask("/classify", body).status_code == 500
    assert api.send("/classify", body).status_code == 400


def test_a_text_that_is_too_long_is_refused_without_repeating_it(api: Api) -> None:
    body = b'{"text": "' + b"zqx" * 100_000 + b'"}'
    theirs, ours = ask("/classify", body), api.send("/classify", body)
    assert (theirs.status_code, len(theirs.content) > len(body)) == (422, True)
    assert (ours.status_code, b"zqx" in ours.content, len(ours.content) < 500) == (413, False, True)


def test_a_body_over_the_limit_is_never_held_whole() -> None:
    sent = [b"x" * 65_536] * 100
    assert ask("/any", b"".join(sent)).json() == {"bytes": 6_553_600}
    taken = 0

    async def endless() -> Any:
        nonlocal taken
        for piece in sent:
            taken += len(piece)
            yield piece

    limit = 200_000
    with make_api(max_body_bytes=limit) as small:
        headers = {"Content-Type": "application/json"}
        refused = small.run(small.client.post("/classify", content=endless(), headers=headers))
    assert refused.status_code == 413
    assert taken <= (1 + REST) * limit + len(sent[0])  # beyond the limit read and thrown away, and that not for ever
    assert taken < len(b"".join(sent)) / 5


@pytest.mark.parametrize("endpoint", [answer_to, classify_batch])
def test_short_work_is_done_without_a_change_of_threads_and_long_work_off_the_loop(endpoint: Any) -> None:
    assert inspect.iscoroutinefunction(endpoint)
    assert "run_in_lane" in inspect.getsource(endpoint) or "workers.run" in inspect.getsource(endpoint)


def test_a_batch_is_scored_together(monkeypatch: pytest.MonkeyPatch) -> None:
    from fakes import FakeScorer

    sizes: list[int] = []

    class Counting(FakeScorer):
        def score(self, items: Sequence[Any], **options: Any) -> Any:
            sizes.append(len(items))
            return super().score(items, **options)

    with make_api(Counting()) as running:
        running.post("/classify/batch", {"items": [{"text": "a"}] * 500})
    assert sizes == [500]
