"""No regular expression of the program takes more than its share of time, whatever the text it is held against."""

from __future__ import annotations

import ast
import importlib
import re
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from time import thread_time
from types import ModuleType
from typing import Any

import pytest

with warnings.catch_warnings():  # deprecated under this name, and there is no other yet
    warnings.simplefilter("ignore")
    import sre_constants
    import sre_parse

APP = Path(__file__).parents[1] / "app"
SIZES = (8, 12, 16, 20, 24, 28, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096)
#: Time that grows with the square of the length is four times as much for twice as much text, linear time twice.
RATIO = 3.0
#: Less than this is not measured well enough to be judged; nothing that grows fast stays below it.
SECONDS = 0.002
EVERYWHERE = ("a", "A", "1", " ", "\n", ".", "#", "@", "*", "&amp;", "\\x61", "<br ", "ab", "a1", "a.", "é")
#: Applied to nothing but what the program's own data, its owner's files of lists or a single cell hold.
OWN_INPUT = {r"\s+alias\s+": "one line of a list"}


def modules() -> Iterator[ModuleType]:
    for path in sorted(APP.rglob("*.py")):
        name = ".".join(path.relative_to(APP.parent).with_suffix("").parts).removesuffix(".__init__")
        if "migrations" not in name and name not in ("app.cli.__main__", "app.batch.cluster"):
            yield importlib.import_module(name)


def held(value: object, depth: int = 3) -> Iterator[re.Pattern[Any]]:
    """Patterns in a value of a module, in its containers too."""
    if isinstance(value, re.Pattern):
        yield value
    elif depth and isinstance(value, Mapping):
        yield from (found for child in value.values() for found in held(child, depth - 1))
    elif depth and isinstance(value, list | tuple | set | frozenset) and len(value) < 1_000:
        yield from (found for child in value for found in held(child, depth - 1))


def written() -> Iterator[str]:
    """Patterns that stand as plain text in a call of ``re`` or after ``pattern=``."""
    for path in APP.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                yield from (text for text in _texts(node) if isinstance(text, str))


def _texts(call: ast.Call) -> Iterator[object]:
    function = call.func
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "re":
        first = call.args[0] if call.args else None
        if function.attr != "escape" and isinstance(first, ast.Constant):
            yield first.value
    yield from (k.value.value for k in call.keywords if k.arg == "pattern" and isinstance(k.value, ast.Constant))


def patterns() -> list[re.Pattern[Any]]:
    from app.text.affixes import _rules

    found = [pattern for module in modules() for value in vars(module).values() for pattern in held(value)]
    found += [rule.pattern for rules in _rules().values() for rule in rules]
    found += [re.compile(text) for text in written()]
    return sorted({(p.pattern, p.flags): p for p in found}.values(), key=lambda p: str(p.pattern))


PATTERNS = patterns()


def letters(parsed: Any) -> Iterator[str]:
    """Characters that stand in a pattern, one of each class."""
    for operator, value in parsed:
        if operator in (sre_constants.LITERAL, sre_constants.NOT_LITERAL):
            yield chr(value)
        elif operator is sre_constants.IN:
            yield from (chr(v if o is sre_constants.LITERAL else v[0]) for o, v in value if _is_plain(o))
        else:
            yield from (found for child in _children(value) for found in letters(child))


def _is_plain(operator: object) -> bool:
    return operator in (sre_constants.LITERAL, sre_constants.RANGE)


def _children(value: Any) -> Iterator[Any]:
    if isinstance(value, sre_parse.SubPattern):
        yield value
    elif isinstance(value, list | tuple):
        yield from (found for child in value for found in _children(child))


def pumps(pattern: re.Pattern[Any]) -> list[str]:
    """What is repeated: every character of the pattern, alone and after its neighbour, and the usual suspects."""
    text = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    own = list(dict.fromkeys(letters(sre_parse.parse(text, pattern.flags & ~re.UNICODE))))[:24]
    pairs = [a + b for a, b in zip(own, own[1:], strict=False)]
    return [pump for pump in (*own, *pairs, "".join(own), *EVERYWHERE) if pump]


def seconds(pattern: re.Pattern[Any], text: str) -> float:
    """The least processor time of five to look for a pattern all over a text and to hold it against the whole."""
    held_against: Any = text.encode("utf-8") if isinstance(pattern.pattern, bytes) else text
    times = []
    for _ in range(5):
        began = thread_time()
        for _ in pattern.finditer(held_against):
            pass
        pattern.fullmatch(held_against)
        times.append(thread_time() - began)
        if times[-1] < SECONDS / 4:
            break
    return min(times)


def growth(pattern: re.Pattern[Any], pump: str, end: str) -> tuple[int, float] | None:
    """The length at which the time began to grow faster than the text, and by how much; ``None`` when it does not."""
    before: tuple[int, float] | None = None
    for size in SIZES:
        text = (pump * (size // len(pump) + 1))[:size] + end
        now = seconds(pattern, text)
        if now > SECONDS and before is not None:
            ratio = now / max(before[1], 1e-6) / (size / before[0]) * 2
            if ratio > RATIO:
                return size, ratio
        before = size, now
        if now > 0.1:
            break
    return None


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda p: str(p.pattern)[:40].encode("ascii", "replace").decode())
def test_time_grows_no_faster_than_the_text(pattern: re.Pattern[Any]) -> None:
    if pattern.pattern in OWN_INPUT:
        return
    for pump in pumps(pattern):
        for end in ("", "\x00"):
            # Measured again before it counts: another process may have taken the processor meanwhile.
            assert not (growth(pattern, pump, end) and growth(pattern, pump, end) and growth(pattern, pump, end)), pump


@pytest.mark.parametrize(("bad", "pump"), [(r"(a+)+$", "a"), (r"(a|a)*$", "a"), (r"a+b", "a"), (r"\s+$", " ")])
def test_what_grows_too_fast_is_noticed(bad: str, pump: str) -> None:
    pattern = re.compile(bad)
    assert pump in pumps(pattern)
    assert growth(pattern, pump, "\x00") is not None


def test_the_patterns_of_every_part_were_found() -> None:
    texts = {str(pattern.pattern) for pattern in PATTERNS}
    assert len(texts) > 60
    for part in (r"^([a-z]{2,})2(nya", "pic\\.twitter", "&(?:amp;)", "[A-Za-z0-9._-]{1,64}", r"^s[0-9]+$", "kau"):
        assert any(part in text for text in texts), part


def test_what_is_let_off_is_there() -> None:
    assert set(OWN_INPUT) <= {str(pattern.pattern) for pattern in PATTERNS}
