"""Find listed names in tokens in one pass, whatever the number of names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

from app.text.called import is_put
from app.text.lexeme import shorten
from app.text.marks import OPENING, SPELT_ON, marked_with, marks_of
from app.text.memo import Memo
from app.text.token import Token

_CLITICS = ("nya", "lah", "kan", "ku", "mu", "pun", "kah", "in", "isme")
_LEET = str.maketrans("0134578", "oieastb")
_MIN_HANDLE, _MAX_HANDLE = 5, 24
#: Spellings of which a matcher remembers whether they may begin an alias, and four more for every alias; it is asked
#: only for runs that it has not met.
MEMORY = 1_000
#: Runs of characters of which a matcher remembers how they read with its names, and so many more for every alias: two
#: thirds of a megabyte for one race, as most of them are the objects that every matcher shares. All races together
#: remember nearly as many as are shared, the most there are: with fewer, long files have them worked out over and over.
RUNS, RUNS_OF_ALIAS, MOST_RUNS = 3_000, 5, 60_000
#: Longer before shorter, sure before ambiguous, then as listed.
_Rank = tuple[int, bool, int]


class Alias(NamedTuple):
    """One way to write a contestant, party or slogan; ``words`` are folded (lower case, single words)."""

    words: tuple[str, ...]
    kind: str
    entity: str
    ambiguous: bool


class Mention(NamedTuple):
    """A run of tokens ``first:last`` that spells an alias, and the contestants or parties that it may mean there."""

    first: int
    last: int
    alias: Alias
    entities: frozenset[str]


class _Node:
    """Aliases that begin alike: what may follow, and the best of those that end here with its rank."""

    __slots__ = ("best", "further")

    def __init__(self) -> None:
        self.further: dict[str, _Node] = {}
        self.best: tuple[_Rank, Alias] | None = None


class Matcher:
    """A word trie over aliases; only a bounded memory changes after construction, so threads may share it."""

    def __init__(self, aliases: Iterable[Alias] = (), tags: Iterable[tuple[str, str]] = ()) -> None:
        """``tags`` are whole hashtags without ``#``, folded, each with its kind (``slogan`` or ``name``)."""
        listed = [alias for alias in aliases if alias.words]
        self.tags = dict(tags)
        self._root = _Node()
        self._owners: dict[tuple[str, ...], set[str]] = {}
        for order, alias in enumerate(listed):
            self._owners.setdefault(alias.words, set()).add(alias.entity)
            self._add(alias, order)
        self._names = frozenset(a.words[0] for a in listed if len(a.words) == 1 and not a.ambiguous)
        self._parts = self._names | {word for a in listed if a.kind == "name" for word in a.words}
        self._in_handles = _by_beginning(self._names)
        self._opens = Memo(partial(_opened, self._root.further), MEMORY + 4 * len(listed))
        #: For ``app.text.runs``; kept here so that it goes when the matcher goes.
        self.runs: dict[str, Any] = {}
        self.most_runs = min(RUNS + RUNS_OF_ALIAS * len(listed), MOST_RUNS)

    def _add(self, alias: Alias, order: int) -> None:
        node = self._root
        for word in alias.words:
            node = node.further.setdefault(word, _Node())
        rank = (-len(alias.words), alias.ambiguous, order)
        if node.best is None or rank < node.best[0]:
            node.best = rank, alias

    def is_name(self, word: str) -> bool:
        """Whether a single folded word is an unambiguous alias or stands in a listed name."""
        return word in self._parts

    def spells_name(self, surface: str) -> bool:
        """Whether a spelling, folded and without a clitic, is a name or stands in one."""
        return not self._parts.isdisjoint(_FORMS[surface])

    def in_handle(self, handle: str) -> bool:
        """Whether a handle contains an unambiguous alias of at least five letters."""
        low = handle.lower()
        return any(
            low.startswith(name, at)
            for at in range(len(low) - _MIN_HANDLE + 1)
            for name in self._in_handles.get(low[at : at + _MIN_HANDLE], ())
        )

    def match(self, tokens: Sequence[Token]) -> list[tuple[int, int, str]]:
        """``(first, last, kind)`` of matched token runs, longest first at each place, never overlapping.

        An ambiguous alias counts only beside an unambiguous match of the same entity, or where campaign words put it.
        """
        return [(mention.first, mention.last, mention.alias.kind) for mention in self.mentions(tokens)]

    def mentions(self, tokens: Sequence[Token], marks: Sequence[int] | None = None) -> list[Mention]:
        """The same runs, each with its alias and those who may be meant; ``marks`` are those of the tokens."""
        if marks is None:
            marks = self.marked(marks_of(tokens), tokens)
        found = list(self._scan(tokens, marks))
        if not found:
            return []
        sure = {entity for _, _, alias in found if not alias.ambiguous for entity in self._owners[alias.words]}
        meant = ((a, b, alias, self._meant(tokens, a, b, alias, sure)) for a, b, alias in found)
        return [Mention(a, b, alias, entities) for a, b, alias, entities in meant if entities]

    def marked(self, marks: Sequence[int], tokens: Sequence[Token]) -> list[int]:
        """The marks of tokens, with those where an alias may begin as far as the single spelling tells."""
        opens = self._opens
        return [
            mark | OPENING if token[0] == "word" and (mark & SPELT_ON or opens[token[5]]) else mark
            for token, mark in zip(tokens, marks, strict=True)
        ]

    def _meant(self, tokens: Sequence[Token], first: int, last: int, alias: Alias, sure: set[str]) -> frozenset[str]:
        owners = self._owners[alias.words]
        vouched = owners & sure if alias.ambiguous else owners
        return frozenset(vouched or (owners if is_put(tokens, first, last) else ()))

    def _scan(self, tokens: Sequence[Token], marks: Sequence[int]) -> Iterator[tuple[int, int, Alias]]:
        past = 0
        for i in marked_with(marks, OPENING):
            hit = self._at(tokens, marks, i) if i >= past else None
            if hit is not None:
                past = self._further(tokens, marks, i, hit[0]) if hit[0] > i + 1 else hit[0]
                yield i, past, hit[1]

    def _further(self, tokens: Sequence[Token], marks: Sequence[int], first: int, end: int) -> int:
        """Where a match that ends later begins inside ``first:end`` (``qer naufrel`` in ``pak qer naufrel``)."""
        for i in range(first + 1, end):
            later = self._at(tokens, marks, i)
            if later is not None and later[0] > end:
                return i
        return end

    def _at(self, tokens: Sequence[Token], marks: Sequence[int], i: int) -> tuple[int, Alias] | None:
        if tokens[i].kind != "word":
            return None
        if marks[i] & SPELT_ON:
            readings = _readings(tokens, marks, i)
            nodes = [(node, after) for form, after in readings if (node := self._root.further.get(form))]
        else:
            nodes = [(node, i + 1) for node in self._opens[tokens[i].surface]]
        for node, after in nodes:
            found = _longest(node, tokens, marks, after)
            if found is not None:
                return found[1:]
        return None


