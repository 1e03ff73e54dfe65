"""Lines of JSON, and nothing in them that a library was told about a post."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from observekit import logged

from app.observe import logs
from app.observe.logs import LinesHandler, crash_of, event_logger, fields_of, set_up


def record(name: str, message: object, *args: object, error: BaseException | None = None) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord(name, logging.WARNING, "x.py", 1, message, args, info)


def raised(error: Exception) -> Exception:
    try:
        raise error
    except Exception as caught:
        return caught


def test_an_event_is_one_line_that_begins_with_when_how_grave_and_what(capfd: pytest.CaptureFixture[str]) -> None:
    event_logger("netra.uji", "INFO").info("request", status=200, route="/classify")
    text = capfd.readouterr().err
    pattern = (
        r'\{"timestamp":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","level":"info","event":"request",'
        r'"logger":"netra\.uji","status":200,"route":"/classify"\}\n'
    )
    assert re.fullmatch(pattern, text)


LEVELS = [("DEBUG", 4), ("INFO", 3), ("WARNING", 2), ("ERROR", 1)]


@pytest.mark.parametrize(("level", "count"), LEVELS)
def test_events_below_the_level_are_not_written(
    level: logs.LogLevel, count: int, capfd: pytest.CaptureFixture[str]
) -> None:
    log = event_logger("netra.uji", level)
    for write in (log.debug, log.info, log.warning, log.error):
        write("a")
    assert len(logged(capfd)) == count


def test_a_value_that_json_does_not_have_is_written_as_its_type(capfd: pytest.CaptureFixture[str]) -> None:
    event_logger("netra.uji", "INFO").info("a", value=ValueError("zqx"))
    assert [line["value"] for line in logged(capfd)] == ["ValueError"]


def test_a_log_that_cannot_be_written_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.write", full)
    event_logger("netra.uji", "INFO").info("a")
    LinesHandler().emit(record("netra.uji", "a"))


def test_our_own_loggers_go_the_same_way_with_their_fields(capfd: pytest.CaptureFixture[str]) -> None:
    set_up("INFO")
    logging.getLogger("netra.uji").error("rusak: %s", "a.yaml", extra={"request_id": "uji-1", "other": "zqx"})
    [line] = logged(capfd)
    del line["timestamp"]
    assert line == {"level": "error", "event": "rusak: a.yaml", "logger": "netra.uji", "request_id": "uji-1"}


@pytest.mark.parametrize("level", ["DEBUG", "WARNING"])
def test_the_level_holds_for_our_own_loggers(level: logs.LogLevel, capfd: pytest.CaptureFixture[str]) -> None:
    set_up(level)
    logging.getLogger("netra.uji").info("a")
    assert len(logged(capfd)) == (1 if level == "DEBUG" else 0)


def test_setting_up_twice_writes_once(capfd: pytest.CaptureFixture[str]) -> None:
    set_up("INFO")
    set_up("INFO")
    logging.getLogger("netra.uji").error("a")
    assert len(logged(capfd)) == 1


def test_the_server_writes_the_same_lines_and_no_addresses(capfd: pytest.CaptureFixture[str]) -> None:
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).addHandler(logging.StreamHandler())
    logging.getLogger("uvicorn").propagate = False
    set_up("INFO")
    logging.getLogger("uvicorn.error").warning("Started server process [%d]", 7)
    logging.getLogger("uvicorn.access").error('%s "%s %s"', "10.0.0.1", "GET", "/zqx")
    assert [line["event"] for line in logged(capfd)] == ["Started server process [7]"]


FOREIGN = [
    (("Started server process [%d]", 7), "Started server process [7]"),
    (("took %.1f s", 0.25), "took 0.2 s"),
    (("Uvicorn running on %s://%s:%d (Press CTRL+C to quit)", "zqx", "zqx", 1), "Uvicorn running on %s://%s:%d"),
    (("Invalid HTTP request received.",), "Invalid HTTP request received."),
    (("Task exception was never retrieved\nfuture: <Task zqx>",), "Task exception was never retrieved"),
    (("Exception in callback run('zqx')",), "Exception in callback run"),
    (("bad value: {'zqx': 1}",), "bad value:"),
    (('said "zqx"',), "said"),
    (("parameters=zqx",), "parameters"),
    (("%(text)s and %(n)d", {"text": "zqx", "n": 1}), "%"),
    ((ValueError("'zqx'"),), ""),
]


@pytest.mark.parametrize(("arguments", "expected"), FOREIGN)
def test_of_a_librarys_message_only_the_beginning_is_kept(arguments: tuple[object, ...], expected: str) -> None:
    assert fields_of(record("uvicorn.error", *arguments)) == {"event": expected}


@settings(max_examples=300)
@given(text=st.text(min_size=1).map(lambda text: f"zqx{text}"), ours=st.booleans())
def test_what_is_filled_into_a_message_is_shown_only_where_it_is_ours(text: str, ours: bool) -> None:
    fields = fields_of(record("netra.uji" if ours else "asyncio", "a %s b %s", text, 1))
    assert ("zqx" in fields["event"]) is ours


@pytest.mark.parametrize("name", ["netra.uji", "asyncio", "netrazqx"])
def test_an_error_is_written_as_type_and_places_without_its_message(name: str) -> None:
    fields = fields_of(record(name, "gagal", error=raised(ValueError("zqx"))))
    assert re.fullmatch(r"ValueError at .*test_logs:\d+", fields["error"])
    assert "zqx" not in str(fields)


def test_only_the_innermost_places_of_an_error_are_written() -> None:
    def deep(levels: int) -> None:
        if levels == 0:
            raise KeyError("zqx")
        deep(levels - 1)

    def places(act: Callable[[], None]) -> int:
        try:
            act()
        except KeyError as error:
            return crash_of(error).count(":")
        raise AssertionError

    assert (places(lambda: deep(1)), places(lambda: deep(50))) == (4, 6)


def test_an_error_that_was_never_raised_has_no_places() -> None:
    assert crash_of(ValueError("zqx")) == "ValueError at "


def test_an_error_of_the_system_says_what_it_was_but_not_about_which_file() -> None:
    assert crash_of(OSError(28, "zqx", "/zqx")) == "OSError (No space left on device) at "
    assert crash_of(FileNotFoundError(2, "zqx", "/zqx")) == "FileNotFoundError (No such file or directory) at "
    assert crash_of(OSError("zqx")) == "OSError at "


@pytest.mark.parametrize("message", [("a %d", "zqx"), ("a %s", 1, 2), ("a %", 1)])
def test_a_message_that_cannot_be_filled_in_is_still_reported(
    message: tuple[object, ...], capfd: pytest.CaptureFixture[str]
) -> None:
    LinesHandler().emit(record("netra.uji", *message))
    [line] = logged(capfd)
    assert (line["level"], line["logger"], line["event"]) == ("warning", "netra.uji", "unreadable")


def test_a_name_of_a_file_that_is_no_text_is_written_all_the_same(capfd: pytest.CaptureFixture[str]) -> None:
    LinesHandler().emit(record("netra.uji", "berkas %s", "a\udcff.yaml"))
    assert [line["event"] for line in logged(capfd)] == ["berkas a?.yaml"]


@pytest.mark.parametrize(
    ("number", "name"), [(5, "debug"), (25, "info"), (39, "warning"), (50, "critical"), (90, "critical")]
)
def test_levels_of_libraries_become_one_of_ours(number: int, name: str, capfd: pytest.CaptureFixture[str]) -> None:
    odd = record("lib", "a")
    odd.levelno = number
    LinesHandler().emit(odd)
    assert [line["level"] for line in logged(capfd)] == [name]


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters()))
def test_whatever_is_logged_is_one_line(text: str, capfd: pytest.CaptureFixture[str]) -> None:
    LinesHandler().emit(record("netra.uji", "%s", text))
    event_logger("netra.uji", "INFO").info("a", value=text.encode("utf-8", "replace").decode())
    assert len(logged(capfd)) == 2
