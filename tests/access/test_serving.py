"""Starting the service, and the commands around keys and the database."""

from __future__ import annotations

import errno
import gc
import os
import re
import socket
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from api.http_client import make_api
from databases import STRONG, database, opened, settings_of
from pydantic import SecretStr
from typer.testing import CliRunner

from app import cli
from app.access.hosts import is_loopback
from app.access.keys import all_keys, create_key, known_keys, parts_of
from app.access.preflight import check_start
from app.access.refusal import Refusal
from app.cli import serving
from app.cli.common import BAD_FILE, BAD_USAGE
from app.cli.database import BAD_STORE, REFUSED
from app.settings import Settings
from app.store import BadStoreUrl, StoreBehind, StoreUnavailable, migrate
from app.store.opening import store_url

pytestmark = pytest.mark.usefixtures("cycles_as_before")

runner = CliRunner()
ROOT = Path(__file__).resolve().parents[2]
KEY = re.compile(r"netra_[a-z0-9]{8}_[A-Za-z0-9]{43}\n")


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """What the commands find in the environment: nothing but a state folder of this test's own."""
    for name in [name for name in os.environ if name.startswith("NETRA_")]:
        monkeypatch.delenv(name)
    settings = settings_of(tmp_path)
    monkeypatch.setenv("NETRA_STATE_DIR", str(settings.state_dir))
    monkeypatch.setenv("NETRA_MODELS_DIR", "models")  # so that what a command sets is taken back
    return settings


