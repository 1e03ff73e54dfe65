"""The console in a real browser: by keyboard alone, without script, on a small screen, and as assistive tools see it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browserkit import Served, browser, served, window
from databases import opened
from sqlalchemy import select

from app.review.tables import ReviewDecision

pytestmark = pytest.mark.enable_socket

WIDE, SMALL = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
PAGES = ["/konsol/antrean", "/konsol/beda", "/konsol/coba", "/konsol/model", "/konsol/bantuan", "/konsol/tidak-ada"]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as found:
        yield found


@pytest.fixture
def service(chromium: Any, tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path) as found:
        yield found


@pytest.fixture
def tab(chromium: Any, service: Served) -> Iterator[Any]:
    """A tab in which Anna has logged in; what its console says and whom it asks is noted on it."""
    context = window(chromium, service, viewport=WIDE)
    yield logged_in(context, service)
    context.close()


def logged_in(context: Any, service: Served) -> Any:
    page = context.new_page()
    page.said, page.asked = [], []
    context.on(
        "console", lambda message: page.said.append(message.text) if message.type in ("error", "warning") else None
    )
    context.on("weberror", lambda error: page.said.append(str(error.error)))
    context.on("request", lambda request: page.asked.append(request.url))
    page.goto("/konsol/masuk")
    page.wait_for_selector("#kunci:focus")  # given when the page is first drawn, which may be after it is loaded
    page.keyboard.type(service.anna)
    page.keyboard.press("Enter")
    page.wait_for_url("**/konsol/antrean")
    return page


def decisions(service: Served) -> list[tuple[str, str | None, bool]]:
    with opened(service.settings) as store, store.read() as tx:
        made = tx.scalars(select(ReviewDecision).order_by(ReviewDecision.decided_at))
        return [(one.label, one.reason, one.undone_at is not None) for one in made]


def shown(page: Any, selector: str) -> None:
    """Wait for what a new page holds, and for the rest of that page: its script hears no key before."""
    page.wait_for_selector(selector)
    page.wait_for_load_state()


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.tagName"))


def test_three_items_are_reviewed_by_keyboard_alone(tab: Any, service: Served) -> None:
    for words in ("ayo coblos nomor 2", "coblos besok", "masih ragu"):
        service.queue(words)
    tab.reload()
    tab.keyboard.press("n")
    tab.wait_for_url("**/konsol/butir/*")
    tab.keyboard.press("d")
    assert focused(tab) == "reason"
    tab.keyboard.type("Ada ajakan mencoblos.")
    tab.keyboard.press("Control+Enter")
    tab.wait_for_url("**usai=*")
    second = tab.url
    tab.keyboard.press("b")
    tab.keyboard.type("Mengutip berita.")
    tab.keyboard.press("Escape")
    tab.keyboard.press("r")  # thought better of it: doubt needs no reason, and the focus is on saving
    assert focused(tab) == "BUTTON"
    tab.keyboard.press("Enter")
    tab.wait_for_url(lambda url: url != second and "usai=" in url)
    tab.keyboard.press("l")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/konsol/antrean?usai=*")
    tab.keyboard.press("u")
    tab.wait_for_url("**/konsol/butir/*")
    assert decisions(service) == [
        ("dukungan", "Ada ajakan mencoblos.", False),
        ("ragu", "Mengutip berita.", False),
        ("lewati", None, True),
    ]
    assert tab.said == []


def test_the_queue_is_walked_by_keyboard(tab: Any, service: Served) -> None:
    for words in ("ayo coblos nomor 2", "coblos besok"):
        service.queue(words)
    tab.reload()
    tab.keyboard.press("j")
    first = tab.evaluate("document.activeElement.href")
    tab.keyboard.press("j")
    assert tab.evaluate("document.activeElement.href") != first
    tab.keyboard.press("k")
    tab.keyboard.press("Enter")
    tab.wait_for_url(first)
    tab.keyboard.press("t")
    shown(tab, "form[data-decide]")
    tab.keyboard.press("q")
    tab.wait_for_url("**/konsol/antrean")
    tab.keyboard.press("?")
    tab.wait_for_url("**/konsol/bantuan")


def test_keys_write_in_fields_and_can_be_turned_off(tab: Any, service: Served) -> None:
    service.queue("ayo coblos nomor 2")
    tab.goto("/konsol/coba")
    tab.keyboard.press("a")
    tab.keyboard.type("nduuk")
    assert tab.input_value("#text") == "nduuk"
    assert steps_after(tab, "n", "?") == ["submit", "navigate"]
    tab.goto("/konsol/bantuan")
    tab.click("[data-keys-switch]")
    assert tab.get_attribute("[data-keys-switch]", "aria-pressed") == "true"
    assert steps_after(tab, "n", "?") == []


def steps_after(page: Any, *keys: str) -> list[str]:
    """What keys pressed in the queue would have had the browser do; it is told before, and kept from it."""
    page.goto("/konsol/antrean")
    page.evaluate(
        """() => { window.steps = []; const held = (e) => { e.preventDefault(); steps.push(e.type); };
            addEventListener('submit', held); navigation.addEventListener('navigate', held); }"""
    )
    for key in keys:
        page.keyboard.press(key)
    return list(page.evaluate("steps"))


def test_everything_can_be_done_without_script(chromium: Any, service: Served) -> None:
    item = service.queue("ayo coblos nomor 2")
    context = window(chromium, service, java_script_enabled=False)
    page = context.new_page()
    page.goto("/konsol/masuk")
    page.fill("#kunci", service.anna)
    page.click("main button")
    page.wait_for_url("**/konsol/antrean")
    page.click("form[action='/konsol/antrean/ambil'] button")
    page.wait_for_url(f"**/konsol/butir/{item}*")
    page.click("form[action$='/putusan'] button.primary")  # nothing was chosen, and the browser says so
    page.check("input[value='bukan']")
    page.click("form[action$='/putusan'] button.primary")
    shown(page, "[role='alert']")
    assert "Alasan wajib diisi" in page.inner_text("[role='alert']")
    page.fill("#reason", "Mengutip berita.")
    page.click("form[action$='/putusan'] button.primary")
    page.wait_for_url("**usai=*")
    assert "Putusan tersimpan." in page.inner_text("main")
    page.click("form[action='/konsol/keluar'] button")
    page.wait_for_url("**/konsol/masuk")
    context.close()
    assert decisions(service) == [("bukan", "Mengutip berita.", False)]


def test_a_case_file_opens_with_its_style_and_without_complaint(tab: Any, service: Served) -> None:
    item = service.queue("ayo coblos nomor 2")
    tab.goto(f"/konsol/butir/{item}")
    with tab.context.expect_page() as opening:
        tab.keyboard.press("c")
    case = opening.value
    case.wait_for_url("**/berkas")  # a new window is an empty page first
    assert case.inner_text("h1") == f"Berkas kasus {item}"
    assert case.evaluate("getComputedStyle(document.querySelector('.notice')).borderTopWidth") == "2px"
    assert tab.said == []


# -- as everybody can use it ------------------------------------------------------------------------------------------

#: Every text whose colour is too close to what is behind it, after WCAG 2.2, 1.4.3.
TOO_FAINT = """() => {
  const parts = (c) => c.match(/[\\d.]+/g).map(Number);
  const light = (c) => { const v = parts(c).slice(0, 3).map((x) => { x /= 255; return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2]; };
  const ground = (e) => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if ((parts(c)[3] ?? 1) > 0) return c; } return 'rgb(255,255,255)'; };
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement, s = getComputedStyle(e);
    if (!walk.currentNode.data.trim() || !e.getClientRects().length || s.visibility === 'hidden') continue;
    const [a, b] = [light(s.color), light(ground(e))].sort((x, y) => x - y);
    const size = parseFloat(s.fontSize), large = size >= 24 || (size >= 18.66 && parseInt(s.fontWeight) >= 700);
    if ((b + 0.05) / (a + 0.05) < (large ? 3 : 4.5)) found.push(walk.currentNode.data.trim().slice(0, 40));
  }
  return found;
}"""
NEEDING_NAMES = {"button", "link", "textbox", "combobox", "checkbox", "radio", "heading", "img", "region"}


def nameless(page: Any) -> list[str]:
    """Roles of what assistive tools would meet without a name."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
    nodes = [node for node in tree["nodes"] if not node.get("ignored")]
    roles = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes]
    return [role for role, name in roles if role in NEEDING_NAMES and not name.strip()]


