"""SECURITY.md, docs/deploy.md and docs/privacy.md say only what is there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from deploykit import ROOT, SETTINGS

from app import cli
from app.settings import default_settings

PAGES = {
    name: (ROOT / name).read_text(encoding="utf-8") for name in ("SECURITY.md", "docs/deploy.md", "docs/privacy.md")
}
SECURITY, DEPLOY, PRIVACY = PAGES.values()
ROWS = [line for line in SECURITY.splitlines() if line.startswith("| ") and not line.startswith(("| promise", "| ---"))]
LINKS = sorted(set(re.findall(r"`(tests/[^`]+)`", SECURITY)))


@cache
def functions_of(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("row", ROWS)
def test_every_promise_links_to_a_test(row: str) -> None:
    promise, _, tests = row.strip("| ").partition(" | ")
    assert len(promise.split()) > 3
    assert re.fullmatch(r"`tests/\S+::test_\w+`(, `tests/\S+::test_\w+`)*", tests)


@pytest.mark.parametrize("link", LINKS)
def test_every_linked_test_exists(link: str) -> None:
    path, _, name = link.partition("::")
    assert name in functions_of(path)


def test_there_are_promises_about_everything() -> None:
    assert len(ROWS) >= 30
    assert {Path(link).parts[1] for link in LINKS} >= {
        "access",
        "api",
        "batch",
        "deploy",
        "observe",
        "review",
        "scoring",
    }


# -- pages and files --------------------------------------------------------------------------------------------------


def links() -> Iterator[tuple[str, str]]:
    for name, text in PAGES.items():
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            yield name, target


@pytest.mark.parametrize(("page", "target"), list(links()))
def test_every_link_leads_somewhere(page: str, target: str) -> None:
    assert (ROOT / page).parent.joinpath(target).resolve().exists()


@pytest.mark.parametrize("page", PAGES)
def test_every_setting_a_page_names_exists(page: str) -> None:
    assert set(re.findall(r"NETRA_[A-Z_]+", PAGES[page])) <= SETTINGS


def named_commands(text: str) -> set[tuple[str, ...]]:
    """What follows ``netra`` where it is set as code, up to the first option."""
    code = "\n".join([*re.findall(r"`([^`\n]+)`", text), *re.findall(r"^ {4}(.*)$", text, re.MULTILINE)])
    return {tuple(found.split()) for found in re.findall(r"(?:^|\s)netra((?: [a-z]+)+)", code, re.MULTILINE)}


COMMANDS = sorted({command for text in PAGES.values() for command in named_commands(text)})


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_a_page_names_exists(words: tuple[str, ...]) -> None:
    command: Any = typer.main.get_command(cli.app)
    for word in words:
        commands = getattr(command, "commands", None)
        if commands is None:
            break  # an argument
        assert word in commands
        command = commands[word]


def test_the_commands_that_let_people_go_are_named() -> None:
    assert {("purge",), ("forget",)} <= {command[:1] for command in COMMANDS}


def test_every_make_target_a_page_names_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {target for text in PAGES.values() for target in re.findall(r"(?:`| {4})make ([a-z]+)", text)}
    assert {"sbom", "audit", "load", "soak"} <= named <= targets


def test_the_page_on_deployment_names_every_file_that_deploys() -> None:
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "deploy").iterdir() if path.is_file()}
    shown = {file for file in files if not Path(file).name.startswith(".")} | {"Dockerfile", "compose.yaml"}
    assert shown == set(re.findall(r"^\| \[([^\]]+)\]", DEPLOY, re.MULTILINE))


def test_the_body_limit_that_ingresses_need_is_the_services() -> None:
    assert f"bodies over {default_settings().max_body_bytes >> 20} MB" in DEPLOY


# -- privacy ----------------------------------------------------------------------------------------------------------

ARTICLES = ["Pasal 10", "Pasal 15", "Pasal 20 ayat (2)", "Pasal 31", "Pasal 34", "Pasal 43", "Pasal 46", "3 × 24 jam"]
PARTS = [
    "In English",
    "## 1. Data apa, di mana, berapa lama",
    "## 2. Penilaian dampak pelindungan data pribadi (templat)",
    "### E. Risiko dan pengamanan",
    "### F. Hak subjek data",
    "### G. Kegagalan pelindungan data",
    "## 3. Pemberitahuan untuk umum (bahasa sederhana)",
    "## 4. Tugas instansi",
]


@pytest.mark.parametrize("part", [*PARTS, *ARTICLES])
def test_the_page_on_privacy_has_every_part(part: str) -> None:
    assert part in PRIVACY


def test_what_only_the_office_can_know_is_left_open() -> None:
    assert PRIVACY.count("☐") > 40
    notice = PRIVACY[PRIVACY.index("## 3.") : PRIVACY.index("## 4.")]
    assert notice.count("☐") >= 4


def test_the_notice_is_in_plain_words() -> None:
    notice = PRIVACY[PRIVACY.index("## 3.") : PRIVACY.index("## 4.")].replace("\n>", " ")
    sentences = [sentence.split() for sentence in re.split(r"[.:](?:\*\*)?\s", notice) if sentence.strip("> *☐\n")]
    assert max(len(words) for words in sentences) <= 28
    assert not re.search(r"HMAC|model|skor|klasifikasi|pseudonim|NETRA_", notice)


def test_articles_are_not_cited_without_a_warning() -> None:
    assert "salinan sekunder" in PRIVACY
    assert "bukan nasihat hukum" in PRIVACY