@pytest.fixture
def started(state: Settings, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What uvicorn was started with, if it was."""
    calls: list[dict[str, Any]] = []
    monkeypatch.setattr(
        "uvicorn.run", lambda app, **options: calls.append({"app": app, "cycles": gc.isenabled(), **options})
    )
    monkeypatch.setattr(socket, "create_server", lambda *_, **__: nullcontext())
    return calls


def netra(*words: str) -> Any:
    return runner.invoke(cli.app, list(words))


# -- keys ---------------------------------------------------------------------------------------------------------


def test_a_new_key_stands_alone_on_standard_output(state: Settings) -> None:
    result = netra("key", "create", "--scopes", "classify,review", "--name", "Tim uji", "--days", "7")
    assert result.exit_code == 0
    assert KEY.fullmatch(result.stdout)
    assert "Tim" not in result.stdout
    assert result.stdout.strip() not in result.stderr
    key_id, secret = parts_of(result.stdout.strip()) or ("", "")
    assert key_id in result.stderr
    with opened(state) as store, store.read() as tx:
        [row] = all_keys(tx)
        assert known_keys(tx)[key_id].matches(secret)
    assert (row.name, row.scopes, row.requests_per_minute) == ("Tim uji", "classify,review", None)
    assert row.expires_at is not None
    assert (row.expires_at - row.created_at).days == 7


def test_a_key_may_have_limits_of_its_own(state: Settings) -> None:
    netra("key", "create", "--scopes", "classify", "--requests-per-minute", "0", "--items-per-day", "9")
    with opened(state) as store, store.read() as tx:
        assert [(row.requests_per_minute, row.items_per_day) for row in all_keys(tx)] == [(0, 9)]


BAD = [
    ["--scopes", "zqx"],
    ["--scopes", "classify,zqx"],
    ["--scopes", ""],
    ["--scopes", "classify,"],
    ["--scopes", "classify", "--days", "0"],
    ["--scopes", "classify", "--days", "99999"],
    ["--scopes", "classify", "--name", ""],
    ["--scopes", "classify", "--name", "a" * 81],
    ["--scopes", "classify", "--name", "a\tb"],
    ["--scopes", "classify", "--items-per-day", "-1"],
    [],
]


@pytest.mark.parametrize("words", BAD)
def test_a_key_that_makes_no_sense_is_not_made(state: Settings, words: list[str]) -> None:
    result = netra("key", "create", *words)
    assert result.exit_code == BAD_USAGE
    assert result.stdout == ""
    with opened(state) as store, store.read() as tx:
        assert all_keys(tx) == []


def test_keys_are_listed_without_their_secrets(state: Settings) -> None:
    first = netra("key", "create", "--scopes", "classify", "--name", "satu").stdout.strip()
    second = netra("key", "create", "--scopes", "review,admin", "--name", "dua").stdout.strip()
    assert netra("key", "revoke", first.split("_")[1]).exit_code == 0
    lines = [line.split("\t") for line in netra("key", "list").stdout.splitlines()]
    assert [[line[0], line[1], line[2], line[4]] for line in lines] == [
        [first.split("_")[1], "dicabut", "classify", "satu"],
        [second.split("_")[1], "berlaku", "review,admin", "dua"],
    ]
    assert first.split("_")[2] not in str(lines)


@pytest.mark.parametrize(
    ("flag", "told"), [([], "Tidak ada kunci dengan id itu.\n"), (["--en"], "There is no key with this id.\n")]
)
def test_what_is_not_there_cannot_be_revoked(state: Settings, flag: list[str], told: str) -> None:
    result = netra("key", "revoke", "abcdefgh", *flag)
    assert (result.exit_code, result.stdout, result.stderr) == (BAD_FILE, "", told)


# -- the database -------------------------------------------------------------------------------------------------


def test_the_database_is_brought_up_to_date_by_command(
    state: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database("postgresql", tmp_path, empty=True) as settings:
        assert settings.database_url is not None
        monkeypatch.setenv("NETRA_DATABASE_URL", settings.database_url.get_secret_value())
        refused = netra("key", "list")
        assert (refused.exit_code, "netra db upgrade" in refused.stderr) == (BAD_STORE, True)
        with pytest.raises(StoreBehind):
            check_start(settings, "127.0.0.1")
        assert netra("db", "upgrade").stdout == netra("db", "version").stdout == f"{migrate.versions()[-1]}\n"
        assert netra("key", "list").exit_code == 0
        check_start(settings, "127.0.0.1")


@pytest.mark.parametrize(("flag", "words"), [([], "bukan alamat"), (["--en"], "is not an address")])
def test_a_wrong_address_is_said_in_both_languages(
    state: Settings, monkeypatch: pytest.MonkeyPatch, flag: list[str], words: str
) -> None:
    monkeypatch.setenv("NETRA_DATABASE_URL", "mysql://zqx:zqx@zqx/zqx")
    result = netra("db", "version", *flag)
    assert (result.exit_code, words in result.stderr, "zqx" in result.stderr) == (BAD_STORE, True, False)


def test_a_setting_that_does_not_fit_is_named_without_its_value(
    state: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NETRA_AUTH", "zqx")
    result = netra("key", "list")
    assert (result.exit_code, "NETRA_AUTH" in result.stderr, "zqx" in result.stderr) == (BAD_USAGE, True, False)


# -- serving ------------------------------------------------------------------------------------------------------


def test_by_default_it_listens_on_this_host_only_and_says_no_more_than_it_must(started: list[dict[str, Any]]) -> None:
    result = netra("serve")
    assert (result.exit_code, result.stdout) == (0, "")
    [options] = started
    assert (options["host"], options["port"], options["workers"]) == ("127.0.0.1", 8000, serving.cores())
    assert not options["server_header"]
    assert not options["access_log"]
    assert not options["proxy_headers"]


def test_the_number_of_processes_can_be_chosen(started: list[dict[str, Any]]) -> None:
    netra("serve", "--workers", "3", "--port", "8123")
    assert [(options["workers"], options["port"]) for options in started] == [(3, 8123)]


@pytest.mark.parametrize(("workers", "looks"), [(1, False), (2, True)])
def test_only_a_process_that_watches_over_others_looks_for_cycles_at_once(
    state: Settings, started: list[dict[str, Any]], workers: int, looks: bool
) -> None:
    assert netra("serve", "--workers", str(workers)).exit_code == 0
    assert [call["cycles"] for call in started] == [looks]


OPEN = ["0.0.0.0", "::", "10.1.2.3", "netra.example.id", ""]


@pytest.mark.parametrize("host", OPEN)
def test_it_refuses_to_listen_beyond_this_host_unless_a_proxy_ends_tls(
    started: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    result = netra("serve", "--host", host)
    assert (result.exit_code, started) == (REFUSED, [])
    assert "NETRA_BEHIND_TLS_PROXY=yes" in result.stderr
    monkeypatch.setenv("NETRA_BEHIND_TLS_PROXY", "yes")
    assert netra("serve", "--host", host).exit_code == 0
    assert [options["host"] for options in started] == [host]


@pytest.mark.parametrize("host", OPEN)
def test_it_refuses_to_listen_beyond_this_host_without_keys(
    started: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("NETRA_BEHIND_TLS_PROXY", "yes")
    monkeypatch.setenv("NETRA_AUTH", "off")
    result = netra("serve", "--host", host, "--en")
    assert (result.exit_code, started) == (REFUSED, [])
    assert "NETRA_AUTH_OFF_ACKNOWLEDGED=yes" in result.stderr
    assert netra("serve").exit_code == 0
    monkeypatch.setenv("NETRA_AUTH_OFF_ACKNOWLEDGED", "yes")
    assert netra("serve", "--host", host).exit_code == 0


def test_it_refuses_a_weak_secret(started: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETRA_SECRET_KEY", "change-me")
    result = netra("serve")
    assert (result.exit_code, started) == (REFUSED, [])
    assert "change-me" not in result.stderr
    monkeypatch.setenv("NETRA_SECRET_KEY", STRONG)
    assert netra("serve").exit_code == 0


@pytest.mark.parametrize(("here", "taken"), [(False, ROOT / "models"), (True, Path("models"))])
def test_it_serves_the_model_that_the_other_commands_take_wherever_it_is_started(
    started: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: bool, taken: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    if here:
        (tmp_path / "models").mkdir()
    assert netra("serve").exit_code == 0
    assert (len(started), Settings().models_dir) == (1, taken)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (OSError(errno.EADDRINUSE, ""), ("--port: porta itu sedang dipakai", "--port: another program uses this port")),
        (OSError(errno.EACCES, ""), ("--port: tidak ada izin", "--port: no permission")),
        (OSError(errno.EADDRNOTAVAIL, ""), ("--host: komputer ini tidak", "--host: this host has no such address")),
        (socket.gaierror(socket.EAI_NONAME, ""), ("--host: komputer ini tidak", "--host: this host has no")),
    ],
)
@pytest.mark.parametrize("flag", [[], ["--en"]])
def test_where_nobody_could_listen_is_said_before_there_is_a_key(
    started: list[dict[str, Any]],
    state: Settings,
    monkeypatch: pytest.MonkeyPatch,
    fault: OSError,
    told: tuple[str, str],
    flag: list[str],
) -> None:
    def listen(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr(socket, "create_server", listen)
    result = netra("serve", "--local-key", *flag)
    assert (result.exit_code, result.stdout) == (BAD_FILE, "")
    with opened(state) as store, store.read() as tx:
        assert (started, all_keys(tx)) == ([], [])
    assert result.stderr.startswith(told[bool(flag)])


def test_the_local_key_is_for_one_day_and_stands_alone_on_standard_output(
    started: list[dict[str, Any]], state: Settings
) -> None:
    result = netra("serve", "--local-key")
    assert KEY.fullmatch(result.stdout)
    assert len(started) == 1
    with opened(state) as store, store.read() as tx:
        [row] = all_keys(tx)
    assert row.scopes == "classify,review,admin"
    assert row.expires_at is not None
    assert (row.expires_at - row.created_at).total_seconds() == 86_400


@pytest.mark.parametrize("host", OPEN)
def test_there_is_no_local_key_for_others(
    started: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("NETRA_BEHIND_TLS_PROXY", "yes")
    assert netra("serve", "--local-key", "--host", host).exit_code == BAD_USAGE
    assert started == []


def test_a_refusal_speaks_both_languages(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as caught:
        check_start(settings_of(tmp_path), "0.0.0.0")
    assert str(caught.value) != caught.value.english


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("localhost", True), ("127.0.0.1", True), ("127.1.2.3", True), ("::1", True), *((host, False) for host in OPEN)],
)
def test_what_counts_as_this_host(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"secret_key": SecretStr("change-me")}, Refusal),
        ({"secret_key": None, "database_url": SecretStr("postgresql:///netra?host=/nowhere")}, Refusal),
        ({"database_url": SecretStr("postgresql:///netra?host=/nowhere")}, StoreUnavailable),
        ({"database_url": SecretStr("mysql://a")}, BadStoreUrl),
    ],
)
def test_whatever_starts_it_the_app_does_not_start_without_secret_and_store(
    tmp_path: Path, given: dict[str, Any], error: type[Exception]
) -> None:
    api = make_api(**settings_of(tmp_path, **given).model_dump())
    with pytest.raises(error):
        api.__enter__()
    api._runner.close()


def test_the_app_does_not_start_on_tables_of_an_older_program(tmp_path: Path) -> None:
    with database("postgresql", tmp_path, empty=True) as settings:
        api = make_api(**settings.model_dump())
        with pytest.raises(StoreBehind):
            api.__enter__()
        api._runner.close()
        migrate.upgrade(store_url(settings))
        with opened(settings) as store, store.begin() as tx:  # before the start: a new key is known after half a second
            key = create_key(tx, "uji", ["classify"])
        with make_api(**settings.model_dump()) as api:
            assert api.post("/classify", {"text": "a"}, X_API_Key=key).status_code == 200
