"""The proxy's configuration: TLS, limits that fit the service's, logs that show nothing, problems in its words."""

from __future__ import annotations

import json
import re

import pytest
import uvicorn
from deploykit import Directive, compose, dockerfile, nginx, within

from app.access.routes import NEEDS
from app.problems import URN, all_problems
from app.settings import default_settings

TREE = nginx()
SERVER = ("http", "server")
UNITS = {"k": 1024, "m": 1024**2}
#: What a caller or the network says of a caller; none of it belongs into a log.
TELLTALE = (
    "request ",
    "request_uri",
    "uri",
    "args",
    "remote_addr",
    "http_",
    "arg_",
    "cookie_",
    "request_body",
    "$host",
)


def value(*path: str) -> str:
    [found] = within(TREE, *path)
    return " ".join(found.words)


def seconds(text: str) -> int:
    number, unit = re.fullmatch(r"(\d+)([smhd])", text).groups()  # type: ignore[union-attr]
    return int(number) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[unit]


def test_connections_are_encrypted_and_nothing_listens_in_the_clear() -> None:
    assert all("ssl" in one.words for one in within(TREE, *SERVER, "listen"))
    assert value(*SERVER, "ssl_protocols") == "TLSv1.2 TLSv1.3"
    assert "max-age=63072000" in value(*SERVER, "add_header")


def test_the_port_is_the_one_that_is_published() -> None:
    [published] = compose()["services"]["proxy"]["ports"]
    assert published.split(":")[1] == value(*SERVER, "listen").split()[0]


def test_certificate_and_key_are_the_secrets_of_compose() -> None:
    mounted = {f"/run/secrets/{name}" for name in compose()["services"]["proxy"]["secrets"]}
    assert {value(*SERVER, "ssl_certificate"), value(*SERVER, "ssl_certificate_key")} == mounted


def test_requests_go_to_both_replicas() -> None:
    [exposed] = [one.text for one in dockerfile() if one.name == "EXPOSE"]
    names = [one.words[0] for one in within(TREE, "http", "upstream", "server")]
    assert names == [f"netra-1:{exposed}", f"netra-2:{exposed}"]
    assert {name.split(":")[0] for name in names} <= set(compose()["services"])


def test_a_replica_is_never_taken_for_dead_and_found_again_after_a_move() -> None:
    for server in within(TREE, "http", "upstream", "server"):
        assert {"max_fails=0", "resolve"} <= set(server.words)
    assert within(TREE, "http", "upstream", "zone")
    assert within(TREE, "http", "resolver")


def test_idle_connections_are_closed_here_before_the_replicas_close_them() -> None:
    kept = uvicorn.Config("app").timeout_keep_alive
    assert seconds(value("http", "upstream", "keepalive_timeout")) < kept


def test_bodies_are_limited_as_by_the_service() -> None:
    size = value(*SERVER, "client_max_body_size")
    assert int(size[:-1]) * UNITS[size[-1]] == default_settings().max_body_bytes


def test_slow_senders_hold_nothing_here() -> None:
    assert value(*SERVER, "location", "proxy_request_buffering") == "off"
    assert value(*SERVER, "location", "proxy_max_temp_file_size") == "0"
    assert seconds(value(*SERVER, "client_body_timeout")) <= 30
    assert seconds(value(*SERVER, "client_header_timeout")) <= 30


def test_what_may_have_been_done_is_not_done_again() -> None:
    assert "non_idempotent" not in value(*SERVER, "location", "proxy_next_upstream")


def test_the_name_asked_for_reaches_the_service() -> None:
    assert ["Host", "$host"] in [one.words for one in within(TREE, *SERVER, "location", "proxy_set_header")]


def test_logs_hold_nothing_that_a_caller_chose_and_no_address() -> None:
    [log] = within(TREE, "http", "log_format")
    line = "".join(log.words[2:])
    assert not [word for word in TELLTALE if word in line.replace("upstream_http_x_request_id", "")]
    assert value("http", "access_log").split()[1] == log.words[0]
    # Lines below this level quote the address that was asked for.
    assert value("error_log") == "stderr crit"


def test_a_log_line_is_json() -> None:
    [log] = within(TREE, "http", "log_format")
    assert log.words[1] == "escape=json"
    assert set(json.loads("".join(log.words[2:]))) == {"at", "status", "bytes", "seconds", "replica", "request_id"}


def answers() -> list[tuple[Directive, int, dict[str, object]]]:
    found = []
    for location in within(TREE, *SERVER, "location"):
        for given in within(location.block, "return"):
            found.append((location, int(given.words[0]), json.loads(given.words[1])))
    return found


def test_what_the_proxy_answers_itself_is_a_problem_that_the_service_knows() -> None:
    known = {URN + kind.slug: kind for kind in all_problems()}
    assert len(answers()) == 3
    for location, status, problem in answers():
        kind = known[str(problem["type"])]
        assert (problem["status"], problem["title"]) == (status, kind.title_id)
        assert status == kind.status
        assert [one.words for one in within(location.block, "default_type")] == [["application/problem+json"]]


def test_a_lost_replica_is_said_with_a_time_to_come_back() -> None:
    [location] = [location for location, status, _ in answers() if status == 503]
    headers = {one.words[0] for one in within(location.block, "add_header")}
    assert headers == {"Retry-After", "Strict-Transport-Security"}  # a block with headers of its own inherits none
    assert ["502", "504", "=", location.words[0]] in [_split(one) for one in within(TREE, *SERVER, "error_page")]


def _split(page: Directive) -> list[str]:
    return re.sub(r"=", " = ", " ".join(page.words).replace("= ", "=")).split()


def test_figures_of_one_replica_are_not_shown_as_those_of_all() -> None:
    [location] = [location for location, status, _ in answers() if status == 404]
    assert location.words == ["=", "/metrics"]
    assert NEEDS["GET /metrics"] == "metrics"


@pytest.mark.parametrize("name", ["client_body", "proxy", "fastcgi", "scgi", "uwsgi"])
def test_only_scratch_space_is_written(name: str) -> None:
    assert value("http", f"{name}_temp_path").startswith("/tmp/")
    assert value("pid").startswith("/tmp/")
