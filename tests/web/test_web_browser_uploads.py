"""Uploads and the dashboard in a real browser: without script, on a small screen, and as assistive tools see them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from browserkit import Served, window
from test_web_browser import SMALL, TOO_FAINT, WIDE, chromium, nameless, service, shown, tab, unreached
from web.uploadkit import lines

from app.web.wordbook import words

__all__ = ["chromium", "service", "tab"]
pytestmark = pytest.mark.enable_socket

ID = words("id")
ONE = re.compile(r"/konsol/unggahan/[0-9a-f]{32}$")


def sent(page: Any, folder: Path, content: bytes, name: str = "unggahan.csv") -> None:
    """Send a file; leaves the browser at its preview."""
    (folder / name).write_bytes(content)
    page.goto("/konsol/unggahan")
    page.set_input_files("#berkas", folder / name)
    page.click("main button.primary")
    page.wait_for_url(ONE)


def scored(page: Any, folder: Path, content: bytes) -> None:
    """Send a file and have it scored; leaves the browser at its result."""
    sent(page, folder, content)
    page.click("form[action$='/mulai'] button.primary")
    shown(page, "dl.figures")


@pytest.mark.parametrize("size", [WIDE, SMALL], ids=["wide", "small"])
def test_pages_can_be_read_and_used_by_everybody(
    tab: Any, service: Served, tmp_path: Path, size: dict[str, int]
) -> None:
    tab.set_viewport_size(size)
    wide = b"text,kolom_yang_lebar_sekali,lain\n" + b"ayo coblos nomor 2 " + b"panjang" * 40 + b",x,y\n"
    sent(tab, tmp_path, wide, "nama_berkas_yang_panjang_sekali_" * 3 + ".csv")
    preview = tab.url
    scored(tab, tmp_path, lines(30))
    for path in [preview, tab.url, "/konsol/unggahan", "/konsol/dasbor"]:
        tab.goto(path)
        for plot in tab.locator("figure details summary").all():
            plot.click()
        assert tab.evaluate(TOO_FAINT) == [], path
        assert nameless(tab) == [], path
        assert tab.evaluate("document.documentElement.scrollWidth") <= size["width"], path
    assert tab.said == []
    assert all(address.startswith(service.base) for address in tab.asked if not address.startswith("data:"))


def test_everything_is_reached_by_tab_and_shows_it(tab: Any, tmp_path: Path) -> None:
    sent(tab, tmp_path, lines(30))
    preview = tab.url
    scored(tab, tmp_path, lines(30))
    for path in [preview, tab.url, "/konsol/unggahan", "/konsol/dasbor"]:
        tab.goto(path)
        assert unreached(tab) == [], path


def test_everything_can_be_done_without_script(chromium: Any, service: Served, tmp_path: Path) -> None:
    """Also a run is followed: its page loads itself again."""
    context = window(chromium, service, java_script_enabled=False)
    page = context.new_page()
    page.goto("/konsol/masuk")
    page.fill("#kunci", service.anna)
    page.click("main button")
    page.wait_for_url("**/konsol/antrean")
    scored(page, tmp_path, lines(4000))
    assert page.inner_text("dl.figures dd >> nth=0") == "4.000"
    page.goto("/konsol/dasbor")
    page.click("figure details summary >> nth=0")
    page.wait_for_selector("figure table >> nth=0")
    context.close()


def test_a_file_over_the_limit_is_not_even_sent(tab: Any, tmp_path: Path) -> None:
    (tmp_path / "besar.csv").write_bytes(b"text\n" + b"x" * 5000)
    tab.goto("/konsol/unggahan")
    tab.evaluate("document.querySelector('[data-most-bytes]').dataset.mostBytes = '4000'")
    tab.set_input_files("#berkas", tmp_path / "besar.csv")
    said = tab.locator("[data-too-large]")
    assert said.is_visible()
    tab.click("main button.primary")
    assert tab.url.endswith("/konsol/unggahan")
    (tmp_path / "kecil.csv").write_bytes(b"text\nhalo\n")
    tab.set_input_files("#berkas", tmp_path / "kecil.csv")
    assert not said.is_visible()
    tab.click("main button.primary")
    tab.wait_for_url(ONE)


def test_plots_are_drawn_in_the_colours_of_the_page(tab: Any, service: Served) -> None:
    service.queue("ayo coblos nomor 2")
    tab.goto("/konsol/dasbor")
    filled = tab.evaluate("[...document.querySelectorAll('.chart rect')].map((r) => getComputedStyle(r).fill)")
    assert filled
    assert "rgb(0, 0, 0)" not in filled  # what has no style is black
    sizes = tab.evaluate("[...document.querySelectorAll('svg[role=img]')].map((s) => s.getBoundingClientRect().width)")
    assert min(sizes) > 200
    assert ID["board.by_kind"] in tab.inner_text("main")
