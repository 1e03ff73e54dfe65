"""The phase of an act that may be about several elections: what they agree on is said, none is chosen for a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from app.policy.phase import contest_of, moment_of, read_phase, vote_in
from app.policy.types import PHASES, Contest, PhaseReading

Entries = Sequence[Mapping[str, Any]]

#: How long an election that is over may still be meant: our own convention, no rule says it.
STILL_MEANT = timedelta(days=365)


def in_question(posted_at: str | None, elections: Entries) -> Entries:
    """Those of the ``elections`` of a region that an act of this time may be about.

    Of those still to be voted in the next one, of those that are over the ones of the year before, and all of which no
    day of voting is known. All of them where the time is unknown, or nothing would be left.
    """
    moment = moment_of(posted_at) if len(elections) > 1 else None
    if moment is None:
        return elections
    votes = [vote_in(election) for election in elections]
    coming = min((vote for vote in votes if vote and vote >= moment.day), default=None)
    meant = (vote is None or vote == coming or moment.day - STILL_MEANT <= vote < moment.day for vote in votes)
    return [election for election, is_meant in zip(elections, meant, strict=True) if is_meant] or elections


def read_phase_among(posted_at: str | None, elections: Entries) -> PhaseReading:
    """Like ``read_phase`` with the ``elections`` of the watchlists that the act may be about, none or more, each named.

    ``possible`` is the union of what each leaves open. Where they do not agree on one phase, only the remarks that hold
    for all are kept. Never raises on any string.
    """
    if not elections:
        return read_phase(posted_at, None)
    readings = [read_phase(posted_at, election) for election in elections]
    found = {phase for reading in readings for phase in reading.possible}
    possible = tuple(phase for phase in PHASES if phase in found)
    remarks = [reading.remarks for reading in readings]
    told = tuple((str(election["id"]), reading.phase) for election, reading in zip(elections, readings, strict=True))
    if len(possible) == 1:
        return PhaseReading(possible[0], possible, readings[0].day, _any_of(remarks), told)
    return PhaseReading("tidak_diketahui", possible, readings[0].day, _all_of(remarks), told)


def contest_among(elections: Entries) -> Contest:
    """The kind of election where all are of one kind."""
    contests = {contest_of(election) for election in elections}
    return contests.pop() if len(contests) == 1 else "tidak_diketahui"


def _any_of(remarks: Iterable[Sequence[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(remark for some in remarks for remark in some))


def _all_of(remarks: Sequence[Sequence[str]]) -> tuple[str, ...]:
    return tuple(remark for remark in remarks[0] if all(remark in some for some in remarks))
