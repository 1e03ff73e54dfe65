"""The generated parts of docs/rules.md.

``python -m app.policy.docs`` writes the tables; with the address of a running service
(``python -m app.policy.docs http://127.0.0.1:8000``) also its answers to the examples, asked with the key that
``NETRA_API_KEY`` holds.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.policy.rules import Rule, Rules, load_rules
from app.policy.schema import Applies, Behaviour, Effective, Sanction
from app.policy.types import PHASES
from app.scoring.types import ACTIONS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rules.md"
#: The examples name nobody who stands there, and a number nobody bears.
EXAMPLE_ELECTION = "pilkada-2024-kota-palu"
Answer = Callable[[dict[str, Any]], dict[str, Any]]

_TIMEOUT_SECONDS = 30
_SHOWN = ("band", "score", "kind", "kind_score", "reasons")
_SHOWN_OF_ROWS = ("id", "sanction_class", "sure")
_ALL_ACTIONS, _BOTH = len(ACTIONS), 2
_COLUMNS = ("row", "article", "behaviour", "acts", "kinds", "phases", "only", "class", "sure", "sources")


def rules_table(rules: Rules) -> str:
    """Markdown table of every row, in the order of answers."""
    return (
        "\n".join([_line(_COLUMNS), _line("---" for _ in _COLUMNS), *(_line(_cells(rule)) for rule in rules.rows)])
        + "\n"
    )


def notes_text(rules: Rules) -> str:
    """What rows add, such as where sources disagree: each note once, with the rows that carry it."""
    carried: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for rule in rules.rows:
        for note in rule.row.notes:
            carried.setdefault((note.en, note.sources), []).append(f"`{rule.row.id}`")
    lines = (f"- {', '.join(rows)}: {' '.join((note, *sources))}" for (note, sources), rows in carried.items())
    return "\n".join(lines) + "\n"


def instruments_table(rules: Rules) -> str:
    """Markdown table of the instruments, in the order of their files."""
    found = {rule.instrument.id: rule.instrument for rule in rules.rows}.values()
    head = ["| instrument | in force | sure | sources | note |", "| --- | --- | --- | --- | --- |"]
    cells = ((i.name.id, _period(i.effective), i.sure, " ".join(i.sources), i.note.en if i.note else "") for i in found)
    return "\n".join([*head, *map(_line, cells)]) + "\n"


def behaviours_text(rules: Rules) -> str:
    """The behaviours that officials forbid and what of them Netra can see, then what it does not look for."""
    seen = (_behaviour(behaviour) for behaviour in rules.behaviours)
    head = ["| not covered | |", "| --- | --- |"]
    unseen = (f"| {entry.name.en} (`{entry.id}`) | {entry.text.en} |" for entry in rules.not_covered)
    return "\n".join([*seen, *head, *unseen]) + "\n"


def sources_text(rules: Rules) -> str:
    """Every source with its address, one a line."""
    return "\n".join(f"- {s.id}: {s.title}, `{s.address}`" for s in rules.sources.values()) + "\n"


def example_request(behaviour: Behaviour) -> dict[str, Any]:
    """The request to /classify that shows a behaviour."""
    known = {"election": EXAMPLE_ELECTION, "account_kind": "pribadi", "subject_status": "PNS"}
    example = {str(key): value for key, value in behaviour.example.items()}
    return {"id": f"perilaku-{behaviour.number}", **example, **known}


def examples_text(rules: Rules, answer: Answer) -> str:
    """Each behaviour with its request and what ``answer`` gives for it; texts of rows and evidence are left out."""
    return "\n".join(_example(behaviour, answer) for behaviour in rules.behaviours)


def with_section(page: str, name: str, text: str) -> str:
    """``page`` with ``text`` between the markers of a section. Raises ``ValueError`` when it has no such section."""
    marked = re.compile(rf"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)", re.DOTALL)
    if not marked.search(page):
        raise ValueError(f"no section {name}")
    return marked.sub(lambda _: text, page)


def page_text(page: str, rules: Rules, answer: Answer | None = None) -> str:
    """``page`` with its tables made anew, and its examples when somebody answers them."""
    tables = {
        "instruments": instruments_table(rules),
        "rules": rules_table(rules),
        "notes": notes_text(rules),
        "behaviours": behaviours_text(rules),
        "sources": sources_text(rules),
    }
    for name, text in tables.items():
        page = with_section(page, name, text)
    return with_section(page, "examples", examples_text(rules, answer)) if answer else page


def ask(service: str) -> Answer:
    """What a running service at an address such as ``http://127.0.0.1:8000`` answers; anything but 200 ends the run."""
    host = urlsplit(service).netloc
    headers = {"Content-Type": "application/json", "X-API-Key": os.environ.get("NETRA_API_KEY", "")}

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        connection = HTTPConnection(host, timeout=_TIMEOUT_SECONDS)
        try:
            connection.request("POST", "/classify", json.dumps(request), headers)
            response = connection.getresponse()
            if response.status != 200:
                raise SystemExit(f"layanan menjawab {response.status} untuk {request['id']}")
            answered: dict[str, Any] = json.load(response)
        finally:
            connection.close()
        return answered

    return answer


