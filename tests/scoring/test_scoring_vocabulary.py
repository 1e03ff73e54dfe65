"""Every feature of a vocabulary is found under the numbers of its forms, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.scoring import names
from app.scoring import vocabulary as vocabularies
from app.scoring.context import LONGEST, size_name
from app.scoring.names import as_names
from app.scoring.vocabulary import BITS, Numbered, Table, as_mapping, numbered
from app.text.features import EDGES
from tests.scoring.tinybundle import Tiny

FORMS = ("coblos", "nomor", "dua", "<asing>", "👍", "!", "tidak", "n", "w:s")
FORM, SORT = st.sampled_from(FORMS), st.sampled_from(EDGES)
NAME = st.one_of(
    st.lists(FORM, min_size=1, max_size=4).map(lambda forms: "w:" + " ".join(forms)),
    FORM.map(lambda form: f"w:~{form}"),
    FORM.map(lambda form: f"s:{form}~N"),
    FORM.map(lambda form: f"s:N~{form}"),
    st.tuples(FORM, FORM).map(lambda pair: f"p:{pair[0]}~{pair[1]}"),
    st.tuples(SORT, FORM).map(lambda edge: "e:" + " ".join(edge)),
    st.tuples(SORT, FORM, FORM).map(lambda edge: "e:" + " ".join(edge)),
    st.sampled_from(["c:cob", "c: ~ ", size_name(2)]),
)
VOCABULARIES = st.lists(NAME, unique=True).map(lambda names: {name: 7 * row for row, name in enumerate(names)})


def key(found: Numbered, *forms: str) -> int:
    return sum(found.forms[form] << BITS * back for back, form in enumerate(reversed(forms)))


def by_key(
    found: Numbered, vocabulary: dict[str, int], block: str, between: str, size: int, forms: Iterable[str] = FORMS
) -> dict[int, int]:
    """What a table should hold: every combination of known forms whose name is in the vocabulary."""
    known = [form for form in found.forms if form in forms]
    names = ((key(found, *forms), f"{block}:{between.join(forms)}") for forms in product(known, repeat=size))
    return {number: vocabulary[name] for number, name in names if name in vocabulary}


@given(vocabulary=VOCABULARIES)
@example(vocabulary={})
@example(vocabulary={"s:N~": 3, "w:coblos": 5})
def test_each_table_holds_the_columns_of_its_names(vocabulary: dict[str, int]) -> None:
    found = numbered(as_names(vocabulary), longest=3)
    for form, number in found.forms.items():
        for table, name in ((found.single, "w:{}"), (found.before, "s:{}~N"), (found.after, "s:N~{}")):
            assert table[number] == vocabulary.get(name.format(form), -1)
    assert [found.single[0], found.before[0], found.after[0]] == [-1, -1, -1]
    for size, table in found.ngrams.items():
        assert as_mapping(table) == by_key(found, vocabulary, "w", " ", size)
    assert as_mapping(found.pairs) == by_key(found, vocabulary, "p", "~", 2)
    for size, table in found.edges.items():
        assert as_mapping(table) == by_key(found, vocabulary, "e", " ", size + 1, (*FORMS, *EDGES))


@given(vocabulary=VOCABULARIES)
def test_forms_are_numbered_from_one_and_tables_sorted(vocabulary: dict[str, int]) -> None:
    found = numbered(as_names(vocabulary), longest=3)
    assert sorted(found.forms.values()) == list(range(1, len(found.forms) + 1))
    for keys, _ in (*found.ngrams.values(), found.pairs, *found.edges.values()):
        assert keys.tolist() == sorted(set(keys.tolist()))


def test_n_grams_longer_than_asked_for_are_left_out() -> None:
    found = numbered(as_names({"w:satu dua tiga": 0, "w:satu dua": 1}), longest=2)
    assert {size: as_mapping(table) for size, table in found.ngrams.items()} == {2: {key(found, "satu", "dua"): 1}}


@pytest.mark.parametrize("at_once", [1, 3, 10**6])
def test_the_parts_that_others_may_interrupt_change_nothing(
    tiny: Tiny, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shown(vocabulary: dict[str, int], longest: int) -> list[object]:
        found = numbered(as_names(vocabulary), longest)
        tables: list[Table] = [*found.ngrams.values(), found.pairs, *found.edges.values()]
        return [found.forms, found.single.tolist(), *(as_mapping(table) for table in tables)]

    cases = [(dict(tiny.model.vocabulary), 3), (dict(tiny.context.vocabulary), LONGEST)]
    expected = [shown(*case) for case in cases]
    monkeypatch.setattr(vocabularies, "_AT_ONCE", at_once)
    monkeypatch.setattr(names, "_AT_ONCE", at_once)
    assert [shown(*case) for case in cases] == expected


@pytest.mark.parametrize("name", ["p:tanpa", "p:a~b~c"])
def test_a_name_that_is_no_pair_is_an_error(name: str) -> None:
    with pytest.raises(ValueError, match="shape"):
        numbered(as_names({name: 0, "w:a": 1, "p:a~b": 2}), longest=3)
