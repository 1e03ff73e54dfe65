"""``--help`` in one language: in Indonesian what the library puts around our words, in English our words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from types import ModuleType
from typing import Any, Final

import typer

#: Where the library keeps its own words, and ours.
_FRAME: Final[Mapping[str, str]] = {
    "ARGUMENTS_PANEL_TITLE": "Argumen",
    "OPTIONS_PANEL_TITLE": "Pilihan",
    "COMMANDS_PANEL_TITLE": "Perintah",
    "REQUIRED_LONG_STRING": "[wajib]",
    "DEFAULT_STRING": "[bawaan: {}]",
}
_USAGE: Final = "Pemakaian: "
_OF_HELP: Final = "Tampilkan bantuan ini."
_PLACEHOLDERS: Final[Mapping[str, str]] = {
    "options_metavar": "[PILIHAN]",
    "subcommand_metavar": "PERINTAH [ARGUMEN]...",
}


def framed(command: Any) -> None:  # noqa: ANN401 - types of commands have no public names
    """Have ``command`` and all commands below it show their help in our frame."""
    command.context_class = _Framed
    for below in getattr(command, "commands", {}).values():
        framed(below)


def in_english(command: Any) -> None:  # noqa: ANN401 - types of commands have no public names
    """Have ``command`` and all commands below it show our words in English, too, in the library's own frame."""
    from app.cli.helpwords import ENGLISH

    for told in (command, *command.params):
        told.help = ENGLISH.get(told.help, told.help)
    for below in getattr(command, "commands", {}).values():
        in_english(below)


class _Framed(typer.Context):
    """The context of a command whose help is Indonesian."""

    def get_help(self) -> str:
        from typer import rich_utils  # takes a tenth of a second, and only help needs it

        command: Any = self.command
        command.get_help_option(self).help = _OF_HELP
        for name, told in _PLACEHOLDERS.items():
            setattr(command, name, told)
        with _replaced(rich_utils, _FRAME):
            return super().get_help()

    def make_formatter(self) -> Any:  # noqa: ANN401 - its type has no public name
        formatter: Any = super().make_formatter()
        formatter.write_usage = partial(formatter.write_usage, prefix=_USAGE)
        return formatter


@contextmanager
def _replaced(module: ModuleType, words: Mapping[str, str]) -> Iterator[None]:
    before = {name: vars(module)[name] for name in words if name in vars(module)}  # another version may lack some
    vars(module).update({name: words[name] for name in before})
    try:
        yield
    finally:
        vars(module).update(before)