def main(arguments: Sequence[str], page: Path = PAGE) -> None:
    """Bring the page up to date; the first argument, if any, is the address of a running service."""
    answer = ask(arguments[0]) if arguments else None
    page.write_text(page_text(page.read_text(encoding="utf-8"), load_rules(), answer), encoding="utf-8")


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cells(rule: Rule) -> tuple[str, ...]:
    row, applies = rule.row, rule.row.applies
    return (
        f"`{row.id}`",
        f"{rule.instrument.short}, {row.article}",
        row.text.id + (f" *({row.condition.id})*" if row.condition else ""),
        "all" if len(applies.actions) == _ALL_ACTIONS else ", ".join(applies.actions),
        "all" if applies.kinds == "all" else ", ".join(applies.kinds),
        _phases(applies),
        ", ".join(_limits(applies)),
        _sanction(row.sanction) if row.sanction else "",
        row.sure,
        " ".join(row.sources),
    )


def _sanction(sanction: Sanction) -> str:
    basis = f", {sanction.basis}" if sanction.basis else ""
    return f"`{sanction.class_}` ({sanction.sure}){basis}"


def _phases(applies: Applies) -> str:
    if len(applies.phases) == len(PHASES):
        return "all"
    after = PHASES[1:]
    return "from penetapan on" if applies.phases == after else ", ".join(applies.phases)


def _limits(applies: Applies) -> Iterable[str]:
    """What a row is limited to besides act, kind and phase."""
    for values in (applies.accounts, applies.statuses, applies.contests):
        if len(values) < _BOTH:
            yield from values


def _period(effective: Effective) -> str:
    return f"{effective.since} – {effective.until or ''}".rstrip()


def _behaviour(behaviour: Behaviour) -> str:
    rows = ", ".join(f"`{row}`" for row in behaviour.rows)
    lines = [
        f"**{behaviour.number}. {behaviour.name.en}** ({behaviour.name.id})\n",
        f"- rows: {rows}",
        f"- can see: {behaviour.sees.en}",
        f"- cannot see: {behaviour.misses.en}",
    ]
    return "\n".join([*lines, *([f"- note: {behaviour.note.en}"] if behaviour.note else []), ""])


def _example(behaviour: Behaviour, answer: Answer) -> str:
    request = example_request(behaviour)
    shown = _json(_shortened(answer(request)))
    head = f"**{behaviour.number}. {behaviour.name.en}**"
    return f"{head}\n\n```json\n{_json(request)}\n```\n\n```json\n{shown}\n```\n"


def _shortened(answer: dict[str, Any]) -> dict[str, Any]:
    """What an answer says of the act, with rows by id and without evidence."""
    shown = {key: answer[key] for key in _SHOWN if key in answer}
    if "policy" in answer:
        rows = [{key: row[key] for key in _SHOWN_OF_ROWS} for row in answer["policy"]["rules"]]
        shown["policy"] = {**answer["policy"], "rules": rows}
    return shown


def _json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False)


if __name__ == "__main__":
    main(sys.argv[1:])
