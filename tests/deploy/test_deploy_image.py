"""The image: what is in it, who runs it, and what it may do."""

from __future__ import annotations

import os
import re
import subprocess
from fnmatch import fnmatch
from pathlib import Path

import pytest
from deploykit import ROOT, SECRETS, SETTINGS, STATE, USER, Instruction, dockerfile, environment, is_pinned, last_stage

from app.cli import serving
from app.cli.database import REFUSED

#: Everything that is copied from the repository, and where to.
COPIED = {
    "requirements/runtime.txt": "/build/requirements/runtime.txt",
    "app": "/srv/netra/app",
    "data/console": "/srv/netra/data/console",
    "data/lexicon": "/srv/netra/data/lexicon",
    "data/rules": "/srv/netra/data/rules",
    "data/watchlists": "/srv/netra/data/watchlists",
    "models": "/srv/netra/models",
    "deploy/netra": "/opt/netra/bin/netra",
}
NOT_OURS = {"PATH", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE"}


def copies() -> dict[str, str]:
    found, folder = {}, "/"
    for one in dockerfile():
        if one.name == "WORKDIR":
            folder = one.text
        if one.name == "COPY" and not one.text.startswith("--from"):
            source, target = one.words
            found[source] = os.path.join(folder, target)
    return found


def only(name: str) -> Instruction:
    [found] = [one for one in last_stage() if one.name == name]
    return found


def test_only_the_listed_folders_are_copied() -> None:
    assert copies() == COPIED


@pytest.mark.parametrize("source", COPIED)
def test_what_is_copied_exists_and_reaches_the_builder(source: str) -> None:
    assert (ROOT / source).exists()
    allowed = [line[1:] for line in _ignored() if line.startswith("!")]
    assert source in allowed


def test_nothing_else_reaches_the_builder() -> None:
    assert _ignored()[0] == "*"
    assert {line[1:] for line in _ignored() if line.startswith("!")} == set(COPIED)


def _ignored() -> list[str]:
    return (ROOT / ".dockerignore").read_text(encoding="utf-8").split()


@pytest.mark.parametrize(
    "left_out", ["data/corpus", "data/behaviour", "training", "tests", "scripts", "deploy/secrets"]
)
def test_corpus_training_tests_and_secrets_are_left_out(left_out: str) -> None:
    assert not any(left_out == source or left_out.startswith(f"{source}/") for source in COPIED)
    assert not any(fnmatch(left_out, line[1:]) for line in _ignored() if line.startswith("!"))


def test_every_folder_of_data_that_the_program_reads_is_copied() -> None:
    sources = " ".join(path.read_text(encoding="utf-8") for path in (ROOT / "app").rglob("*.py"))
    read = set(re.findall(r'DATA_DIR / "(\w+)"', sources))
    assert {"console", "lexicon", "rules", "watchlists"} <= read
    # `netra drift --baseline` can learn from the corpus; a server has no corpus, and its model a reference already.
    assert {f"data/{name}" for name in read - {"corpus"}} <= set(COPIED)


def test_both_stages_start_from_the_same_pinned_image_without_a_compiler() -> None:
    bases = [one.words[0] for one in dockerfile() if one.name == "FROM"]
    assert len(bases) == 2
    assert len(set(bases)) == 1
    assert is_pinned(bases[0])
    assert "slim" in bases[0]


def test_only_locked_wheels_are_installed_and_nothing_by_the_image_that_runs() -> None:
    [install] = [one.text for one in dockerfile() if re.search(r"\binstall\b(?! -d)", one.text)]
    assert "--require-hashes" in install
    assert "--only-binary :all:" in install
    assert not any(re.search(r"apt|pip install|curl|wget", one.text) for one in last_stage())
    assert "apt" not in " ".join(one.text for one in dockerfile())


def test_the_image_that_runs_has_no_installer() -> None:
    assert any("pip uninstall" in one.text for one in last_stage())
    assert any("--without-pip" in one.text for one in dockerfile())


def test_it_does_not_run_as_root_and_nothing_follows_that_could() -> None:
    assert only("USER").text == f"{USER}:{USER}"
    after = [one.name for one in last_stage()][[one.name for one in last_stage()].index("USER") + 1 :]
    assert set(after) <= {"EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD"}


def test_its_user_owns_the_state_folder_and_nothing_else() -> None:
    owned = re.findall(r"-o netra .*?(/\S+)", " ".join(one.text for one in last_stage()))
    assert owned == [STATE]
    assert not any("--chown" in one.text or "chown" in one.text for one in dockerfile())
    assert f"--uid {USER} --gid {USER}" in " ".join(one.text for one in last_stage())


def test_modes_do_not_depend_on_the_checkout() -> None:
    build = " ".join(one.text for one in dockerfile() if one.stage == 1)
    assert "chmod -R u=rwX,go=rX /srv/netra" in build


def test_every_variable_it_sets_is_a_setting() -> None:
    [number] = {one.stage for one in last_stage()}
    names = set(environment(number))
    assert names <= SETTINGS | NOT_OURS
    assert "NETRA_BEHIND_TLS_PROXY" in names


def test_it_holds_no_secret_and_never_turns_keys_off() -> None:
    names = {word for one in dockerfile() for word in re.findall(r"NETRA_\w+", one.text)}
    assert not names & (SECRETS | {"NETRA_AUTH", "NETRA_AUTH_OFF_ACKNOWLEDGED"})
    assert not any(one.name == "ARG" for one in dockerfile())


def test_it_listens_where_its_proxy_is_and_says_that_there_is_one() -> None:
    command = only("CMD").words
    assert command[0] == "serve"
    assert command[command.index("--host") + 1] == "0.0.0.0"
    assert command[command.index("--port") + 1] == only("EXPOSE").text
    assert environment(2)["NETRA_BEHIND_TLS_PROXY"] == "yes"


def test_its_options_are_options_of_the_command() -> None:
    shown = set(serving.serve.__annotations__)
    assert {word[2:] for word in only("CMD").words if word.startswith("--")} <= shown


def test_the_number_of_processes_does_not_depend_on_the_host() -> None:
    assert "--workers" in only("CMD").words


def test_its_health_is_whether_it_can_answer() -> None:
    check = only("HEALTHCHECK").text
    assert f"http://127.0.0.1:{only('EXPOSE').text}/health/ready" in check
    assert re.search(r"--timeout=\d+s", check)


# -- the command inside the image -------------------------------------------------------------------------------------


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    folder = tmp_path / "secrets"
    folder.mkdir()
    return folder


def run(secrets: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """``deploy/netra`` with a ``python`` that tells what it was started with."""
    program = secrets.parent / "python"
    program.write_text('#!/bin/sh\necho "$@"\nenv | grep "^NETRA_" || true\n')
    program.chmod(0o755)
    path = f"{secrets.parent}:/usr/bin:/bin"
    given = {"PATH": path, "CREDENTIALS_DIRECTORY": str(secrets), **environment}
    return subprocess.run([ROOT / "deploy" / "netra", *words], env=given, capture_output=True, text=True, check=False)


def test_secrets_are_read_from_files_that_bear_their_names(secrets: Path) -> None:
    (secrets / "NETRA_SECRET_KEY").write_text("a b'$x\n")
    (secrets / "NETRA_DATABASE_URL").write_text("postgresql://netra:p%40@database/netra")
    done = run(secrets, "key", "create", "--name", "dua kata")
    started, *environment = done.stdout.splitlines()
    assert started == "-m app.cli key create --name dua kata"
    assert sorted(environment) == [
        "NETRA_DATABASE_URL=postgresql://netra:p%40@database/netra",
        "NETRA_SECRET_KEY=a b'$x",
    ]
    assert done.returncode == 0


def test_other_files_are_left_alone(secrets: Path) -> None:
    for name in ("database_password", "netra_secret_key", "NETRA_SECRET_KEY.old", "NETRA_X;id"):
        (secrets / name).write_text("zqx")
    done = run(secrets, "db", "upgrade")
    assert (done.stdout, done.stderr, done.returncode) == ("-m app.cli db upgrade\n", "", 0)


def test_without_any_secret_the_settings_decide(secrets: Path) -> None:
    assert run(secrets, "serve", NETRA_LOG_LEVEL="ERROR").stdout == "-m app.cli serve\nNETRA_LOG_LEVEL=ERROR\n"


def test_a_secret_that_cannot_be_read_stops_the_start(secrets: Path) -> None:
    (secrets / "NETRA_SECRET_KEY").mkdir()
    done = run(secrets, "serve")
    assert (done.returncode, done.stdout) == (REFUSED, "")
    assert "NETRA_SECRET_KEY tidak dapat dibaca" in done.stderr


def test_the_command_can_be_run_and_gives_its_place_to_python() -> None:
    program = ROOT / "deploy" / "netra"
    assert os.access(program, os.X_OK)
    # Without `exec` the shell would get the signal to stop, and the service never would.
    assert program.read_text(encoding="utf-8").splitlines()[-1] == 'exec python -m app.cli "$@"'
