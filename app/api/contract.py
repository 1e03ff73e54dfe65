"""The committed contract: ``python -m app.api.contract`` writes docs/openapi.json and the table in docs/settings.md."""

from __future__ import annotations

import json
import re
from pathlib import Path

from app.main import create_app
from app.settings import default_settings, settings_table

DOCS = Path(__file__).resolve().parents[2] / "docs"
_TABLE = re.compile(r"(?<=<!-- settings -->\n).*?(?=<!-- /settings -->)", re.DOTALL)


def openapi_text() -> str:
    """The OpenAPI document under default settings, as it stands in docs/openapi.json."""
    document = create_app(default_settings()).openapi()
    return json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def with_settings_table(page: str) -> str:
    """``page`` with the table between its markers made anew."""
    return _TABLE.sub(lambda _: settings_table(), page)


def write(docs: Path = DOCS) -> None:
    """Bring openapi.json and settings.md in the folder ``docs`` up to date."""
    (docs / "openapi.json").write_text(openapi_text(), encoding="utf-8")
    page = docs / "settings.md"
    page.write_text(with_settings_table(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    write()
