"""Enough of PromQL to tell whether an expression can be one: its grammar, and which metrics and labels it names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<number>\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.]))
    |(?P<duration>(?:\d+(?:ms|[smhdwy]))+(?!\w)|\$__rate_interval)
    |(?P<string>"(?:[^"\\]|\\.)*")
    |(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)
    |(?P<op>=~|!~|!=|==|>=|<=|[-+*/%^<>=(){}\[\],])""",
    re.VERBOSE,
)
WITH_PARAMETER = frozenset(("topk", "bottomk", "quantile", "count_values"))
AGGREGATIONS = WITH_PARAMETER | {"sum", "min", "max", "avg", "count", "group", "stddev", "stdvar"}
#: Functions with the kinds of their arguments: v instant vector, r range vector, s scalar.
FUNCTIONS = {
    **dict.fromkeys(("rate", "increase", "irate", "delta", "changes", "avg_over_time", "max_over_time"), "r"),
    **dict.fromkeys(("abs", "absent", "ceil", "floor", "ln", "sort"), "v"),
    "histogram_quantile": "sv",
    "label_replace": "vssss",
    "clamp_min": "vs",
    "vector": "s",
    "time": "",
}
_LEVELS = (("or",), ("and", "unless"), ("==", "!=", "<=", "<", ">=", ">"), ("+", "-"), ("*", "/", "%"), ("^",))
_COMPARING = frozenset(_LEVELS[2])


class NotPromQL(ValueError):
    """Says where the expression stops being one."""


@dataclass
class Found:
    """What an expression names: metrics with the labels that it selects by, and labels that it groups by."""

    selectors: list[tuple[str, dict[str, tuple[str, str]]]] = field(default_factory=list)
    grouped: set[str] = field(default_factory=set)


def parse(text: str) -> Found:
    """Read a whole expression. Raises ``NotPromQL``."""
    parser = _Parser(list(_tokens(text)))
    parser.expression(0)
    if parser.peek() != ("end", ""):
        raise NotPromQL(f"nothing more was expected before {parser.peek()[1]!r}")
    return parser.found


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise NotPromQL(f"no token at {text[at : at + 10]!r}")
        if match.lastgroup != "space":
            found.append((match.lastgroup or "", match[0]))
        at = match.end()
    return [*found, ("end", "")]


class _Parser:
    """Recursive descent; each method returns the kind of what it read (v, r, s or str)."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens, self.at, self.found = tokens, 0, Found()

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at]

    def take(self, *wanted: str) -> str:
        kind, text = self.peek()
        if wanted and text not in wanted and kind not in wanted:
            raise NotPromQL(f"expected {' or '.join(wanted)}, found {text!r}")
        self.at += 1
        return text

    def accepts(self, *texts: str) -> bool:
        if self.peek()[1] in texts and self.peek()[0] != "string":
            self.at += 1
            return True
        return False

    def expression(self, level: int) -> str:
        if level == len(_LEVELS):
            return self.unary()
        kind = self.expression(level + 1)
        while self.peek()[1] in _LEVELS[level] and self.peek()[0] in ("op", "name"):
            operator = self.take()
            bool_modifier = operator in _COMPARING and self.accepts("bool")
            self.matching()
            other = self.expression(level + 1)
            kind = self.joined(kind, operator, other, bool_modifier)
        return kind

    def joined(self, left: str, operator: str, right: str, bool_modifier: bool) -> str:
        if not {left, right} <= {"v", "s"}:
            raise NotPromQL(f"{operator} joins instant vectors and numbers only")
        if operator in ("and", "or", "unless") and "s" in (left, right):
            raise NotPromQL(f"{operator} joins vectors only")
        if operator in _COMPARING and left == right == "s" and not bool_modifier:
            raise NotPromQL("numbers are compared with bool only")
        return "v" if "v" in (left, right) else "s"

    def matching(self) -> None:
        if self.accepts("on", "ignoring"):
            self.labels()
            if self.accepts("group_left", "group_right") and self.peek()[1] == "(":
                self.labels()

    def unary(self) -> str:
        while self.accepts("-", "+"):
            pass
        return self.modified(self.primary())

    def modified(self, kind: str) -> str:
        if kind == "v" and self.peek()[1] == "[":
            self.take("[")
            self.take("duration")
            self.take("]")
            kind = "r"
        if self.accepts("offset"):
            if kind not in ("v", "r"):
                raise NotPromQL("offset of a number")
            self.take("duration")
        return kind

    def primary(self) -> str:
        kind, text = self.peek()
        if kind == "number":
            self.take()
            return "s"
        if kind == "string":
            self.take()
            return "str"
        if self.accepts("("):
            inner = self.expression(0)
            self.take(")")
            return inner
        if kind != "name":
            raise NotPromQL(f"no expression begins with {text!r}")
        return self.named(self.take())

    def named(self, name: str) -> str:
        if name in AGGREGATIONS:
            return self.aggregation(name)
        if self.peek()[1] == "(":
            return self.function(name)
        self.found.selectors.append((name, self.selector()))
        return "v"

    def aggregation(self, name: str) -> str:
        grouped = self.grouping()
        self.take("(")
        if name in WITH_PARAMETER:
            self.expression(0)
            self.take(",")
        if self.expression(0) != "v":
            raise NotPromQL(f"{name} takes an instant vector")
        self.take(")")
        if not grouped:
            self.grouping()
        return "v"

    def grouping(self) -> bool:
        if not self.accepts("by", "without"):
            return False
        self.found.grouped |= self.labels()
        return True

    def labels(self) -> set[str]:
        found = set()
        self.take("(")
        while not self.accepts(")"):
            found.add(self.take("name"))
            if not self.accepts(","):
                self.take(")")
                break
        return found

    def function(self, name: str) -> str:
        if name not in FUNCTIONS:
            raise NotPromQL(f"no function {name!r}")
        kinds = []
        self.take("(")
        while not self.accepts(")"):
            kinds.append(self.expression(0))
            if not self.accepts(","):
                self.take(")")
                break
        wanted = FUNCTIONS[name]
        if len(kinds) != len(wanted) or any(
            k not in {"s": ("s", "str")}.get(w, (w,)) for k, w in zip(kinds, wanted, strict=True)
        ):
            raise NotPromQL(f"{name} takes {wanted!r}, not {kinds}")
        return "s" if name == "time" else "v"

    def selector(self) -> dict[str, tuple[str, str]]:
        found: dict[str, tuple[str, str]] = {}
        if not self.accepts("{"):
            return found
        while not self.accepts("}"):
            label = self.take("name")
            operator = self.take("=", "!=", "=~", "!~")
            value = self.take("string")[1:-1]
            if "~" in operator:
                re.compile(value)
            found[label] = operator, value
            if not self.accepts(","):
                self.take("}")
                break
        return found