def _opened(firsts: Mapping[str, _Node], surface: str) -> tuple[_Node, ...]:
    """The aliases that a spelling may begin, for each of its forms."""
    return tuple([firsts[form] for form in _FORMS[surface] if form in firsts])


def _by_beginning(names: Iterable[str]) -> dict[str, list[str]]:
    """Names that count inside handles, by their first letters."""
    found: dict[str, list[str]] = {}
    for name in names:
        if _MIN_HANDLE <= len(name) <= _MAX_HANDLE:
            found.setdefault(name[:_MIN_HANDLE], []).append(name)
    return found


def _longest(
    node: _Node, tokens: Sequence[Token], marks: Sequence[int], position: int
) -> tuple[_Rank, int, Alias] | None:
    """Best alias at or below ``node`` that the tokens from ``position`` spell, after its rank and its end."""
    best = (node.best[0], position, node.best[1]) if node.best else None
    if not node.further:
        return best
    while position < len(tokens) and tokens[position].form in ("-", "."):
        position += 1
    seen: set[str] = set()
    for form, after in _readings(tokens, marks, position):
        child = node.further.get(form)
        if child is None or form in seen:
            continue
        seen.add(form)
        deeper = _longest(child, tokens, marks, after)
        if deeper is not None and (best is None or deeper < best):
            best = deeper
    return best


def _readings(tokens: Sequence[Token], marks: Sequence[int], i: int) -> list[tuple[str, int]]:
    """Folded spellings that start at token ``i``, each with the index after it.

    First all that was written in one piece (``m4hfud`` is three tokens), then the token alone
    (``jokowi2periode``), both also without a clitic.
    """
    if i >= len(tokens):
        return []
    spelling, stop = tokens[i].surface, i + 1
    if not marks[i] & SPELT_ON:
        return [(form, stop) for form in _FORMS[spelling]]
    while marks[stop - 1] & SPELT_ON:
        if tokens[stop].start > tokens[stop - 1].start:
            spelling += tokens[stop].surface
        stop += 1
    alone = i + 1
    while alone < stop and tokens[alone].start == tokens[i].start:
        alone += 1
    both = {spelling: stop, tokens[i].surface: alone}
    return [(form, after) for surface, after in both.items() for form in _FORMS[surface]]


@lru_cache(maxsize=50_000)
def fold_name(surface: str) -> str:
    """Form in which names are compared: lower case, without elongation, leet digits undone inside letters."""
    low = surface.lower()
    low = shorten(low) if len(set(low)) > 1 else low
    if low.isalpha() or not any(c.isalpha() for c in low):
        return low
    return low.translate(_LEET).replace("'", "")


def _forms(surface: str) -> tuple[str, ...]:
    """A spelling folded, and then without each clitic that it ends with."""
    word = fold_name(surface)
    return (word, *(word[: -len(c)] for c in _CLITICS if word.endswith(c) and len(word) - len(c) > 1))


_FORMS = Memo(_forms, 50_000)
