"""What is wrong with settings in the environment, said by their names and by what would fit, never by their values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from pydantic import ValidationError

from app.policy.types import Words
from app.settings import PREFIX, Settings, variable_of

#: How alike two names are of which one is taken for the other misspelt; what an orchestrator sets for a service that is
#: called netra (``NETRA_PORT``, ``NETRA_SERVICE_HOST``) is no setting's likeness.
_ALIKE: Final = 0.85
#: What would fit, by pydantic's name of the fault.
_FITTING: Final[Mapping[str, Words]] = {
    "int_parsing": Words("harus bilangan bulat", "a whole number"),
    "float_parsing": Words("harus bilangan", "a number"),
    "bool_parsing": Words("true atau false", "true or false"),
    "greater_than": Words("lebih dari {gt}", "more than {gt}"),
    "greater_than_equal": Words("paling kecil {ge}", "at least {ge}"),
    "less_than_equal": Words("paling besar {le}", "at most {le}"),
    "literal_error": Words("salah satu dari {expected}", "one of {expected}"),
    "string_too_short": Words("tidak boleh kosong", "not empty"),
    "string_pattern_mismatch": Words("nama host yang dipisahkan koma", "names of hosts, separated by commas"),
}
_UNFIT: Final = Words("Pengaturan tidak sesuai", "Settings that do not fit")


def unfit(error: ValidationError) -> Words:
    """The settings that do not fit, each with what would."""
    told = [_told(fault) for fault in error.errors(include_url=False, include_input=False)]
    return Words(
        f"{_UNFIT.id}: {', '.join(words.id for words in told)}", f"{_UNFIT.en}: {', '.join(words.en for words in told)}"
    )


def _told(fault: Any) -> Words:  # noqa: ANN401 - pydantic's own type holds any value
    name = variable_of(".".join(map(str, fault["loc"])))
    fitting = _FITTING.get(fault["type"])
    if fitting is None:
        return Words(name, name)
    limits = {key: _plain(value) for key, value in fault.get("ctx", {}).items()}
    return Words(*(f"{name} ({words.format(**limits)})" for words in fitting))


def _plain(limit: object) -> str:
    """A limit as it is typed: of ``'on' or 'off'`` what stands between the quotation marks."""
    return ", ".join(re.findall(r"'([^']*)'", limit)) if isinstance(limit, str) else str(limit)


def misspelt(variables: Iterable[str]) -> Iterator[Words]:
    """For every variable that is no setting but looks like one, that nobody reads it."""
    for name in sorted({variable.upper() for variable in variables if variable.upper().startswith(PREFIX)}):
        meant = _meant(name)
        if meant is not None:
            yield Words(
                f"Peringatan: {name} bukan pengaturan dan diabaikan; maksudnya {meant}?",
                f"Warning: {name} is no setting and is ignored; was {meant} meant?",
            )


def _meant(name: str) -> str | None:
    """The setting's variable that another misspells or leaves unfinished; ``None`` for a setting's own."""
    endings = [setting.upper() for setting in Settings.model_fields]
    ending = name.removeprefix(PREFIX)
    if ending in endings:
        return None
    from difflib import get_close_matches  # next to no command gets here

    begun = [one for one in endings if one.startswith(f"{ending}_")]
    return next((variable_of(one) for one in begun or get_close_matches(ending, endings, 1, _ALIKE)), None)
