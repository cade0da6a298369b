"""Pictures of a service before and after: the cells' own colours, in the right places, the same bytes again."""

from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.image import imread

from geoplan.report import pictures, write_pictures
from geoplan.report.palette import class_colours


@pytest.fixture(scope="module")
def paths(plans, standards, tmp_path_factory):
    return write_pictures(plans, tmp_path_factory.mktemp("pictures"), standards)


def shades(path):
    """Red, green and blue of a picture's points, 0 to 255."""
    return np.round(imread(path)[..., :3] * 255).astype(np.int16)


def is_colour(image, colour):
    wanted = [int(colour[k : k + 2], 16) for k in (1, 3, 5)]
    return np.logical_and.reduce([np.abs(image[..., k] - wanted[k]) <= 1 for k in range(3)])


def colour_count(image, colour):
    return int(is_colour(image, colour).sum())


def halves(image):
    body = image[int(image.shape[0] * 0.14) : int(image.shape[0] * 0.79)]
    return body[:, : image.shape[1] // 2], body[:, image.shape[1] // 2 :]


def test_there_is_one_of_each_service_and_it_fills_an_a4_sheet_across(paths, plans):
    assert [path.name for path in paths] == [f"{plan.service.name}.png" for plan in plans]
    for path in paths:
        assert imread(path).shape[:2] == (1654, 2338)


def test_each_side_shows_the_share_of_its_own_moment(paths, plans):
    for path, plan in zip(paths, plans, strict=True):
        image = shades(path)
        colours = class_colours(plan.breaks, plan.threshold)
        for side, step in zip(halves(image), (0, -1), strict=True):
            classes = plan.views["proposed"][step]
            seen = np.array([colour_count(side, colour) for colour in colours], dtype=float)
            cells = np.array([(classes == code).sum() for code in range(len(colours))], dtype=float)
            # signs and borders cover a little of the ground
            assert seen / seen.sum() == pytest.approx(cells / cells.sum(), abs=0.06), (
                plan.service.name,
                step,
            )


def test_where_nobody_lives_stands_a_number_under_the_mask(plans, monkeypatch):
    # Memory that is not written holds anything: here what would make matplotlib warn.
    monkeypatch.setattr(np, "empty", lambda *args, **kwargs: np.full(*args, np.nan))
    plan = plans[0]
    hole = {"cells": plan.cells.iloc[1:], "views": {"proposed": [plan.views["proposed"][0][1:]]}}
    grid, _ = pictures._raster(SimpleNamespace(breaks=plan.breaks, **hole), 0)
    assert grid.mask.sum() == 1
    assert np.isfinite(grid.data).all()


def test_north_is_up_and_east_is_right(paths, plans):
    plan = plans[2]
    left, _ = halves(shades(paths[2]))
    colours = class_colours(plan.breaks, plan.threshold)
    classes = plan.views["proposed"][0]
    code = int(np.argmin([abs((classes == k).mean() - 0.2) for k in range(len(colours))]))
    mine = plan.cells[classes == code]
    rows, columns = np.nonzero(is_colour(left, colours[code]))
    all_rows, all_columns = [], []
    for colour in colours:
        at = np.nonzero(is_colour(left, colour))
        all_rows.append(at[0])
        all_columns.append(at[1])
    top, bottom = np.concatenate(all_rows).min(), np.concatenate(all_rows).max()
    west, east = np.concatenate(all_columns).min(), np.concatenate(all_columns).max()
    cells = plan.cells
    north = (mine["y"].mean() - cells["y"].min() + 50) / (np.ptp(cells["y"]) + 100)
    eastward = (mine["x"].mean() - cells["x"].min() + 50) / (np.ptp(cells["x"]) + 100)
    assert 1 - (rows.mean() - top) / (bottom - top) == pytest.approx(north, abs=0.04)
    assert (columns.mean() - west) / (east - west) == pytest.approx(eastward, abs=0.04)


def test_the_same_plans_give_the_same_bytes(paths, plans, standards, tmp_path):
    again = write_pictures(plans[:1], tmp_path, standards)
    assert again[0].read_bytes() == paths[0].read_bytes()


def test_a_city_without_a_plan_has_one_map_and_no_word_of_builds(standards, tmp_path):
    import smallville

    import geoplan as gp

    city = smallville.SmallCity([smallville.facility("s-1", "school", (0, 0))], [])
    plan = gp.timeline(city, service="school")
    image = shades(write_pictures([plan], tmp_path, standards)[0])
    left, right = halves(image)
    colours = class_colours(plan.breaks, plan.threshold)
    assert sum(colour_count(left, colour) for colour in colours) > 1000
    assert sum(colour_count(right, colour) for colour in colours) == 0
    assert colour_count(image, "#b3261e") == 0, "the sign of a build in the legend"
