"""The dashboard: figures of the queue as plots that can be read without seeing them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from databases import opened
from review.reviewkit import ANNA, BUDI, CITRA, Clock, desk_with, judged, numbered, queued, say
from webkit import Console, Page

from app.observe.bins import SCORE_EDGES
from app.observe.profile import FILE, LENGTH_EDGES, Profile, write
from app.review.desk import Desk
from app.review.filters import Filters
from app.scoring.bundle import MANIFEST
from app.store import Store
from app.web.board import Figures, drawn, read
from app.web.charts import MOST_BARS
from app.web.wordbook import words

ID = words("id")
PATH = "/konsol/dasbor"
S, B = "dukungan", "bukan"


def tables(page: Page) -> dict[str, list[list[str]]]:
    """Rows of each plot's table by title, without the headings."""
    found = {}
    for table in page.tree.xpath("//figure//table"):
        rows = [[cell.text_content() for cell in row] for row in table.xpath("./tbody/tr")]
        found[table.xpath("./caption")[0].text_content()] = rows
    return found


@pytest.fixture
def desk() -> Desk:
    """Where every item is read twice."""
    return desk_with(Clock(), second_percent=100)


def fill(store: Store, desk: Desk) -> None:
    """Eight items of two days and two models; six of them decided, one of those by three people."""
    clock = desk.now
    old = queued(store, desk, *numbered(4, platform="X"), version="1")
    clock.forward(hours=5)  # type: ignore[attr-defined]
    new = queued(
        store, desk, *numbered(3, "besok coblos", action="comment"), judged("ragu", election=None), version="2"
    )
    for item_id, label in zip(old, [S, S, S, B], strict=True):
        say(store, desk, ANNA, item_id, label)
    for item_id, label in zip(new[:2], [S, B], strict=True):
        say(store, desk, ANNA, item_id, label)
    for item_id, label in zip([*old, *new[:2]], [S, S, S, S, S, B], strict=True):
        say(store, desk, BUDI, item_id, label)
    say(store, desk, CITRA, old[3], S)


def test_an_empty_queue_has_a_dashboard(console: Console) -> None:
    page = console.get(PATH)
    assert page.status == 200
    assert page.words.count(ID["board.nothing"]) == 10
    assert not page.tree.xpath("//main//svg")
    assert "0 pasang" in page.words


def test_every_figure_is_in_a_table(console: Console, desk: Desk) -> None:
    with opened(console.settings) as store:
        fill(store, desk)
    page = console.get(PATH)
    found = tables(page)
    assert found[ID["board.over_time"]] == [["3 November 2031", "4", "0"], ["4 November 2031", "3", "1"]]
    assert found[ID["board.by_platform"]] == [["tidak disebut", "4"], ["x", "4"]]
    assert found[ID["board.by_action"]] == [["mengunggah", "5"], ["berkomentar", "3"]]
    assert found[ID["board.by_kind"]] == [["ajakan memilih", "7"], ["pertanyaan", "1"]]
    assert found[ID["board.by_election"]] == [["pilkada-kota-uji-2031", "7"], ["tidak disebut", "1"]]
    assert {row[0]: row[1] for row in found[ID["board.precision"]]} == {"1": "100 %", "2": "50 %"}
    assert sum(int(count) for _, count in found[ID["board.scores"]]) == 8
    assert found[ID["board.backlog"]][0] == ["belum diperiksa", "2"]


def test_every_plot_has_a_name_and_what_it_shows_in_words(console: Console, desk: Desk) -> None:
    with opened(console.settings) as store:
        fill(store, desk)
    page = console.get(PATH)
    plots = page.tree.xpath("//figure[.//svg[@role='img']]")
    assert len(plots) == 9  # of drift nothing is known
    for plot in plots:
        assert plot.xpath(".//svg/@aria-label")[0] == plot.xpath("./figcaption")[0].text_content()
        assert plot.xpath(".//table/caption")[0].text_content() == plot.xpath("./figcaption")[0].text_content()
        assert plot.xpath(".//details/summary")[0].text_content() == ID["board.table"]


def test_readers_are_shown_by_pseudonym(console: Console, desk: Desk) -> None:
    with opened(console.settings) as store:
        fill(store, desk)
    page = console.get(PATH)
    rows = tables(page)[ID["board.agreement"]]
    assert sorted(row[1:2] + row[4:] for row in rows) == [["0 %", "1"], ["100 %", "1"], ["83 %", "6"]]
    assert rows[-1][4] == "6"
    for row in rows:
        assert not {ANNA, BUDI, CITRA} & set(row[0].split(" · "))
    assert "1 tindakan masih diperselisihkan" in page.words


