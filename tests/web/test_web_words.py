"""Two languages, the same keys, every one of them used; no word of a page stands in a template."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest
import yaml
from jinja2 import nodes

from app.problems import LANGUAGES, Language
from app.scoring.entities import CONTESTANT_ACCOUNT, UNKNOWN_ELECTION
from app.scoring.scorer import FROM_TARGET, IN_CONTEXT, NEEDS_TARGET, NO_TEXT
from app.web import wordbook
from app.web.names import FAMILIES, NAMED, name_of
from app.web.render import TEMPLATES, environment
from app.web.wordbook import file_of, say, words

_REASONS = (NEEDS_TARGET, NO_TEXT, FROM_TARGET, IN_CONTEXT)
WEB = Path(wordbook.__file__).parent
KEY = re.compile(r'"([a-z_]+(?:\.[a-z_0-9]+)+)"')


def used() -> set[str]:
    """Keys that a template or module names, and those of the vocabularies that ``name_of`` looks up."""
    members = {f"{family}.{member}" for family, found in FAMILIES.items() for member in found}
    return members | named_in_templates() | named_in_modules()


def named_in_templates() -> set[str]:
    return {key for path in TEMPLATES.glob("*.html") for key in KEY.findall(path.read_text(encoding="utf-8"))}


def named_in_modules() -> set[str]:
    return {key for path in WEB.rglob("*.py") for key in KEY.findall(path.read_text(encoding="utf-8"))}


def asked_in_templates() -> set[str]:
    return {
        call.args[0].value
        for path in TEMPLATES.glob("*.html")
        for call in environment().parse(path.read_text(encoding="utf-8")).find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name == "t" and isinstance(call.args[0], nodes.Const)
    }


def test_both_languages_have_the_same_keys() -> None:
    assert list(words("id")) == list(words("en"))


def test_every_key_is_used_and_every_key_that_is_asked_for_is_there() -> None:
    assert asked_in_templates() <= set(words("id"))
    assert set(words("id")) - used() == set()


@pytest.mark.parametrize("key", words("id"))
def test_both_languages_have_the_same_places_and_something_to_say(key: str) -> None:
    indonesian, english = words("id")[key], words("en")[key]
    assert places(indonesian) == places(english)
    assert indonesian.strip()
    assert english.strip()


def places(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def test_few_words_are_the_same_in_both() -> None:
    same = {key for key in words("id") if words("id")[key] == words("en")[key]}
    assert {text for key in same if len(text := words("id")[key]) > 12} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_values_are_texts_and_no_key_stands_twice(language: str) -> None:
    path = file_of(language)  # type: ignore[arg-type]
    text = path.read_text(encoding="utf-8")
    found = yaml.safe_load(text)
    assert all(isinstance(value, str) for section in found.values() for value in section.values())
    assert len(re.findall(r"^ +[A-Za-z_0-9]+:", text, re.MULTILINE)) == sum(map(len, found.values()))


@pytest.mark.parametrize("family", FAMILIES)
def test_every_member_of_a_vocabulary_has_its_name_and_nothing_else_has(family: str) -> None:
    named = [key.partition(".")[2] for key in words("id") if key.startswith(f"{family}.")]
    assert sorted(named) == sorted(FAMILIES[family])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("family", [*NAMED, *FAMILIES])
def test_every_member_reads_differently_and_what_is_none_is_unknown(family: str, language: Language) -> None:
    members = [*NAMED.get(family, ()), *FAMILIES.get(family, ())]
    named = [name_of(language, family, member) for member in members]
    assert len(set(named)) == len(named)
    assert name_of(language, family, None) == name_of(language, family, "zqx") == say(language, "site.unknown")


def test_reasons_are_those_of_the_scorer() -> None:
    assert set(FAMILIES["reason"]) == {*_REASONS, CONTESTANT_ACCOUNT, UNKNOWN_ELECTION}


def test_an_unknown_key_or_a_missing_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        say("id", "site.tidak_ada")
    with pytest.raises(KeyError):
        say("id", "site.signed_in")
    assert "Anna" in say("en", "site.signed_in", name="Anna")


#: What is printed on keyboards, in every language.
KEYS_OF_THE_KEYBOARD = {"Ctrl", "Enter", "Esc"}
#: What stands between tags, without what is said by an expression or a block.
BETWEEN = re.compile(r">([^<>]*)<")
EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|&[a-z]+;", re.DOTALL)
ATTRIBUTES = re.compile(r'\b(?:alt|aria-label|title|placeholder|data-label)="([^"]*)"')


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_no_template_has_words_of_its_own(path: Path) -> None:
    text = EXPRESSION.sub("", path.read_text(encoding="utf-8"))
    said = [*BETWEEN.findall(text), *ATTRIBUTES.findall(text)]
    assert [found for found in said if re.search(r"[A-Za-z]{2,}", found) and found not in KEYS_OF_THE_KEYBOARD] == []


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_no_template_has_script_style_or_handlers_within(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<style|\bstyle=|\bon[a-z]+=|javascript:", text)
    assert re.findall(r"<script(?! src=\"\{\{ asset\()", text) == []
    assert "|safe" not in text.replace(" ", "")
