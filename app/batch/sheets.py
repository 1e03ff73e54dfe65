"""Which sheet of a workbook was read, and that others were not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.policy.types import Words

#: The longest title that Excel allows.
_LONGEST_TITLE: Final = 31
_OF_OTHERS: Final = Words(
    "Dari buku kerja {file} hanya lembar “{title}” yang dibaca; {others} lembar lain yang terlihat dan berisi tidak "
    "dibaca. Simpan lembar lain sebagai berkas tersendiri bila juga perlu dinilai.",
    "Of workbook {file} only the sheet “{title}” is read; {others} other visible sheets with content are not. "
    "Save each other sheet as a file of its own if it is to be scored too.",
)


@dataclass(frozen=True, slots=True)
class SheetRead:
    """The sheet of a workbook that is read, and how many further visible ones hold something."""

    file: str
    title: str
    others: int

    def told(self, file: str | None = None) -> Words:
        """That the others are not read; ``file`` is what the workbook is called where that is not its own name."""
        fields = {"file": file or self.file, "title": self.title, "others": self.others}
        return Words(_OF_OTHERS.id.format(**fields), _OF_OTHERS.en.format(**fields))


def shown_title(title: str) -> str:
    """A title in one line, no longer than Excel has them."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in title).split())
    return plain[:_LONGEST_TITLE]
