"""A model card as a page that stands alone: the Markdown that ``training.card`` writes, pictures inside, no script.

Only what cards use is understood: headings, paragraphs, lists, tables, pictures and code words. All else is text.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from html import escape

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;color:#1b1b1b;background:#fff;max-width:60rem;margin:2rem auto}"
    "body{padding:0 1rem}"
    "table{border-collapse:collapse;display:block;overflow-x:auto;font-size:.875rem;margin:1rem 0}"
    "th,td{border:1px solid #b5b5b5;padding:.25rem .5rem;text-align:left;white-space:nowrap}"
    "th{background:#efefef}img{max-width:100%;height:auto}h1,h2,h3{line-height:1.25}code{background:#efefef}"
)


def source_of(style: str) -> str:
    """What a content policy calls a style that stands in its page."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"


#: The page may show its own style and the pictures inside it, and nothing from anywhere.
POLICY = f"default-src 'none'; img-src data:; frame-ancestors 'none'; style-src {source_of(STYLE)}"
_PICTURE = re.compile(r"!\[(?P<alt>[^\[\]]*)\]\((?P<name>[A-Za-z0-9_-]+\.svg)\)")
_CODE = re.compile(r"`([^`]+)`")
_RULE = re.compile(r"\|( *:?-+:? *\|)+")


def page(card: str, pictures: Mapping[str, bytes]) -> str:
    """The card as a page of its own, as ``body`` has it."""
    title = escape(card.partition("\n")[0].lstrip("# "))
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
    head += f"<style>{STYLE}</style>"
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>{body(card, pictures)}</body></html>\n'


def body(card: str, pictures: Mapping[str, bytes]) -> str:
    """The card as HTML; ``pictures`` are SVG files by name, and a picture that is not among them is left out."""
    return _joined([_block(block.split("\n"), pictures) for block in re.split(r"\n{2,}", card.strip("\n"))])


def pictures_of(card: str) -> list[str]:
    """File names of the pictures that a card shows."""
    return [found["name"] for found in _PICTURE.finditer(card)]


def _joined(blocks: Sequence[str]) -> str:
    return "\n".join(block for block in blocks if block)


def _block(lines: Sequence[str], pictures: Mapping[str, bytes]) -> str:
    first = lines[0]
    if first.startswith("#"):
        level = min(len(first) - len(first.lstrip("#")), 6)
        return f"<h{level}>{_words(first.lstrip('# '))}</h{level}>"
    if len(lines) > 1 and first.startswith("|") and _RULE.fullmatch(lines[1]):
        table = [line for line in lines if line.startswith("|")]
        rest = [line for line in lines if not line.startswith("|")]
        return _joined([_table(table), _paragraph(rest)])
    if first.startswith("- "):
        return _list(lines)
    picture = _PICTURE.fullmatch(first)
    if picture:
        return _picture(picture["alt"], pictures.get(picture["name"]))
    return _paragraph(lines)


def _words(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", escape(text))


def _paragraph(lines: Sequence[str]) -> str:
    return f"<p>{_words(' '.join(lines))}</p>" if lines else ""


def _table(lines: Sequence[str]) -> str:
    head, *body = [_cells(line) for line in (lines[0], *lines[2:])]
    columns = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in body)
    return f"<table><thead><tr>{columns}</tr></thead><tbody>{rows}</tbody></table>"


def _cells(line: str) -> list[str]:
    return [_words(cell.strip()) for cell in line.strip().strip("|").split("|")]


def _list(lines: Sequence[str]) -> str:
    """Items begin with a dash; an indented line goes on with the one before."""
    items: list[str] = []
    for line in lines:
        if line.startswith("- ") or not items:
            items.append(line.removeprefix("- "))
        else:
            items[-1] += f" {line.strip()}"
    return f"<ul>{''.join(f'<li>{_words(item)}</li>' for item in items)}</ul>"


def _picture(alt: str, svg: bytes | None) -> str:
    if svg is None:
        return ""
    source = f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"
    return f'<figure><img src="{source}" alt="{escape(alt)}"><figcaption>{escape(alt)}</figcaption></figure>'
