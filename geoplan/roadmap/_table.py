"""Tables of the roadmap: rows put into columns of stated types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["typed_table"]


def typed_table(rows: Sequence[Sequence[object]], kinds: Mapping[str, Any]) -> pd.DataFrame:
    """Return rows as a table, each column made with its own type at once.

    Parameters
    ----------
    rows
        The cells of each row, in the order of `kinds`; a missing number is None.
    kinds
        Name of a column -> pandas type.
    """
    columns = zip(*rows, strict=True) if rows else ((),) * len(kinds)
    return pd.DataFrame(
        {
            name: pd.array(list(cells), dtype=kind)
            for (name, kind), cells in zip(kinds.items(), columns, strict=True)
        }
    )
