"""Notes: what a reader must know to read the figures, and where they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geoplan.maps._people import people_note

if TYPE_CHECKING:
    from geoplan.city import City
    from geoplan.maps._languages import Languages, Words
    from geoplan.scenario import Plan

__all__ = ["basis_key", "notes", "sources"]


def basis_key(basis: str) -> str:
    """Return the text key of the basis of a figure: norm, planning convention, assumption.

    Raises
    ------
    None
    """
    return basis.rsplit(" ", maxsplit=1)[-1]


def notes(plan: Plan, texts: Languages) -> list[Words]:
    """Return the sentences under a service's figures.

    Raises
    ------
    InputError
        If the text table lacks one.
    """
    status = plan.builds["site_status"]
    count = {key: texts.number(int((status == key).sum())) for key in ("proposed", "none")}
    stated = texts.number(int(status.isin(["stated", "register"]).sum()))
    out = [texts("notes.unplanned")]
    if len(plan.builds):
        out = [
            texts("notes.proposed", proposed=count["proposed"], stated=stated, none=count["none"]),
            texts("notes.range"),
        ]
    if (status == "proposed").any():
        share = texts.percent(1 - plan.siting.gap, 1 if plan.siting.how == "exact" else 0)
        out.append(texts(f"notes.siting_{plan.siting.how}", share=share))
    missing, drawn = plan.unplaced["existing"], plan.unplaced["existing_drawn"]
    if drawn:
        out.append(texts("notes.unplaced_drawn", count=texts.number(drawn)))
    if missing - drawn:
        out.append(texts("notes.unplaced", count=texts.number(missing - drawn)))
    off = plan.unplaced.get("existing_off_network", 0)
    if off:
        out.append(texts("notes.off_network", count=texts.number(off)))
    if not missing:
        out.append(texts("notes.all_placed"))
    standing = plan.builds["standing"].fillna("")
    sure, maybe = int(np.sum(standing == "stands")), int(np.sum(standing == "may stand"))
    if sure:
        out.append(texts("notes.standing_sure", count=texts.number(sure)))
    if maybe:
        out.append(texts("notes.standing_maybe", count=texts.number(maybe)))
    people = people_note(plan.city, plan.cells, texts, planned=bool(len(plan.builds)))
    out += [people, texts("notes.capacity"), texts("notes.district_borders")]
    return out


def sources(city: City, texts: Languages) -> list[dict[str, Words | None]]:
    """Return each layer's title, vintage and origins, and the roadmap's.

    Raises
    ------
    LayerError
        If the data package cannot be read.
    """
    rows: dict[str, dict[str, Any]] = {}
    for resource in city.package["resources"]:
        layer = str(resource["path"]).split(".", maxsplit=1)[0]
        key = f"sources.{layer}"
        if key not in texts:
            continue
        row = rows.setdefault(layer, {"title": texts(key), "vintages": [], "origins": []})
        vintage, origins = str(resource.get("vintage") or ""), resource.get("sources") or []
        row["vintages"] += [vintage] if vintage and vintage not in row["vintages"] else []
        row["origins"] += [s["title"] for s in origins if s.get("title") and s["title"] not in row["origins"]]
    out = [
        {
            "title": row["title"],
            "vintage": texts("sources.vintage", vintage=texts.join(", ", map(texts.dated, row["vintages"])))
            if row["vintages"]
            else None,
            "text": texts.join("; ", map(texts.translate, row["origins"])),
        }
        for row in rows.values()
    ]
    if any(resource["path"] == "builds.csv" for resource in city.package["resources"]):
        out.append(
            {"title": texts("sources.roadmap"), "vintage": None, "text": texts("sources.roadmap_text")}
        )
    return out
