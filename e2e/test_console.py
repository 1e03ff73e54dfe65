"""From a scraped file to a model that learned of it and back, as a person goes: with a browser and a keyboard."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from app.scoring.bundle import ACTIVE
from e2e import posts
from e2e.screen import Screen
from e2e.service import NETRA, ROOT, Home, served
from training.corpus import read_rows

#: Real files, where whoever runs this has some. No picture is taken of them, and none of their words is shown.
REAL = sorted((ROOT.parent / "shared" / "scraped").glob("*.csv"))
CHALLENGER = "uji-e2e"
#: Keys and reasons of ten decisions; doubt leaves the item to a second reader.
DECISIONS = (
    *[("d", "Ajakan memilih dengan nomor urut.")] * 5,
    *[("b", "Hanya mengutip orang lain.")] * 4,
    ("r", "Tidak jelas siapa yang dimaksud."),
)
#: Milliseconds for a file to be scored on a host with much else to do.
_SLOW = 300_000
#: What tells how far a run is; whether that changed, or the run is over; and the button that ends
#: it, pressed if it is still there, in one go, as the page may be loaded again at any moment.
WORDS = "[data-words]"
CHANGED = f"""(before) => document.readyState === 'complete'
    && document.querySelector('{WORDS}')?.textContent !== before || document.querySelector('.figures')"""
STOP = """() => { const button = document.querySelector("form[action$='/berhenti'] button");
    button?.click(); return {pressed: Boolean(button), stayed: Boolean(window.stayed)}; }"""
_RESULT = re.compile(r"/konsol/unggahan/[0-9a-f]{32}")


def test_from_a_scraped_file_to_a_model_that_learned_and_back(screen: Screen, home: Home) -> None:
    source = home.work / "unggahan_uji.csv"
    source.write_bytes(posts.tweets_multiline(60))
    first = home.active()
    with served(home) as (address, key):
        screen.log_in(address, key)
        counts = upload(screen, source, pictures=True)
        assert counts["dibaca"] == 63
        assert counts["ditandai"] >= len(DECISIONS)
        check_result(screen, counts)
        decide_by_keyboard(screen, counts["ditandai"] + counts["perlu diperiksa"])
        case = take_case(screen, home)
        look_at_dashboard(screen)
        stop_and_go_on(screen, home)
    assert "SAMA" in home.netra("replay", case)
    labels = home.work / "label.jsonl"
    home.netra("labels", "export", "--output", labels)
    assert Counter(row["label"] for row in read_jsonl(labels)) == {1: 5, 0: 4}  # the one in doubt has no label
    learn(home, labels)
    compare(home, source, labels)
    switch(screen, home, first)


# -- steps -----------------------------------------------------------------------------------------------------------


def upload(screen: Screen, path: Path, *, pictures: bool = False, **choices: str) -> dict[str, int]:
    """Send a file and have it scored; the figures of its result."""
    page = preview(screen, path, pictures=pictures)
    for name, value in choices.items():
        page.select_option(f"#{name}", value)
    page.get_by_role("button", name="Mulai menilai").click()
    result(page)
    if pictures:
        screen.picture("4-hasil")
    return figures(page)


def preview(screen: Screen, path: Path, *, pictures: bool = False) -> Page:
    """Send a file; its page before it is scored."""
    page = screen.page
    screen.go("/konsol/unggahan")
    page.set_input_files("#berkas", path)
    if pictures:
        screen.picture("2-unggahan")
    page.get_by_role("button", name="Kirim", exact=True).click()
    page.wait_for_url(_RESULT)
    expect(page.locator("table.preview")).to_contain_text("teks yang dinilai")
    assert page.locator("table.preview tbody tr").count() == 5
    if pictures:
        screen.picture("3-cuplikan")
    return page


def result(page: Page) -> None:
    """Wait for the page of a run that is over, all of it."""
    page.get_by_role("heading", name="Hasil", exact=True).wait_for(timeout=_SLOW)
    page.wait_for_load_state()


def figures(page: Page) -> dict[str, int]:
    names, values = (page.locator(f".figures {tag}").all_inner_texts() for tag in ("dt", "dd"))
    return {name.strip(): int(value.replace(".", "")) for name, value in zip(names, values, strict=True)}


def check_result(screen: Screen, counts: Mapping[str, int]) -> None:
    """The workbook is what the page says of it."""
    with screen.page.expect_download() as waiting:
        screen.page.get_by_role("link", name="Unduh hasil").click()
    rows = openpyxl.load_workbook(io.BytesIO(waiting.value.path().read_bytes())).active
    assert rows is not None
    table = [[cell.value for cell in row] for row in rows]
    bands = Counter(row[table[0].index("netra_band")] for row in table[1:])
    assert len(table) - 1 == counts["dibaca"]
    assert (bands["flag"], bands["review"]) == (counts["ditandai"], counts["perlu diperiksa"])
    assert all(cell.data_type != "f" for row in rows for cell in row)


def decide_by_keyboard(screen: Screen, waiting: int) -> None:
    """Ten decisions without touching the mouse."""
    page = screen.page
    screen.go("/konsol/antrean")
    assert page.locator("[data-list] tbody tr").count() >= min(waiting, len(DECISIONS))
    screen.picture("5-antrean")
    page.keyboard.press("n")
    for number, (key, reason) in enumerate(DECISIONS):
        page.wait_for_url(re.compile("/konsol/butir/"))
        if number == 1:
            screen.picture("6-butir")
        item = page.url
        page.keyboard.press(key)
        if not page.evaluate("document.activeElement.matches('textarea')"):
            page.keyboard.press("a")
        page.keyboard.type(reason)
        page.keyboard.press("Control+Enter")
        page.wait_for_url(lambda url, before=item: url != before)
    screen.go("/konsol/antrean?state=done")
    assert page.locator("[data-list] tbody tr").count() == len(DECISIONS) - 1  # one waits for a second reader


def take_case(screen: Screen, home: Home) -> Path:
    """The case file of a decided item, as a page to print and as one to work out again."""
    page = screen.page
    page.locator("[data-list] tbody a").first.click()
    page.wait_for_url(re.compile("/konsol/butir/"))
    with screen.context.expect_page() as opened:
        page.keyboard.press("c")
    printed = opened.value
    printed.wait_for_url("**/berkas")  # a new window is an empty page first
    assert "Hanya indikasi" in printed.inner_text("body")
    screen.page = printed
    screen.picture("7-berkas-kasus")
    screen.page = page
    printed.close()
    with page.expect_download() as waiting:
        page.locator("button[value=json]").click()
    path = home.work / "kasus.json"
    waiting.value.save_as(path)
    return path


def look_at_dashboard(screen: Screen) -> None:
    """Every plot is to be seen, and to be read."""
    screen.go("/konsol/dasbor")
    plots = screen.page.locator("figure.plot")
    assert plots.count() == 10
    for place in range(plots.count()):
        drawn = plots.nth(place).locator("svg[role=img]")
        if drawn.count():
            box = drawn.bounding_box()
            assert box is not None
            assert box["width"] > 100
            assert box["height"] > 20
    assert "Masuk antrean per hari" in screen.words()
    screen.picture("8-dasbor")


def stop_and_go_on(screen: Screen, home: Home) -> None:
    """A long run is watched, stopped and gone on with; nothing of it goes into the queue."""
    page = screen.page
    for rows in (12_000, 48_000, 192_000):  # a fast host is through with the first before anybody could stop it
        path = home.work / f"banyak_{rows}.csv"
        path.write_bytes(posts.quoted(rows))
        preview(screen, path)
        page.uncheck("#antrean")
        page.select_option("#bentuk", ".csv")
        if stopped(page):
            break
    page.get_by_role("button", name="Lanjutkan").click()
    result(page)
    assert figures(page)["dibaca"] == rows


def stopped(page: Page) -> bool:
    """Start a run, see its figures change, and have it stopped; whether that was before it was over."""
    page.get_by_role("button", name="Mulai menilai").click()
    page.locator(f"{WORDS}, .figures").first.wait_for(timeout=_SLOW)
    page.wait_for_load_state()
    before = page.evaluate(f"window.stayed = document.querySelector('{WORDS}')?.textContent")
    page.wait_for_function(CHANGED, arg=before, timeout=_SLOW)
    done = page.evaluate(STOP)
    assert done["stayed"] or not done["pressed"], "the page was loaded again to show how far the run is"
    page.get_by_role("heading", name=re.compile("^(Belum selesai|Hasil)$")).wait_for(timeout=_SLOW)
    return page.get_by_role("heading", name="Belum selesai").count() > 0


def learn(home: Home, labels: Path) -> None:
    """A challenger of a fortieth of the corpus and the labels: not good, but soon there."""
    corpus = home.work / "data" / "corpus"
    corpus.mkdir(parents=True)
    rows = [row for _, row in read_rows()][::40]
    (corpus / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    small = (sys.executable, "-m", "e2e.small_train", str(corpus.parent))
    home.netra("train", "--version", CHALLENGER, "--from-reviews", labels, program=small)
    manifest = json.loads((home.models / CHALLENGER / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["counts"]["reviews"] + manifest["counts"]["reviews_held_out"] > 0


def compare(home: Home, source: Path, labels: Path) -> None:
    """What would change, and whether it may."""
    output = home.work / "ubah.csv"
    home.netra("shadow", CHALLENGER, source, "--output", output)
    flips = list(csv.DictReader(output.read_text(encoding="utf-8").splitlines()))
    assert flips
    assert all(row["champion_band"] != row["challenger_band"] for row in flips)
    told = [*NETRA, "challenge", CHALLENGER, "--holdout", str(labels)]
    report = home.models / CHALLENGER / "challenge.json"
    code = subprocess.run(told, cwd=home.work, env=home.env(), capture_output=True, timeout=1200).returncode
    assert code == (0 if json.loads(report.read_text(encoding="utf-8"))["passed"] else 1)


def switch(screen: Screen, home: Home, first: str) -> None:
    """Only what passed the gates, or what a person vouches for, becomes active; and back at once."""
    before = (home.models / ACTIVE).read_bytes()
    passed = json.loads((home.models / CHALLENGER / "challenge.json").read_text(encoding="utf-8"))["passed"]
    if not passed:
        home.netra("model", "activate", CHALLENGER, code=7)
        assert (home.models / ACTIVE).read_bytes() == before
    override = () if passed else ("--override", "Hanya untuk uji menyeluruh, lalu dikembalikan.")
    home.netra("model", "activate", CHALLENGER, *override)
    assert home.active() == CHALLENGER
    with served(home, workers=1) as (address, key):
        screen.log_in(address, key)
        assert upload(screen, home.work / "unggahan_uji.csv")["dibaca"] == 63
        assert CHALLENGER in screen.words()
    home.netra("model", "rollback", "--reason", "Uji menyeluruh selesai.")
    assert home.active() == first
    assert (home.models / ACTIVE).read_bytes() == before
    history = home.netra("model", "history")
    assert [word in history for word in ("activate", "rollback")] == [True, True]


def read_jsonl(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


# -- files -----------------------------------------------------------------------------------------------------------

SHAPES: dict[str, Callable[[int], bytes]] = {
    "semicolon_in_commas": posts.semicolon_in_commas,
    "quoted": posts.quoted,
    "one_column": posts.one_column,
}


def test_files_as_scrapers_leave_them(screen: Screen, home: Home) -> None:
    with served(home, workers=1) as (address, key):
        screen.log_in(address, key)
        for name, made in SHAPES.items():
            path = home.work / f"{name}.csv"
            path.write_bytes(made(40))
            counts = upload(screen, path, bentuk=".jsonl")
            assert (counts["dibaca"], counts["ditolak"]) == (40, 0), name
            assert counts["ditandai"] > 5, name


@pytest.mark.skipif(not REAL, reason="no real scraped files are at hand")
def test_real_files(screen: Screen, home: Home) -> None:
    """Whatever fails says nothing of what stands in them."""
    with served(home, workers=1) as (address, key):
        screen.log_in(address, key)
        for path in REAL:
            counts = upload(screen, path, bentuk=".csv")
            assert counts["dinilai"] > 0.9 * counts["dibaca"] > 0, path.name
            assert counts["ditandai"] + counts["perlu diperiksa"] > 0, path.name
        screen.go("/konsol/antrean")
        assert screen.page.locator("[data-list] tbody tr").count() > 0
