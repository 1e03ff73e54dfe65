"""The case file as a page: whole, in Indonesian, and loading nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest
from casekit import ACT, Make, case_of, put_judged
from reviewkit import Clock

from app.review.casehtml import case_html, day_name, decimal, in_wib
from app.review.desk import Desk
from app.scoring.context import size_name
from app.store import Store
from app.text.features import BLOCKS
from tests.scoring.tinybundle import Tiny


class Page(HTMLParser):
    """What a browser would see of a page: tags with their attributes, and text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.marked: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "sub"} & set(self.open):
            self.words.append(data)
        if self.open[-1:] == ["mark"]:
            self.marked.append(data)


def test_the_page_is_whole_and_loads_nothing(make: Make) -> None:
    case = make()
    page = Page(case_html(case))
    assert page.open == []
    assert not {"script", "img", "link", "iframe", "object", "form", "a", "b"} & {tag for tag, _ in page.tags}
    assert not [name for _, given in page.tags for name in given if name in ("src", "href") or name.startswith("on")]
    shown = "".join(page.words)
    for words in (
        case["id"],
        case["notice"],
        case["content_hash"],
        case["digest"],
        "3 November 2031 pukul 19.05.00 WIB",
        "10 November 2031 – sisa 6 hari",
        "Menyetujui <script>alert(1)</script> ajakan.",
        "<b>gas</b>",
        "berbeda pendapat",
        "SKB-B6",
        "masa kampanye",
        case["verdict"]["score_bits"],
    ):
        assert words in shown, words
    assert "penulis-uji" not in shown


def test_the_page_marks_exactly_the_evidence(make: Make) -> None:
    case = make()
    marked = Page(case_html(case)).marked
    assert sorted(marked) == sorted(span["surface"] for span in case["verdict"]["evidence"])


def test_the_page_says_what_the_first_letter_of_a_feature_means(make: Make) -> None:
    [legend] = re.findall(r"Awalan fitur: (.*?)</p>", case_html(make()))
    named = {part.strip()[0] for part in unescape(legend).split(";")}
    assert named == {*BLOCKS, size_name(1)[0]}


def test_the_page_can_be_printed(make: Make) -> None:
    page = case_html(make())
    assert "@media print" in page
    assert "Content-Security-Policy" in page
    assert '<html lang="id">' in page


def test_the_page_of_a_case_whose_time_is_over(store: Store, desk: Desk, tiny: Tiny, clock: Clock) -> None:
    item_id = put_judged(store, desk, tiny, replace(ACT, text="coblos \ud83d", posted_at=None))
    clock.forward(days=9)
    page = case_html(case_of(store, desk, item_id, tiny.models_dir))
    assert "lewat 2 hari" in page
    assert "coblos ?" in "".join(Page(page).words)
    assert "Belum ada." in page


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (in_wib("2031-11-03T17:00:00+00:00"), "4 November 2031 pukul 00.00.00 WIB"),
        (in_wib("2031-11-03T17:00:00+00:00", "2031-11-04"), "4 November 2031"),
        (in_wib("2031-11-03T17:00:00+00:00", "2031-11-04T00:00"), "4 November 2031 pukul 00.00.00 WIB"),
        (in_wib(None), "tidak diketahui"),
        (day_name("2031-05-01"), "1 Mei 2031"),
        (decimal(1.256), "1,26"),
        (decimal(1.256, 1, signed=True), "+1,3"),
        (decimal(-0.5, 4), "-0,5000"),
    ],
)
def test_times_and_numbers_are_indonesian(found: str, expected: str) -> None:
    assert found == expected
