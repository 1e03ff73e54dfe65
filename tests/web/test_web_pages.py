"""Every page: its structure, what it may load, its languages, and what is shown when something goes wrong."""

from __future__ import annotations

import re
from typing import Any

import pytest
from webkit import Console, Page

from app.access.routes import CONSOLE
from app.problems import all_problems
from app.web.assets import STATIC, address_of, assets
from app.web.problempages import _HINTS
from app.web.render import POLICY
from app.web.wordbook import words

#: Pages that need nothing but their address; those of an item are in the tests of items.
PLAIN = ["/konsol/masuk", *sorted(route[4:] for route in CONSOLE if re.fullmatch(r"GET /konsol/[^{]+", route))]
BROKEN = ["/konsol/tidak-ada", "/konsol/keluar", "/konsol/aset/zqx.css"]


def faults(page: Page) -> list[str]:
    """What would keep somebody from reading or using a page, by rules that need no browser."""
    tree = page.tree
    return [
        *_structure(tree),
        *_names(tree),
        *(f"id twice: {name}" for name in _twice(tree.xpath("//@id"))),
        *(f"no such id: {name}" for name in _references(tree) - set(tree.xpath("//@id"))),
    ]


def _structure(tree: Any) -> list[str]:
    counts = {"h1": 1, "main": 1, "title": 1, "header": 1}
    found = [
        f"{name}: {len(tree.xpath(f'//{name}'))}"
        for name, many in counts.items()
        if len(tree.xpath(f"//{name}")) != many
    ]
    found += [] if tree.get("lang") in ("id", "en") else ["no language"]
    levels = [int(heading.tag[1]) for heading in tree.xpath("//h1|//h2|//h3|//h4")]
    found += ["a level of headings is left out"] * any(b > a + 1 for a, b in zip(levels, levels[1:], strict=False))
    found += ["a positive tabindex"] * bool([t for t in tree.xpath("//@tabindex") if int(t) > 0])
    found += ["a table without headings"] * bool(tree.xpath("//table[not(.//th[@scope])]"))
    return found


def _names(tree: Any) -> list[str]:
    labelled = set(tree.xpath("//label/@for"))
    fields = tree.xpath("//input[@type != 'hidden' or not(@type)] | //select | //textarea")
    unnamed = [
        f for f in fields if f.get("id") not in labelled and not f.get("aria-label") and not f.xpath("ancestor::label")
    ]
    empty = [e for e in tree.xpath("//a | //button | //label | //th | //legend") if not _name(e)]
    groups = tree.xpath("//fieldset[not(legend)]")
    pictures = tree.xpath(
        "//img[not(@alt)] | //svg[not(@role='img' and (title or @aria-label)) and not(@aria-hidden='true')]"
    )
    return [f"without a name: {e.tag} {dict(e.attrib)}" for e in (*unnamed, *empty, *groups, *pictures)]


def _name(element: Any) -> str:
    return element.get("aria-label") or "".join(element.text_content().split()) or "".join(element.xpath(".//img/@alt"))


def _references(tree: Any) -> set[str]:
    said = tree.xpath("//@for | //@aria-describedby | //@aria-labelledby | //@aria-controls")
    inside = {link[1:] for link in tree.xpath("//a/@href") if link.startswith("#")}
    return {name for names in said for name in names.split()} | inside


def _twice(names: list[str]) -> set[str]:
    return {name for name in names if names.count(name) > 1}


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("path", [*PLAIN, *BROKEN])
def test_a_page_can_be_read_and_used_by_everybody(shared: Console, path: str, language: str) -> None:
    shared.get(f"/konsol/bahasa?pilih={language}")
    page = shared.get(path)
    shared.get("/konsol/bahasa?pilih=id")
    assert faults(page) == []
    assert page.tree.get("lang") == page.response.headers["content-language"] == language


@pytest.mark.parametrize("path", [*PLAIN, *BROKEN])
def test_a_page_loads_nothing_but_what_is_ours(shared: Console, path: str) -> None:
    page = shared.get(path)
    assert page.response.headers["content-security-policy"] == POLICY
    assert page.response.headers["cache-control"] == "no-store"
    assert page.response.headers["referrer-policy"] == "same-origin"  # else browsers send forms from nowhere
    loaded = page.tree.xpath("//script/@src | //link/@href | //img/@src")
    assert loaded
    assert all(address.startswith(("/konsol/aset/", "data:")) for address in loaded)
    assert not page.tree.xpath("//style | //@style | //script[not(@src)]")


def test_the_policy_lets_nothing_run_that_is_written_into_a_page() -> None:
    assert "unsafe" not in POLICY
    assert POLICY.startswith("default-src 'none'; ")
    assert not re.search(r"https?:|\*", POLICY)


def test_indonesian_comes_first_whatever_the_browser_prefers(console: Console) -> None:
    console.forget()
    assert console.get("/konsol/masuk", Accept_Language="en").tree.get("lang") == "id"


