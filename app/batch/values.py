"""Values of Arrow columns as Python has them, or as they are stored where Python has none."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

#: What pyarrow raises for a value that Python cannot hold.
UNREADABLE = (pa.ArrowException, ValueError, OverflowError)


def values_of(column: pa.Array) -> list[Any]:
    """One value a row. Times that Python cannot hold (the year 56,000, an unknown zone) come as their stored number.

    Raises ``UNREADABLE`` for what is broken, such as strings that are not UTF-8.
    """
    try:
        return list(column.to_pylist())
    except UNREADABLE:
        return [_value(scalar) for scalar in column]


def _value(scalar: pa.Scalar) -> object:
    try:
        return scalar.as_py()
    except UNREADABLE:
        return _stored(scalar)


def _stored(scalar: pa.Scalar) -> object:
    kind = scalar.type
    if pa.types.is_temporal(kind):
        return scalar.value
    if pa.types.is_dictionary(kind):
        return _value(scalar.value)
    if pa.types.is_struct(kind):
        return {kind.field(place).name: _value(scalar[place]) for place in range(kind.num_fields)}
    if isinstance(scalar, pa.ListScalar):
        return values_of(scalar.values)
    return scalar.as_py()
