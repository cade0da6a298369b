"""Turn restrictions: from OSM's relations to nodes of the streets layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geoplan.layers._segments import Segments
    from geoplan.layers.osm.ways import Ways

__all__ = ["COLUMNS", "turn_of", "turns_at_nodes"]

COLUMNS = ["from_u", "via", "to_v", "kind"]
# A restriction that excepts these does not bind a car.
_CARS = frozenset({"motorcar", "motor_vehicle", "vehicle"})
_KEYS = ("restriction:motorcar", "restriction:motor_vehicle", "restriction:vehicle", "restriction")

Turn = tuple[int, int, int, str]


def turn_of(tags: Mapping[str, str], members: list[tuple[str, int, str]]) -> list[Turn] | str:
    """Read one relation of type restriction.

    Parameters
    ----------
    tags
        Its tags.
    members
        (type n, w or r; number; role) of each member.

    Returns
    -------
    list or str
        (from way, via node, to way, kind) for each pair of ways it binds, or why it cannot be kept.

    Notes
    -----
    https://wiki.openstreetmap.org/wiki/Relation:restriction: `no_…` forbids the turn, `only_…` forbids all others.
    """
    value = next((tags[key] for key in _KEYS if key in tags), "")
    kind = value.split("_")[0]
    excepted = {word.strip() for word in tags.get("except", "").split(";")}
    if kind not in {"no", "only"} or excepted & _CARS:
        return "for other vehicles or hours only"
    by_role = {
        role: [(type_, ref) for type_, ref, part in members if part == role] for role in ("from", "via", "to")
    }
    if any(type_ == "w" for type_, _ in by_role["via"]):
        return "via a way"
    starts = [ref for type_, ref in by_role["from"] if type_ == "w"]
    ends = [ref for type_, ref in by_role["to"] if type_ == "w"]
    nodes = [ref for type_, ref in by_role["via"] if type_ == "n"]
    if not starts or not ends or len(nodes) != 1:
        return "without from, via or to"
    return [(start, nodes[0], end, kind) for start in starts for end in ends]


def turns_at_nodes(
    turns: pd.DataFrame, ways: Ways, segments: Segments, drive: NDArray[np.bool_]
) -> tuple[pd.DataFrame, list[str]]:
    """Say the restrictions in nodes: coming from `from_u` over `via`, on to `to_v`.

    Parameters
    ----------
    turns
        from_way, to_way (OSM numbers), via (key), kind.
    ways
        What the segments were cut from, with `ids`.
    segments
        The segments.
    drive
        Which of them cars may use.

    Returns
    -------
    tuple
        from_u, via, to_v (node numbers of `segments`), kind (no, only), sorted, each once; and notes.

    Notes
    -----
    Three nodes tell a turn apart only where one street joins each pair: where two do, or where a way runs on through the
    via node, the restriction is not kept, since it would bind a turn that is free.
    """
    node = pd.Series(np.arange(len(segments.keys)), index=segments.keys)
    asked = turns.assign(via=turns["via"].map(node), row=np.arange(len(turns)))
    asked = asked[asked["via"].notna()].astype({"via": np.int64})
    both = ~ways.table["oneway"].to_numpy()[segments.way]
    ids = ways.ids[segments.way] if ways.ids is not None else np.zeros(len(segments.way), dtype=np.int64)
    a, b = segments.u, segments.v
    ahead, back = drive, drive & both
    moves = pd.DataFrame(
        {
            "way": np.concatenate([ids[ahead], ids[back]]),
            "tail": np.concatenate([a[ahead], b[back]]),
            "head": np.concatenate([b[ahead], a[back]]),
        }
    )
    parallel = moves.groupby(["tail", "head"])["way"].transform("size").to_numpy() > 1
    moves["parallel"] = parallel
    into = asked.merge(moves, left_on=["from_way", "via"], right_on=["way", "head"])
    into = into.rename(columns={"tail": "from_u", "parallel": "parallel_in"})[
        ["row", "via", "from_u", "kind", "to_way", "parallel_in"]
    ]
    through = into.merge(moves, left_on=["to_way", "via"], right_on=["way", "tail"])
    through = through.rename(columns={"head": "to_v"})
    choices = through.groupby("row")["row"].transform("size")
    unclear = (choices > 1) | through["parallel_in"] | through["parallel"]
    kept = through[~unclear]
    table = kept[COLUMNS].drop_duplicates().sort_values(COLUMNS, ignore_index=True)
    lost, doubtful = len(turns) - through["row"].nunique(), through.loc[unclear, "row"].nunique()
    notes = [f"{len(table)} turn restrictions kept"]
    if lost:
        notes.append(f"{lost} turn restrictions name streets that are not driven here and are not kept")
    if doubtful:
        notes.append(
            f"{doubtful} turn restrictions that three nodes cannot tell from a free turn are not kept"
        )
    return table, notes
