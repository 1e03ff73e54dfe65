"""Health, info, and what a service without a model does: live, not ready, and never a guess."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes import FakeScorer, fictional
from http_client import Api, make_api, problem, settings_with

from app import __version__
from app.main import STARTING, create_app, load_active_scorer
from app.policy.types import Words
from app.scoring.errors import ModelError
from app.scoring.store import LOADER_CRASHED
from app.scoring.types import Scorer
from app.settings import Settings


def failing(error: BaseException) -> Callable[[Settings], Scorer]:
    def load(_: Settings) -> Scorer:
        raise error

    return load


BROKEN = Words("rusak", "broken")
MODEL_ERRORS = [ModelError, *ModelError.__subclasses__()]
REQUESTS: list[tuple[str, object]] = [
    ("/classify", {"text": "coblos"}),
    ("/classify", {"action": "like"}),
    ("/classify/batch", {"items": [{"text": "coblos"}]}),
    ("/classify/batch", {"items": []}),
]


@pytest.mark.parametrize("kind", MODEL_ERRORS)
def test_without_a_model_the_service_is_live_and_says_why_it_is_not_ready(kind: type[ModelError]) -> None:
    with make_api(load=failing(kind(Words("berkas zqx rusak", "file zqx is broken")))) as api:
        assert api.get("/health/live").json() == {"status": "live"}
        response = api.get("/health/ready")
        info = api.get("/info").json()
    found = problem(response)
    assert (response.status_code, found["slug"], found["reason"]) == (503, "model-unavailable", kind.slug)
    assert int(response.headers["retry-after"]) > 0
    assert "zqx" not in response.text
    assert (info["model"], info["version"]) == (None, __version__)


@pytest.mark.parametrize(
    "error", [OSError("zqx"), ValueError("zqx"), MemoryError(), RecursionError(), ImportError("zqx")]
)
def test_a_loader_that_breaks_in_any_other_way_does_not_stop_the_start(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    with make_api(load=failing(error)) as api:
        assert api.get("/health/live").status_code == 200
        assert problem(api.get("/health/ready"))["reason"] == LOADER_CRASHED
    assert type(error).__name__ in caplog.text
    assert "zqx" not in caplog.text


def test_a_stop_signal_while_loading_does_stop_the_start() -> None:
    async def begin() -> None:
        app = create_app(settings_with(), failing(KeyboardInterrupt()))
        async with app.router.lifespan_context(app):
            pytest.fail("started")

    coroutine = begin()
    with pytest.raises(KeyboardInterrupt):
        coroutine.send(None)


def test_what_keeps_it_from_starting_is_in_the_log(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "zqx", "/zqx")

    async def begin() -> None:
        app = create_app(settings_with(), failing(ModelError(BROKEN)))
        async with app.router.lifespan_context(app):
            pytest.fail("started")

    monkeypatch.setattr("app.main.WatchlistStore", full)
    with pytest.raises(OSError, match="zqx"):
        asyncio.run(begin())
    [line] = [line for line in capfd.readouterr().err.splitlines() if "start or stop failed" in line]
    assert "OSError (No space left on device) at " in line
    assert "zqx" not in line


@pytest.mark.parametrize(("path", "body"), REQUESTS)
def test_without_a_model_nothing_is_scored(path: str, body: object) -> None:
    with make_api(load=failing(ModelError(BROKEN))) as api:
        response = api.post(path, body)
    found = problem(response)
    assert (response.status_code, found["slug"], found["reason"]) == (503, "model-unavailable", "model-error")
    assert set(response.json()) == {"type", "title", "status", "reason"}


def test_without_a_model_bad_input_is_still_named() -> None:
    with make_api(load=failing(ModelError(BROKEN))) as api:
        assert api.post("/classify", {"text": 7}).status_code == 422


def test_before_its_start_the_service_is_live_and_not_ready() -> None:
    api = Api(create_app(settings_with(), lambda _: FakeScorer()))
    assert api.get("/health/live").status_code == 200
    assert problem(api.get("/health/ready"))["reason"] == STARTING
    with api:
        assert api.get("/health/ready").status_code == 200


def test_ready_names_the_model(api: Api) -> None:
    model = {"name": "palsu", "version": "0", "threshold": 0.5, "review_threshold": 0.25}
    assert api.get("/health/ready").json() == {"status": "ready", "model": model, "warnings": []}


def test_the_scorer_is_loaded_once_with_the_settings() -> None:
    seen: list[Settings] = []

    def load(settings: Settings) -> Scorer:
        seen.append(settings)
        return FakeScorer()

    with make_api(load=load, max_batch_items=7) as api:
        api.get("/health/ready")
        api.post("/classify", {"text": "a"})
    assert [s.max_batch_items for s in seen] == [7]


def test_info_names_model_limits_and_languages() -> None:
    with make_api(max_batch_items=7, max_text_chars=9, max_body_bytes=4096) as api:
        info = api.get("/info").json()
    assert info["name"] == "netra"
    assert info["model"]["name"] == "palsu"
    assert info["watchlist"] == {"version": fictional().version}
    assert info["limits"] == {"max_batch_items": 7, "max_text_chars": 9, "max_body_bytes": 4096}
    assert info["languages"] == ["id", "en"]
    assert info["actions"] == ["post", "comment", "share", "like", "follow"]


NOWHERE: list[tuple[str, str | None]] = [("kosong", None), ("kosong", "tidak-ada"), ("kosong", "lain/tidak-ada")]


@pytest.mark.parametrize(("folder", "model"), NOWHERE)
def test_the_default_loader_finds_no_model_where_there_is_none(tmp_path: Path, folder: str, model: str | None) -> None:
    settings = Settings(models_dir=tmp_path / folder, model=model)
    with Api(create_app(settings)) as api:
        assert problem(api.get("/health/ready"))["reason"] == "model-missing"


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (None, ("models", None)),
        ("dasar", ("models", "dasar")),
        ("srv/dasar", ("srv", "dasar")),
        ("/dasar", ("/", "dasar")),
    ],
)
def test_a_model_is_named_or_given_as_a_path(
    model: str | None, expected: tuple[str, str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str | None]] = []

    def load_active(models_dir: Path, name: str | None = None) -> Scorer:
        asked.append((str(models_dir), name))
        return FakeScorer()

    monkeypatch.setattr("app.scoring.bundle.load_active", load_active)
    load_active_scorer(Settings(models_dir=Path("models"), model=model))
    assert asked == [expected]


def test_a_model_error_is_logged_with_its_reason(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    with make_api(load=failing(ModelError(BROKEN))):
        assert "no model: model-error: broken" in caplog.text


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
@pytest.mark.parametrize("load", [None, failing(ModelError(BROKEN))], ids=["ready", "not ready"])
def test_a_balancer_may_ask_with_head(path: str, load: Callable[[Settings], Scorer] | None) -> None:
    with make_api(load=load) as api:
        answer = api.run(api.client.head(path))
        assert answer.status_code == api.get(path).status_code