def test_days_of_the_act_narrow_everything(console: Console, desk: Desk) -> None:
    with opened(console.settings) as store:
        queued(store, desk, judged("coblos 1", posted_at="2031-11-01"), judged("coblos 2", posted_at="2031-11-20"))
    for query, count in (
        ("", 2),
        ("?dari=2031-11-02", 1),
        ("?sampai=2031-10-31", 0),
        ("?dari=2031-11-01&sampai=2031-11-20", 2),
    ):
        page = console.get(PATH + query)
        rows = tables(page).get(ID["board.by_kind"], [])
        assert sum(int(row[1]) for row in rows) == count, query
    assert page.tree.xpath("//input[@name='dari']/@value") == ["2031-11-01"]


@pytest.mark.parametrize(
    "query", ["?dari=x", "?dari=2031-13-01", "?sampai=%00", "?dari=", "?dari=9999999-01-01", "?dari=%22%3E"]
)
def test_a_day_that_is_none_is_as_good_as_not_there(shared: Console, query: str) -> None:
    page = shared.get(PATH + query)
    assert page.status == 200
    assert page.tree.xpath("//input[@name='dari']/@value") == [""]


def test_an_election_that_is_markup_stays_words(console: Console, desk: Desk) -> None:
    with opened(console.settings) as store:
        queued(store, desk, judged("coblos", election="<script>alert(1)</script>", platform="</svg><b>"))
    page = console.get(PATH)
    assert "<script>alert(1)</script>" in page.words
    assert not page.tree.xpath("//script[not(@src)]")


def test_many_elections_are_a_plot_of_few_bars(console: Console, desk: Desk) -> None:
    with opened(console.settings) as store:
        queued(store, desk, *(judged(f"coblos {k}", election=f"pemilihan-{k}") for k in range(40)))
    rows = tables(console.get(PATH))[ID["board.by_election"]]
    assert len(rows) == MOST_BARS
    assert sum(int(row[1]) for row in rows) == 40


def test_in_english_too(console: Console, desk: Desk) -> None:
    with opened(console.settings) as store:
        fill(store, desk)
    console.get("/konsol/bahasa?pilih=en")
    page = console.get(PATH)
    assert page.title == words("en")["board.title"]
    assert set(tables(page)) < {text for key, text in words("en").items() if key.startswith("board.")}
    assert not {text for key, text in ID.items() if key.startswith("board.") and len(text) > 6} & set(
        page.words.split(". ")
    )


def test_drift_is_told_of_models_that_have_a_reference(console: Console, desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "models" / "satu"
    folder.mkdir(parents=True)
    (folder / MANIFEST).write_text(
        json.dumps({"version": "1", "files": {}, "libraries": {}, "thresholds": {"review": 0.25}})
    )
    counts = [0] * len(SCORE_EDGES)
    counts[6] = 500
    profile = Profile(500, 0, counts, [0] * (len(LENGTH_EDGES) + 1), {}, {})
    write(folder, profile.as_dict())
    with opened(console.settings) as store:
        queued(store, desk, *numbered(150), version="1")
        with store.read() as tx:
            found = read(tx, Filters(), tmp_path / "models")
    [(psi, one, limit), (ks, _, _)] = found.drift["1"]
    assert (psi, ks) == ("scores_psi", "scores_ks")
    assert one > limit
    plot = str(drawn(found, "id", desk)[-1])
    assert 'class="over"' in plot
    assert f"1 {ID['board.drift_psi']}" in plot


@pytest.mark.parametrize("file", [MANIFEST, FILE])
def test_a_damaged_bundle_leaves_the_rest_of_the_page(console: Console, desk: Desk, tmp_path: Path, file: str) -> None:
    folder = tmp_path / "models" / "satu"
    folder.mkdir(parents=True)
    (folder / MANIFEST).write_text(json.dumps({"version": "1"}))
    (folder / FILE).write_text("[]")
    (folder / file).write_text("{")
    with opened(console.settings) as store:
        queued(store, desk, *numbered(3), version="1")
        with store.read() as tx:
            found = read(tx, Filters(), tmp_path / "models")
    assert found.drift == {"1": []}
    assert found.backlog["open"] == 3


def test_figures_of_nothing_are_drawn(desk: Desk) -> None:
    from app.review.agreement import Agreement, kappa

    nothing = Figures(
        [],
        {d: {} for d in ("action", "kind", "platform", "election")},
        {},
        Agreement(kappa([]), {}, 0),
        {},
        [0] * len(SCORE_EDGES),
        {},
    )  # type: ignore[misc]
    assert all("svg" not in str(plot) for plot in drawn(nothing, "id", desk))


def test_the_page_needs_the_scope_of_reviewers(console: Console) -> None:
    for scope, status in (("review", 200), ("classify", 403), ("metrics", 403)):
        console.log_in(console.keys[scope])  # type: ignore[index]
        assert console.get(PATH).status == status
