"""From what is known of an act to the rows of the rules that a person should look at. Pure functions, no verdicts.

What is not known never narrows the rows: they are the union over everything it may be, with a note that a person must
establish it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from app.policy import wording
from app.policy.rules import Rule, Rules
from app.policy.schema import Applies, Effective, Row, Sanction, When
from app.policy.several import contest_among, in_question, read_phase_among
from app.policy.types import (
    KINDS,
    SUPPORT_KINDS,
    AccountKind,
    Facts,
    Language,
    Policy,
    RuleHit,
    SanctionClass,
    SubjectStatus,
    Words,
)
from app.scoring.types import Action, Band

#: Acts of one day with one kind and band all have the same policy; a file of posts holds few of them.
_KEPT_POLICIES = 2048


def facts_for(
    *,
    action: Action,
    kind: str | None,
    band: Band,
    posted_at: str | None = None,
    elections: Sequence[Mapping[str, Any]] = (),
    account_kind: AccountKind = "tidak_diketahui",
    subject_status: SubjectStatus = "tidak_diketahui",
) -> Facts:
    """Facts of an act at a time; ``elections`` are the entries of the watchlists that it may be about, if any."""
    meant = in_question(posted_at, elections)
    when = read_phase_among(posted_at, meant)
    remarks = when.remarks
    hopefuls = all(election.get("status") == "bakal calon" for election in meant)
    if meant and hopefuls and when.possible != ("sebelum_penetapan",):
        remarks = (*remarks, "daftar_bakal_calon")
    return Facts(
        action=action,
        kind=kind,
        band=band,
        account_kind=account_kind,
        phase=when.phase,
        subject_status=subject_status,
        contest=contest_among(meant),
        possible=when.possible,
        day=when.day,
        remarks=remarks,
        elections=when.elections if len(elections) > 1 else (),
    )


@lru_cache(maxsize=_KEPT_POLICIES)
def policy_for(facts: Facts, rules: Rules) -> Policy:
    """The rows to look at, in the order of the files: none unless the band is ``flag`` or ``review``."""
    if facts.band not in ("flag", "review"):
        reason = wording.REASON_CLEAR if facts.band == "clear" else wording.REASON_UNDECIDED
        return Policy(rules.version, facts.phase, (), reason)
    found = [rule for rule in rules.rows if applies(rule, facts)]
    if not found:
        return Policy(rules.version, facts.phase, (), wording.REASON_NONE_FITS, _remarks(facts))
    hits = tuple(_hit(rule, facts) for rule in found)
    return Policy(rules.version, facts.phase, hits, None, tuple(_notes(facts, found)))


def applies(rule: Rule, facts: Facts) -> bool:
    """Whether the row may be about the act: nothing that is known speaks against it."""
    row = rule.row.applies
    return (
        facts.action in row.actions
        and _may_be_kind(row, _kind(facts))
        and not set(row.phases).isdisjoint(facts.phases)
        and facts.account_kind in (*row.accounts, "tidak_diketahui")
        and facts.subject_status in (*row.statuses, "tidak_diketahui")
        and facts.contest in (*row.contests, "tidak_diketahui")
        and _may_be_in_force(rule.instrument.effective, facts.day)
    )


def policy_answer(policy: Policy, language: Language = "id") -> dict[str, Any]:
    """The policy as plain values for JSON, in Indonesian or English; ``rules`` is empty with a ``reason`` or not."""
    return {
        "version": policy.version,
        "phase": policy.phase,
        "reason": policy.reason.to(language) if policy.reason else None,
        "notes": [note.to(language) for note in policy.notes],
        "rules": [_hit_answer(hit, language) for hit in policy.rules],
    }


def sources_answer(rules: Rules, ids: Iterable[str] | None = None) -> list[dict[str, str]]:
    """Title and address of the sources named, all of them without ``ids``; raises ``KeyError`` for an unknown id."""
    return [rules.sources[source].model_dump() for source in (rules.sources if ids is None else ids)]


def _hit_answer(hit: RuleHit, language: Language) -> dict[str, Any]:
    return {
        "id": hit.id,
        "group": hit.group,
        "instrument": hit.instrument.to(language),
        "article": hit.article,
        "text": hit.text.to(language),
        "indication": hit.indication.to(language),
        "sanction_class": hit.sanction_class,
        "sure": hit.sure,
        "note": hit.note.to(language) if hit.note else None,
        "sources": list(hit.sources),
    }


def _kind(facts: Facts) -> str | None:
    return facts.kind if facts.kind in KINDS else None


def _may_be_kind(row: Applies, kind: str | None) -> bool:
    return kind is None or row.kinds == "all" or kind in row.kinds


def _may_be_in_force(effective: Effective, day: date | None) -> bool:
    if day is None:
        return True
    since, until = _first(effective.since), None if effective.until is None else _last(effective.until)
    return since <= day and (until is None or day <= until)


def _first(when: date | int) -> date:
    return date(when, 1, 1) if isinstance(when, int) else when


def _last(when: date | int) -> date:
    return date(when, 12, 31) if isinstance(when, int) else when


def _hit(rule: Rule, facts: Facts) -> RuleHit:
    row = rule.row
    return RuleHit(
        id=row.id,
        group=row.group,
        instrument=rule.instrument.name,
        article=f"{rule.instrument.short}, {row.article}",
        text=row.text,
        indication=row.indication,
        sanction_class=_sanction_class(row.sanction, facts),
        sure=row.sure,
        note=_together(_row_notes(rule, facts)),
        sources=tuple(dict.fromkeys((*row.sources, *_note_sources(row, facts)))),
    )


def _sanction_class(sanction: Sanction | None, facts: Facts) -> SanctionClass | None:
    if sanction is None or facts.subject_status not in (*sanction.statuses, "tidak_diketahui"):
        return None
    return sanction.class_


def _row_notes(rule: Rule, facts: Facts) -> Iterator[Words]:
    """First what must be established, then where sources disagree, then what of time and sanction is in doubt."""
    row = rule.row
    if row.condition:
        yield row.condition
    yield from (note.words for note in row.notes if _matters(note.when, facts))
    yield from _time_notes(rule, facts)
    if facts.subject_status != "PNS" and _has_class_for_pns_only(row):
        yield wording.CLASS_FOR_PNS
    if row.sanction and _sanction_class(row.sanction, facts) and row.sanction.sure in wording.CLASS_DOUBTS:
        yield wording.CLASS_DOUBTS[row.sanction.sure]


def _has_class_for_pns_only(row: Row) -> bool:
    return row.sanction is not None and "PPPK" in row.applies.statuses and "PPPK" not in row.sanction.statuses


def _time_notes(rule: Rule, facts: Facts) -> Iterator[Words]:
    row_phases = () if rule.row.covers_after_vote else rule.row.applies.phases
    if "sesudah_pemungutan" in facts.phases and "sesudah_pemungutan" in row_phases:
        yield wording.AFTER_VOTE_NOT_SAID
    effective, year = rule.instrument.effective, facts.day.year if facts.day else None
    if effective.since == year:
        yield wording.START_NOT_KNOWN
    if effective.until is not None and effective.until == year:
        yield wording.END_NOT_KNOWN


def _note_sources(row: Row, facts: Facts) -> Iterator[str]:
    for note in row.notes:
        if _matters(note.when, facts):
            yield from note.sources


def _matters(when: When, facts: Facts) -> bool:
    """Whether a note may be about the act; what it leaves out does not matter, what is not known does not exclude."""
    kind = _kind(facts)
    return (
        (not when.actions or facts.action in when.actions)
        and (not when.kinds or kind is None or kind in when.kinds)
        and (not when.phases or not set(when.phases).isdisjoint(facts.phases))
        and (not when.statuses or facts.subject_status in (*when.statuses, "tidak_diketahui"))
    )


def _together(notes: Iterable[Words]) -> Words | None:
    found = list(dict.fromkeys(notes))
    return Words(" ".join(n.id for n in found), " ".join(n.en for n in found)) if found else None


def _notes(facts: Facts, found: Iterable[Rule]) -> Iterator[Words]:
    """What holds for all rows, most pressing first."""
    if facts.band == "review":
        yield wording.REVIEW_BAND
    if _kind(facts) is None:
        yield wording.KIND_UNKNOWN
    elif facts.kind not in SUPPORT_KINDS:
        yield wording.KIND_IS_NO_SUPPORT
    yield wording.ACCOUNT[facts.account_kind]
    if facts.subject_status == "tidak_diketahui":
        yield wording.STATUS_UNKNOWN
    yield from _remarks(facts)
    if facts.contestant == "tidak_diketahui":
        yield wording.CONTESTANT_UNKNOWN
    if facts.contest == "tidak_diketahui":
        yield wording.CONTEST_UNKNOWN
    yield wording.SANCTION_IS_NO_DECISION
    yield wording.SECONDARY_COPIES
    instruments = {rule.instrument.id: rule.instrument for rule in found}.values()
    yield from (_named(instrument.short, instrument.note) for instrument in instruments if instrument.note)


def _named(name: str, note: Words) -> Words:
    return Words(f"{name}: {note.id}", f"{name}: {note.en}")


def _remarks(facts: Facts) -> tuple[Words, ...]:
    several = (wording.several_elections(facts.elections, facts.day is not None),) if facts.elections else ()
    return *several, *(wording.REMARKS[remark] for remark in facts.remarks if remark in wording.REMARKS)