def test_the_language_is_switched_and_kept_where_one_is(shared: Console) -> None:
    link = shared.get("/konsol/bantuan").tree.xpath("//a[@hreflang]/@href")[0]
    switched = shared.get(link)
    assert (switched.status, switched.to) == (303, "/konsol/bantuan")
    page = shared.get(switched.to)
    assert page.title == words("en")["help.title"]
    back = shared.get(page.tree.xpath("//a[@hreflang]/@href")[0])
    assert shared.get(back.to).title == words("id")["help.title"]


@pytest.mark.parametrize("language", ["", "xx", "ID"])
def test_there_is_no_third_language(shared: Console, language: str) -> None:
    assert shared.get(f"/konsol/bahasa?pilih={language}").status == 404


@pytest.mark.parametrize("path", ["/konsol/zqxmark", "/konsol/bantuan/zqxmark", "/konsol/bahasa?pilih=zqxmark"])
def test_a_page_of_a_problem_says_what_to_do_and_repeats_nothing(shared: Console, path: str) -> None:
    page = shared.get(path)
    assert (page.status, page.title) == (404, "Alamat ini tidak ada")
    assert words("id")["problem.absent"] in page.words
    assert page.response.headers["x-request-id"] in page.words
    assert "zqxmark" not in page.text


def test_what_breaks_is_a_page_too(shared: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("zqxmark")

    monkeypatch.setattr("app.access.ring.KeyRing.readmit", broken)
    page = shared.get("/konsol/bantuan")
    assert (page.status, page.title) == (500, "Terjadi kesalahan di layanan")
    assert "zqxmark" not in page.text


def test_every_status_of_a_problem_has_something_to_do_next() -> None:
    said = {kind.status for kind in all_problems()} - set(_HINTS)
    assert said == {400, 405, 415, 500}  # these say "try again, then report it"


def test_problems_outside_the_console_stay_problems(shared: Console) -> None:
    response = shared.api.get("/konsolx")
    assert response.headers["content-type"] == "application/problem+json"


# -- style and script -------------------------------------------------------------------------------------------------


def test_files_are_served_for_good_under_the_address_of_their_content(shared: Console) -> None:
    for name, file in assets().items():
        response = shared.api.get(address_of(name))
        assert response.content == file.content == (STATIC / name).read_bytes()
        assert response.headers["content-type"].startswith(file.media_type)
        assert "immutable" in response.headers["cache-control"]
        assert shared.api.get(f"/konsol/aset/{name}?v=x").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", ["zqx.css", "..%2Frender.py", "konsol.css%00", "%2Fetc%2Fpasswd"])
def test_nothing_else_is_served(shared: Console, name: str) -> None:
    assert shared.get(f"/konsol/aset/{name}").status == 404


def test_no_file_loads_anything_from_anywhere() -> None:
    for name, file in assets().items():
        text = file.content.decode("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?:|//[a-z]|@import|url\(", text), name


CSS = (STATIC / "konsol.css").read_text(encoding="utf-8")
COLOURS = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", CSS))
#: Text on its ground, wherever both meet.
PAIRS = [
    ("ink", "paper"),
    ("ink", "ground"),
    ("soft", "paper"),
    ("soft", "ground"),
    ("link", "paper"),
    ("link", "ground"),
    ("navy", "ground"),
    ("on-navy", "navy"),
    ("on-navy", "link"),
    ("navy-soft", "navy"),
    ("for", "for-ground"),
    ("for", "paper"),
    ("ink", "for-ground"),
    ("against", "against-ground"),
    ("ink", "against-ground"),
    ("doubt", "doubt-ground"),
    ("good", "good-ground"),
    ("link", "good-ground"),
]
#: Edges and marks that carry a meaning, against what they stand on: 3 is enough.
MARKS = [("edge", "paper"), ("edge", "ground"), ("focus", "paper"), ("focus", "ground"), ("on-navy", "navy")]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted(luminance(COLOURS[name]) for name in (one, other))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(text: str, ground: str) -> None:
    assert contrast(text, ground) >= 4.5


@pytest.mark.parametrize(("mark", "ground"), MARKS)
def test_edges_and_focus_can_be_seen(mark: str, ground: str) -> None:
    assert contrast(mark, ground) >= 3


def test_colours_are_named_in_one_place() -> None:
    _, _, rules = CSS.partition("\n}\n")
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|rgb|hsl", rules)
    used = set(re.findall(r"var\(--([a-z-]+)\)", CSS))
    assert used - {"radius"} <= set(COLOURS)
    assert set(COLOURS) <= used


def test_every_pair_of_colours_of_one_rule_is_among_those_computed() -> None:
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", CSS):
        text = re.search(r"(?<![a-z-])color: var\(--([a-z-]+)\)", body)
        ground = re.search(r"background: var\(--([a-z-]+)\)", body)
        if text and ground:
            assert (text[1], ground[1]) in PAIRS, selector.strip()


def test_focus_is_never_hidden() -> None:
    hidden = re.findall(r"([^{}]+)\{[^{}]*outline: (?:none|0)", CSS)
    assert [selector.strip() for selector in hidden] == ["main:focus"]  # it is focused by the skip link only
