"""What a key may be good for."""

from __future__ import annotations

from typing import Final, Literal, get_args

Scope = Literal["classify", "review", "admin", "metrics"]
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)
