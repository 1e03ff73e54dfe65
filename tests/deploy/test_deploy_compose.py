"""compose.yaml: confined services, secrets from files, a proxy in front."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from deploykit import ROOT, SECRET_FOLDER, SECRETS, SETTINGS, STATE, USER, compose, environment, is_pinned
from typer.testing import CliRunner

from app import __version__, cli
from app.access.routes import OPEN
from app.access.secret import is_strong
from app.store.engine import parse_url

SERVICES: dict[str, dict[str, Any]] = compose()["services"]
OURS = ("netra-1", "netra-2", "upgrade")
ALL = sorted(SERVICES)


def test_there_are_two_replicas_a_proxy_and_a_database() -> None:
    assert {*OURS, "proxy", "database"} == set(SERVICES)
    assert {SERVICES[name]["image"] for name in OURS} == {f"netra:{__version__}"}
    replicas = [{**SERVICES[name], "depends_on": None} for name in ("netra-1", "netra-2")]
    assert replicas[0] == replicas[1]


@pytest.mark.parametrize("name", ALL)
def test_images_are_pinned_by_tag(name: str) -> None:
    assert is_pinned(SERVICES[name]["image"])


@pytest.mark.parametrize("name", ALL)
def test_nothing_runs_as_root_or_may_become_it(name: str) -> None:
    service = SERVICES[name]
    user, group = service["user"].split(":")
    assert int(user) > 0 < int(group)
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert "privileged" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert name not in OURS or (user, group) == (str(USER), str(USER))


@pytest.mark.parametrize("name", ALL)
def test_root_filesystems_are_read_only_and_scratch_space_has_a_size(name: str) -> None:
    assert SERVICES[name]["read_only"] is True
    assert all(re.search(r"size=\d+m", mount) for mount in SERVICES[name]["tmpfs"])
    assert any(mount.startswith("/tmp:") for mount in SERVICES[name]["tmpfs"])


@pytest.mark.parametrize("name", OURS)
def test_our_state_is_writable_by_our_user_alone(name: str) -> None:
    [state] = [mount for mount in SERVICES[name]["tmpfs"] if mount.startswith(f"{STATE}:")]
    assert environment(2)["NETRA_STATE_DIR"] == STATE
    assert f"uid={USER},gid={USER},mode=0700" in state


@pytest.mark.parametrize("name", ["netra-1", "netra-2"])
def test_files_are_not_uploaded_where_replicas_share_no_folder(name: str) -> None:
    assert "volumes" not in SERVICES[name]
    assert SERVICES[name]["environment"]["NETRA_UPLOAD_MAX_BYTES"] == "0"


@pytest.mark.parametrize("name", ALL)
def test_resources_and_logs_are_limited(name: str) -> None:
    limits = SERVICES[name]["deploy"]["resources"]["limits"]
    assert set(limits) == {"cpus", "memory", "pids"}
    assert {"max-size", "max-file"} <= set(SERVICES[name]["logging"]["options"])


@pytest.mark.parametrize("name", OURS)
def test_only_known_settings_are_set_and_no_secret_among_them(name: str) -> None:
    names = set(SERVICES[name]["environment"])
    assert names <= SETTINGS - SECRETS
    assert {"NETRA_AUTH", "NETRA_AUTH_OFF_ACKNOWLEDGED"}.isdisjoint(names)


@pytest.mark.parametrize("name", OURS)
def test_secrets_are_mounted_under_the_names_of_settings(name: str) -> None:
    mounted = {secret["target"] for secret in SERVICES[name]["secrets"]}
    assert mounted == {"NETRA_SECRET_KEY", "NETRA_DATABASE_URL"} <= SECRETS


def test_every_secret_is_a_file_of_the_operators_that_git_leaves_alone() -> None:
    ignored = [line.strip("/") for line in (ROOT / "deploy" / ".gitignore").read_text().split() if line[0] == "/"]
    for secret in compose()["secrets"].values():
        assert list(secret) == ["file"]
        assert Path(secret["file"]).parts[:2] in {("deploy", name) for name in ignored}


def test_no_service_uses_a_secret_that_is_not_its_own() -> None:
    used = {name: {_source(secret) for secret in service.get("secrets", [])} for name, service in SERVICES.items()}
    assert used["proxy"] == {"tls_certificate", "tls_key"}
    assert used["database"] == {"database_password"}
    assert set().union(*used.values()) == set(compose()["secrets"])


def _source(secret: str | dict[str, str]) -> str:
    return secret if isinstance(secret, str) else secret["source"]


def test_no_secret_has_a_default() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    assert not re.search(r"\$\{[A-Z_]+:?-", text)
    assert not re.search(r"(?i)(password|secret|key)\w*: *[\"']?[^\s{/\[\"']*[0-9][^\s/]*$", text, re.MULTILINE)
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            assert not re.search(r"PASSWORD|SECRET|TOKEN", name) or str(value).startswith(f"{SECRET_FOLDER}/")


def test_the_names_of_the_service_have_to_be_given() -> None:
    assert all(":?" in SERVICES[name]["environment"]["NETRA_TRUSTED_HOSTS"] for name in OURS)


def test_only_the_proxy_is_published() -> None:
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"proxy"}


def test_only_the_proxy_can_reach_out_and_only_replicas_can_reach_the_database() -> None:
    open_networks = {name for name, network in compose()["networks"].items() if not network.get("internal")}
    assert {name for name, service in SERVICES.items() if open_networks & set(service["networks"])} == {"proxy"}
    assert {name for name, service in SERVICES.items() if "store" in service["networks"]} == {*OURS, "database"}


def test_the_proxy_asks_for_health_at_a_route_that_exists() -> None:
    [url] = [word for word in SERVICES["proxy"]["healthcheck"]["test"] if word.startswith("https://")]
    assert f"GET {urlsplit(url).path}" in OPEN


def test_replicas_start_on_tables_that_are_up_to_date() -> None:
    for name in ("netra-1", "netra-2"):
        assert SERVICES[name]["depends_on"]["upgrade"] == {"condition": "service_completed_successfully"}
    assert CliRunner().invoke(cli.app, [*SERVICES["upgrade"]["command"], "--help"]).exit_code == 0


@pytest.mark.parametrize("name", ["netra-1", "netra-2", "database"])
def test_there_is_time_to_finish(name: str) -> None:
    assert SERVICES[name]["stop_grace_period"] == "60s"


# -- making the secrets -----------------------------------------------------------------------------------------------


def make(folder: Path) -> subprocess.CompletedProcess[str]:
    script = ROOT / "deploy" / "make-secrets.sh"
    return subprocess.run([script, folder], capture_output=True, text=True, check=False)


def test_secrets_are_random_strong_and_fit_together(tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert make(tmp_path / name).returncode == 0
    first, second = ({path.name: path.read_text() for path in (tmp_path / name).iterdir()} for name in ("a", "b"))
    assert {f"./deploy/secrets/{name}" for name in first} | {
        "./deploy/tls/fullchain.pem",
        "./deploy/tls/privkey.pem",
    } == {secret["file"] for secret in compose()["secrets"].values()}
    assert all(first[name] != second[name] for name in first)
    assert is_strong(first["secret_key"])
    url = parse_url(first["database_url"])
    database = SERVICES["database"]["environment"]
    assert (url.username, url.password) == (database["POSTGRES_USER"], first["database_password"])
    assert (url.host, url.database) == ("database", database["POSTGRES_DB"])


def test_only_their_owner_can_enter_their_folder(tmp_path: Path) -> None:
    make(tmp_path / "a")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "a").iterdir()} == {0o444}
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_secrets_that_are_there_are_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    done = make(tmp_path / "a")
    assert (done.returncode, list((tmp_path / "a").iterdir())) == (1, [])
    assert "sudah ada" in done.stderr


def test_making_secrets_shows_none(tmp_path: Path) -> None:
    done = make(tmp_path / "a")
    secrets = [path.read_text() for path in (tmp_path / "a").iterdir()]
    assert not any(secret in done.stdout + done.stderr for secret in secrets)
