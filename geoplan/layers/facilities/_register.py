"""Register points judged: which stand where their own address says, which are mended, which are not believed.

Rules, in order; each facility follows the first that fits (docs/data.md gives the counts):
1. a bus stop bears its number and lies over the limit from the register point, or there is no point: the stop;
2. no point, or one outside the city: the address is geocoded;
3. the point is not believed, and the address is geocoded instead, if no independent point stands near it and
   a) it lies over the limit from its own address, and neither another house of that street in the register nor its
      neighbours in the file bear it out; or
   b) it lies over the limit from the district that its neighbours in the file tell, and its address exists there;
4. else the register point stays.
A street of an address not believed is only taken in a known district, since streets of one name are many. A place
known no better than the limit, or only after mending a typing error, leaves the facility unplaced.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geoplan.geocode import ACCEPT, anywhere_in, geocode
from geoplan.layers.facilities._common import add_note, district_of_points
from geoplan.layers.facilities._evidence import FAR_M, NEAR_M, Evidence, Witness, gather

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["list_disagreements", "settle"]

# Three quarters of the school points that stand by the street of their address have an OSM school within this.
_CONFIRMED_M = 250.0


def settle(
    register: pd.DataFrame,
    *,
    districts: gpd.GeoDataFrame,
    places: gpd.GeoDataFrame,
    limit_m: float,
    witness: Witness,
    in_blocks: bool = False,
) -> tuple[pd.DataFrame, list[str]]:
    """Decide where each facility of a register stands, and how well that is known.

    Parameters
    ----------
    register
        name, address, stated (slug or ''), lon, lat (degrees or NaN).
    districts, places
        The city's districts and gazetteer.
    limit_m
        Radius in metres beyond which a facility is not placed, and by which a point may stand off its address.
    witness
        Independent points.
    in_blocks
        Whether the register is written district by district.

    Returns
    -------
    tuple
        The register with district, lon, lat, precision, radius_m, alternatives ('lon lat;lon lat' where neither the
        point nor the address is believed), note; and notes with counts.

    Raises
    ------
    InputError
        If the gazetteer lacks a column.
    """
    seen = gather(
        register, districts=districts, places=places, limit_m=limit_m, witness=witness, in_blocks=in_blocks
    )
    by_stop = witness.stop_lon.notna() & ~(seen.inside & (seen.stop_m <= limit_m))
    missing = ~seen.inside & ~by_stop
    # The stated district of a wrong point may come from that very point: only neighbours are asked then.
    told = register["stated"].where(missing & (register["stated"] != ""), seen.block)
    found = anywhere_in(geocode(register["address"], places=places, districts=districts, district=told))
    against = seen.inside & ~by_stop & _not_believed(seen, found, limit_m)
    asked = missing | against
    sure = found["lon"].notna() & (found["radius_m"] <= limit_m) & (found["score"] >= ACCEPT)
    loose = against & (told == "") & (seen.kind == "street") & (found["precision"] != "address")
    placed = asked & sure & ~loose
    kept = seen.inside & ~by_stop & ~against

    out = register.copy()
    precision, radius = _own_precision(seen)
    values = {"lon": seen.own.x, "lat": seen.own.y, "precision": precision, "radius_m": radius}
    stops = {"lon": witness.stop_lon, "lat": witness.stop_lat, "radius_m": witness.stop_radius}
    for column, own in values.items():
        stop = stops.get(column, pd.Series("landmark", index=out.index))
        out[column] = own.where(kept).where(~placed, found[column]).where(~by_stop, stop)
    lost = out["lon"].isna()
    by_point = district_of_points(out["lon"], out["lat"], districts)
    # A point at the city's edge keeps the district that the geocoder gave it.
    # An address too rough to place still tells the district, unless a point speaks against it.
    named = found["lon"].notna() & (found["score"] >= ACCEPT) & ~against
    by_text = found["district"].where(~lost | named, told)
    out["district"] = by_point.where(by_point != "", by_text)
    out["precision"] = out["precision"].where(~lost, np.where(out["district"] == "", "none", "district"))
    out["alternatives"] = _alternatives(seen, found, against & ~placed)
    out["note"] = _notes(out, seen, found, kept=kept, by_stop=by_stop, against=against, placed=placed)
    out["off_m"] = seen.gap_m.where(seen.inside)
    out["trusted"] = np.select(
        [by_stop, against & placed, against, kept],
        ["the stop of its number", "the address", "neither, unplaced", "the register point"],
        "",
    )
    masks = {
        "register points kept": kept,
        "of these share their point with another address (street precision)": kept & seen.shared,
        "of these lie over 500 m from the street or microdistrict of their address, kept and flagged": kept
        & (seen.gap_m > FAR_M),
        "of these have no independent point within 500 m, flagged": kept & (seen.near_m > FAR_M),
        "placed at the bus stop named after them, over the limit from the register point or without one": by_stop,
        "without a point in the city": missing,
        "of these placed by their address": missing & placed,
        "points not believed (over the limit from their own address or district, no other witness)": against,
        "of these placed by their address instead": against & placed,
        "left unplaced": lost,
    }
    return out, [f"{int(mask.sum())} {text}" for text, mask in masks.items() if mask.any()]


def list_disagreements(settled: pd.DataFrame) -> list[str]:
    """List the rows whose register point lies over 500 m from the street or microdistrict of their own address.

    Parameters
    ----------
    settled
        Table of `settle` with facility_id.

    Returns
    -------
    list of str
        A line for each thing that was trusted instead or none the less: facility_id (metres), farthest first.

    Raises
    ------
    None
    """
    off = settled[(settled["off_m"] > FAR_M) & (settled["trusted"] != "")]
    lines = []
    for trusted, rows in off.groupby("trusted", sort=True):
        far = rows.sort_values(["off_m", "facility_id"], ascending=[False, True], kind="stable")
        named = [
            f"{name} ({metres:.0f} m)" for name, metres in zip(far["facility_id"], far["off_m"], strict=True)
        ]
        lines.append(
            f"{len(far)} points over {FAR_M:.0f} m off their own address, trusted: {trusted}: {', '.join(named)}"
        )
    return lines


def _not_believed(seen: Evidence, found: pd.DataFrame, limit_m: float) -> pd.Series:
    borne_out = ~seen.shared & (seen.agrees | (seen.off_block_m <= 0))
    off_address = (seen.gap_m > limit_m) & ~borne_out
    off_district = (seen.off_block_m > limit_m) & found["lon"].notna()
    return (off_address | off_district) & ~(seen.near_m <= FAR_M)


def _own_precision(seen: Evidence) -> tuple[pd.Series, pd.Series]:
    """Return precision and radius of rows that keep their register point."""
    near = seen.near_m <= NEAR_M
    house = near | ((seen.gap_m <= NEAR_M) & ~seen.shared)
    precision = pd.Series("address", index=near.index).where(house, "street")
    radius = pd.Series(FAR_M, index=near.index).where(~house, _CONFIRMED_M).where(~near, NEAR_M)
    return precision, radius


def _alternatives(seen: Evidence, found: pd.DataFrame, mask: pd.Series) -> pd.Series:
    first = seen.own.x.round(6).astype(str) + " " + seen.own.y.round(6).astype(str)
    second = found["lon"].round(6).astype(str) + " " + found["lat"].round(6).astype(str)
    return first.where(found["lon"].isna(), first + ";" + second).where(mask, "")


def _notes(
    out: pd.DataFrame,
    seen: Evidence,
    found: pd.DataFrame,
    *,
    kept: pd.Series,
    by_stop: pd.Series,
    against: pd.Series,
    placed: pd.Series,
) -> pd.Series:
    def metres(values: pd.Series) -> pd.Series:
        return values.fillna(0).round().astype(int).astype(str)

    lost = out["lon"].isna()
    why = found["how"].where(found["lon"].isna(), "адрес известен недостаточно точно")
    address = "точка реестра в " + metres(seen.gap_m) + " м от собственного адреса, не использована"
    district = (
        "точка реестра в " + metres(seen.off_block_m) + " м от района соседних строк реестра"
        " (" + seen.block + "), не использована"
    )
    far = "точка в " + metres(seen.gap_m) + " м от улицы или микрорайона своего адреса"
    off_address = seen.gap_m > FAR_M
    lines: list[tuple[pd.Series, str | pd.Series]] = [
        (seen.own.isna(), "в реестре нет точки"),
        (seen.own.notna() & ~seen.inside, "точка реестра вне города, не использована"),
        (kept & seen.shared, "общая точка с другим адресом"),
        (kept & off_address, far),
        (kept & (seen.near_m > FAR_M), f"в {FAR_M:.0f} м нет независимой точки школы"),
        (by_stop, "размещено у остановки с его номером"),
        (against & off_address, address),
        (against & ~off_address, district),
        (placed, "размещено по адресу: " + found["how"]),
        (lost, "не размещено: " + why),
        (
            ~lost & (out["stated"] != "") & (out["district"] != out["stated"]),
            "в реестре район " + out["stated"],
        ),
    ]
    notes = pd.Series("", index=out.index)
    for mask, text in lines:
        notes = add_note(notes, mask, text)
    return notes
