"""Choice: the answer to "where to build next" as a page, or as a folder with the page and its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geoplan.errors import InputError
from geoplan.files import check_folder, whole_folder, write_csv, write_text
from geoplan.maps._choice import choice_data, choice_values
from geoplan.maps._languages import load_languages
from geoplan.maps._page import fill_template, map_page
from geoplan.maps._payload import ground_data
from geoplan.maps._place import city_name
from geoplan.report import write_sites

if TYPE_CHECKING:
    from pathlib import Path

    from geoplan.scenario.choose import Answer

__all__ = ["check_destination", "choice_page", "write_choice"]

# What a folder of an answer always holds: by it a folder is known as one that may be written anew.
_MARK = "coverage.csv"
_SUFFIXES = (".csv", ".gpkg", ".html")


def check_destination(path: Path) -> None:
    """Say whether an answer can be written to a path, before anything is computed.

    Raises
    ------
    InputError
        If it is a file of another kind.
    OutputError
        If it is a folder that holds something else.
    """
    suffix = path.suffix.lower()
    if suffix in _SUFFIXES:
        return
    if suffix and not path.is_dir():
        msg = f"{path}: sites are written as {', '.join(_SUFFIXES)}, or into a folder"
        raise InputError(msg)
    check_folder(path, mark=_MARK)


def write_choice(answer: Answer, path: Path, *, language: str = "ru") -> None:
    """Write an answer: a page (.html), sites (.csv, .gpkg), or a folder with index.html, sites.csv, coverage.csv, site.gpkg.

    Parameters
    ----------
    answer
        As `answer_question` gives it.
    path
        A file of one of these kinds, else a folder; written whole or not at all.
    language
        The language the page shows first.

    Raises
    ------
    InputError
        If the file is of another kind, or there is no text table of the language.
    OutputError
        If it cannot be written, or the folder holds something else.
    """
    check_destination(path)
    suffix = path.suffix.lower()
    if suffix == ".html":
        write_text(choice_page(answer, language=language), path)
    elif suffix in _SUFFIXES:
        write_sites(answer, path)
    else:
        page = choice_page(answer, language=language)
        with whole_folder(path, mark=_MARK) as folder:
            write_text(page, folder / "index.html")
            write_sites(answer, folder / "sites.csv")
            write_sites(answer, folder / "site.gpkg")
            write_csv(answer.coverage(), folder / _MARK)


def choice_page(answer: Answer, *, language: str = "ru") -> str:
    """Return the page of an answer: one file that loads nothing; the same answer gives the same text.

    Raises
    ------
    InputError
        If there is no text table of the language.
    OutputError
        If the page would load anything from outside itself.
    """
    question = answer.question
    city, service = question.bench.city, question.service.name
    texts = load_languages(language)
    texts = texts.filled(city=city_name(city, texts))
    ground = ground_data(city, texts)
    values = choice_values(answer, ground, texts)
    body = fill_template("choice.html", values.pop("texts"), **values)
    cells = question.bench.demand.cells
    return map_page(
        body,
        choice_data(answer, ground, texts),
        texts,
        name=service,
        title=texts("choice.title", service=texts(f"service.{service}.name")),
        label=texts("choice.map", service=texts(f"service.{service}.name")),
        location=[float(cells["lat"].mean()), float(cells["lon"].mean())],
        shows="choice",
    )