def unreached(page: Any) -> list[str]:
    """What can be used but not reached by Tab, or shows no focus when it is."""
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    usable = "a[href], button, input:not([type=hidden]):not([type=radio]), select, textarea, summary"
    many = page.evaluate(
        f"""() => {{ const all = [...document.querySelectorAll('{usable}')].filter((e) => e.checkVisibility());
            all.forEach((e, k) => e.dataset.nth = k); return all.length; }}"""
    )
    met, faint = set(), []
    for _ in range(2 * many + 20):
        page.keyboard.press("Tab")
        nth, name, outline = page.evaluate(
            "(() => { const e = document.activeElement, s = getComputedStyle(e);"
            " return [e.dataset.nth, e.outerHTML.slice(0, 60), s.outlineStyle]; })()"
        )
        if nth in met and len(met) == many:
            break
        if nth is not None:
            met.add(nth)
            faint += [name] if outline == "none" else []
    return faint + [str(k) for k in range(many) if str(k) not in met]


@pytest.mark.parametrize("size", [WIDE, SMALL], ids=["wide", "small"])
def test_pages_can_be_read_and_used_by_everybody(tab: Any, service: Served, size: dict[str, int]) -> None:
    item = service.queue("ayo coblos nomor 2 " + "panjang" * 40, action="comment", target_text="siapa?")
    tab.set_viewport_size(size)
    for path in [*PAGES, f"/konsol/butir/{item}"]:
        tab.goto(path)
        if path.endswith(item):
            tab.keyboard.press("t")
            shown(tab, "form[data-decide]")
        assert tab.evaluate(TOO_FAINT) == [], path
        assert nameless(tab) == [], path
        assert tab.evaluate("document.documentElement.scrollWidth") <= size["width"], path
    assert [said for said in tab.said if "404" not in said] == []
    assert all(address.startswith(service.base) for address in tab.asked if not address.startswith("data:"))


@pytest.mark.parametrize("path", ["/konsol/antrean", "/konsol/coba", "item"])
def test_everything_is_reached_by_tab_and_shows_it(tab: Any, service: Served, path: str) -> None:
    item = service.queue("ayo coblos nomor 2")
    tab.goto(f"/konsol/butir/{item}" if path == "item" else path)
    assert unreached(tab) == []


def test_the_link_over_the_navigation_leads_to_the_content(tab: Any) -> None:
    tab.evaluate("document.activeElement.blur()")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.keyboard.press("Enter")
    tab.wait_for_function("document.activeElement.id === 'isi'")
