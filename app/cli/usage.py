"""A command line that was typed wrong, said in Indonesian; with ``--en`` the library's own words are left alone.

What was typed is shown again only where it can be nothing but the name of a command or an option: everything else may
be a post.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import takewhile
from typing import Any, Final

import typer
from typer.core import TyperGroup

from app.cli import common
from app.cli.environment import misspelt
from app.cli.helping import framed, in_english

#: What the library raises for all of these; of it only this one child has a public name.
USAGE_ERROR: Final[type[Exception]] = typer.BadParameter.__bases__[0]
_ENGLISH: Final = "netra.english"
_NAME: Final = re.compile(r"-{0,2}[A-Za-z][A-Za-z0-9_-]{0,30}")
_INVALID: Final = "Nilai untuk {} tidak sesuai"
#: The library's words and ours; the first pattern that fits counts.
_WORDS: Final[tuple[tuple[str, str], ...]] = (
    (r"Missing argument '(.+?)'.*", "Argumen {} belum diisi."),
    (r"Missing option (.+?)\.(?: .*)?", "Pilihan {} wajib diisi."),
    (r"Missing command\.", "Perintahnya belum disebut."),
    (r"No such command '(.+)'\. Did you mean (.+)\?", "Perintah {} tidak ada. Maksudnya {}?"),
    (r"No such command '(.+)'\.", "Perintah {} tidak ada."),
    (r"No such option: (.+?) \(Possible options: (.+)\)", "Pilihan {} tidak ada. Maksudnya {}?"),
    (r"No such option: (.+?)(?: Did you mean .+)?", "Pilihan {} tidak ada; teks yang diawali - ditulis setelah --."),
    (r"Option '(.+?)' requires .+", "Pilihan {} memerlukan nilai."),
    (r"Option '(.+?)' does not take a value\.", "Pilihan {} tidak memakai nilai."),
    (r"Got unexpected extra argument.*", "Terlalu banyak argumen; apit teks yang berisi spasi dengan tanda kutip."),
    (r"Invalid value for (.+?): Input should be a valid integer.*", f"{_INVALID}: harus bilangan bulat."),
    (r"Invalid value for (.+?): Input should be a valid number.*", f"{_INVALID}: harus bilangan."),
    (r"Invalid value for (.+?): Input should be greater than or equal to (.+)", f"{_INVALID}: paling kecil {{}}."),
    (r"Invalid value for (.+?): Input should be less than or equal to (.+)", f"{_INVALID}: paling besar {{}}."),
    (r"Invalid value for (.+?): .*", f"{_INVALID}."),
)


class IndonesianGroup(TyperGroup):
    """The root of the commands: what of a command line cannot be understood is said by :func:`in_indonesian`.

    Help is Indonesian, unless ``--en`` is anywhere beside ``--help``.
    """

    def make_context(self, info_name: str | None, args: list[str], *rest: Any, **extra: Any) -> Any:  # noqa: ANN401 - its
        args, english = _en_first(args)
        (in_english if english else framed)(self)
        common.speak(common.language(english))
        with _said(english):
            ctx = super().make_context(info_name, args, *rest, **extra)
            ctx.meta[_ENGLISH] = english
            return ctx

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - types have no public names
        for told in misspelt(os.environ):
            common.warn(told)
        with _said(ctx.meta[_ENGLISH]):
            return super().invoke(ctx)


def _en_first(args: list[str]) -> tuple[list[str], bool]:
    """The words typed with ``--en``, if it is among them, in front: there it holds for every command, and for help."""
    options = list(takewhile("--".__ne__, args))
    if "--en" not in options:
        return args, False
    return ["--en", *(word for word in options if word != "--en"), *args[len(options) :]], True


def asked_for(command: Any, options: Mapping[str, bool]) -> dict[str, Any]:  # noqa: ANN401 - as above
    """``options`` for every command below ``command``, as the library keeps what holds where nothing was typed."""
    return {name: {**options, **asked_for(one, options)} for name, one in getattr(command, "commands", {}).items()}


def in_indonesian(message: str) -> str:
    """What the library says of a command line in our words; without any detail where they are not known."""
    for pattern, told in _WORDS:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            return " ".join(told.format(*map(_shown, found.groups())).split())
    return "Perintah tidak dapat dipahami."


def _shown(typed: str) -> str:
    """Names of commands or options, or a number; nothing of what may be anything else."""
    parts = [part.strip("' ") for part in re.split(r" / |, ", typed)]
    return " / ".join(parts) if all(_NAME.fullmatch(part) or part.isdigit() for part in parts) else ""


@contextmanager
def _said(english: bool) -> Iterator[None]:
    try:
        yield
    except USAGE_ERROR as error:
        if english or type(error).__name__ == "NoArgsIsHelpError":
            raise
        ctx = getattr(error, "ctx", None)
        hint = f"\nLihat: {ctx.command_path} --help" if ctx else ""
        common.fail(in_indonesian(error.format_message()) + hint, common.BAD_USAGE)  # type: ignore[attr-defined]
