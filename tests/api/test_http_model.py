"""GET /model/card: the card of the model that answers, as Markdown or as a page that loads nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fakes import FakeScorer
from http_client import Api, make_api, problem

from app.api.cardpage import POLICY, STYLE, page, pictures_of
from app.api.model import prefers_html
from app.policy.types import Words
from app.scoring.errors import NoModel

CARD = """# Model card: palsu 0

## What it is for

It indicates; a <b>person</b> decides & `netra evaluate` measures.
A second line.

- One thing, which goes
  on in the next line.
- Another.

| election | n |
| --- | ---: |
| pooled | 12 |
| a < b | - |

2 more are not measured.

![Reliability](reliability.svg)

![Gone](gone.svg)
"""
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"></svg>'
HTML = "text/html"


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A models folder whose active bundle is the fake scorer's, as far as the card goes."""
    folder = tmp_path / "models" / "satu"
    folder.mkdir(parents=True)
    manifest = {"name": FakeScorer.info.name, "version": FakeScorer.info.version, "files": {}, "libraries": {}}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (folder / "CARD.md").write_text(CARD, encoding="utf-8")
    (folder / "reliability.svg").write_bytes(SVG)
    (folder.parent / "ACTIVE").write_text(f"satu {'0' * 64}\n", encoding="ascii")
    return folder.parent


@pytest.fixture
def api(models: Path) -> Iterator[Api]:
    with make_api(models_dir=models) as running:
        yield running


def test_markdown_unless_a_page_is_asked_for(api: Api) -> None:
    response = api.get("/model/card")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/markdown; charset=utf-8"
    assert response.headers["vary"] == "Accept"
    assert response.text == CARD
    assert response.headers["content-security-policy"].startswith("default-src 'none'")


def test_a_page_for_browsers(api: Api) -> None:
    response = api.get("/model/card", Accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["content-security-policy"] == POLICY
    assert "<h1>Model card: palsu 0</h1>" in response.text
    assert "data:image/svg+xml;base64," in response.text


@pytest.mark.parametrize("name", ["satu", None])
def test_the_bundle_is_the_one_of_the_settings(models: Path, name: str | None) -> None:
    chosen = str(models / "satu") if name is None else name
    (models / "ACTIVE").unlink()
    with make_api(models_dir=models, model=chosen) as api:
        assert api.get("/model/card").text == CARD


def test_without_a_model_there_is_no_card(models: Path) -> None:
    def load(_: object) -> FakeScorer:
        raise NoModel(Words("tidak ada", "none"))

    with make_api(models_dir=models, load=load) as api:
        assert problem(api.get("/model/card"))["slug"] == "model-unavailable"


def test_the_card_is_that_of_the_model_that_answers_whatever_is_active(models: Path, api: Api) -> None:
    (models / "ACTIVE").write_text(f"dua {'0' * 64}\n", encoding="ascii")
    assert api.get("/model/card").text == CARD


@pytest.mark.parametrize("what", ["CARD.md", "manifest.json", "satu"])
def test_a_card_that_is_not_there(models: Path, api: Api, what: str) -> None:
    if what == "satu":
        (models / what).rename(models / "dua")
    else:
        (models / "satu" / what).unlink()
    found = problem(api.get("/model/card"))
    assert (found["slug"], found["reason"]) == ("not-found", "no_card")


@pytest.mark.parametrize("content", ["bukan json", '{"name": "lain", "version": "0", "files": {}, "libraries": {}}'])
def test_the_card_of_another_model_is_not_shown(models: Path, api: Api, content: str) -> None:
    (models / "satu" / "manifest.json").write_text(content, encoding="utf-8")
    assert problem(api.get("/model/card"))["reason"] == "no_card"


def test_a_card_that_cannot_be_read(models: Path, api: Api) -> None:
    (models / "satu" / "CARD.md").write_bytes(b"\xff\xfe\xff")
    assert problem(api.get("/model/card"))["reason"] == "no_card"


@pytest.mark.parametrize(
    ("accept", "html"),
    [
        (None, False),
        ("", False),
        ("*/*", False),
        ("text/*", False),
        ("text/html", True),
        ("TEXT/HTML ; Q=0.5", True),
        ("text/html;q=0", False),
        ("text/html;q=banyak", False),
        ("text/html, text/markdown", False),
        ("text/html, text/markdown;q=0.9", True),
        ("text/html;q=0.2, */*", False),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", True),
        ("application/json", False),
        (";;;,,q=", False),
    ],
)
def test_what_a_caller_prefers(accept: str | None, html: bool) -> None:
    assert prefers_html(accept) == html


# -- the page -------------------------------------------------------------------------------------------------------


class Outline(HTMLParser):
    """Tags as they nest, and the text in them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.words: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.words.append((self.open[-1], data))


def test_everything_of_the_card_is_on_the_page() -> None:
    outline = Outline(page(CARD, {"reliability.svg": SVG}))
    assert not outline.open
    for found in (
        ("h1", "Model card: palsu 0"),
        ("h2", "What it is for"),
        ("code", "netra evaluate"),
        ("li", "One thing, which goes on in the next line."),
        ("li", "Another."),
        ("th", "election"),
        ("td", "a < b"),
        ("p", "2 more are not measured."),
        ("figcaption", "Reliability"),
    ):
        assert found in outline.words
    assert outline.tags.count("tr") == 3
    assert outline.tags.count("img") == 1


def test_what_a_card_says_is_never_markup() -> None:
    card = '# <script>x</script>\n\n<img src=x onerror=y>\n\n| <i> |\n| --- |\n| "<u>" |\n\n![a"<b](x.svg)\n'
    text = page(card, {"x.svg": b"</svg><script>"})
    outline = Outline(text)
    assert set(outline.tags) <= {
        *("html", "head", "meta", "title", "style", "body", "h1", "p", "table", "thead", "tbody", "tr", "th", "td"),
        *("figure", "figcaption", "img"),
    }
    assert "onerror=y>" not in text
    assert outline.tags.count("img") == 1


def test_the_page_loads_nothing() -> None:
    text = page(CARD, {"reliability.svg": SVG})
    assert not re.search(r"https?://|<script|<link|@import|url\(", text.replace(STYLE, ""))
    assert not re.search(r"url\(|@import", STYLE)


def test_pictures_are_files_beside_the_card_only() -> None:
    assert pictures_of(CARD) == ["reliability.svg", "gone.svg"]
    assert pictures_of("![a](../x.svg) ![b](/etc/x.svg) ![c](x.png) ![d](http://x/y.svg)") == []
