import itertools

import numpy as np
import pytest

from geoplan.errors import InputError
from geoplan.report.palette import (
    UNREACHABLE_COLOUR,
    class_colours,
    gap_bins,
    gap_ink,
    share_bins,
    share_colour,
    share_ink,
)  # fmt: skip
from geoplan.standards import load_standards

# Machado, Oliveira & Fernandes (2009), severity 1: how red-blind, green-blind and blue-blind eyes see linear RGB.
BLIND = {
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
SERVICES = ["ambulance", "polyclinic", "school", "kindergarten"]


def linear(colour):
    rgb = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ np.clip(
        rgb, 0, 1
    )
    f = np.cbrt(xyz / np.array([0.9505, 1.0, 1.089]))
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one, two, eyes=None):
    matrix = np.eye(3) if eyes is None else np.array(BLIND[eyes])
    weights = np.array([0.2126, 0.7152, 0.0722])
    lights = sorted(float(weights @ np.clip(matrix @ linear(c), 0, 1)) for c in (one, two))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("eyes", [None, *BLIND])
def test_classes_within_and_beyond_the_threshold_are_told_apart_by_every_eye(service, eyes):
    norm = load_standards().service(service)
    colours = class_colours(norm.map_breaks, norm.headline)
    limit = norm.map_breaks.index(norm.headline)
    matrix = np.eye(3) if eyes is None else np.array(BLIND[eyes])
    seen = [lab(matrix @ linear(colour)) for colour in colours]
    for within, beyond in itertools.product(seen[: limit + 1], seen[limit + 1 :]):
        assert np.linalg.norm(within - beyond) > 20


@pytest.mark.parametrize("service", SERVICES)
def test_lightness_runs_away_from_the_threshold_on_both_sides(service):
    norm = load_standards().service(service)
    colours = class_colours(norm.map_breaks, norm.headline)
    assert len(colours) == len(norm.map_breaks) + 1
    limit = norm.map_breaks.index(norm.headline) + 1
    light = [lab(linear(colour))[0] for colour in colours]
    assert light[:limit] == sorted(light[:limit])
    assert light[limit:] == sorted(light[limit:], reverse=True)
    assert UNREACHABLE_COLOUR not in colours


def test_a_threshold_that_is_no_bound_is_refused():
    with pytest.raises(InputError, match="400"):
        class_colours([300, 500], 400)


def test_a_share_takes_the_colour_of_its_bin_and_its_text_is_legible_on_it():
    assert share_colour(0.2) == share_bins()[1][2]
    assert share_colour(0.1999) == share_bins()[0][2]
    assert share_colour(1.0) == share_bins()[-1][2]
    for share in np.linspace(0, 1, 21):
        assert contrast(share_colour(share), share_ink(share)) >= 4.5


@pytest.mark.parametrize("eyes", [None, *BLIND])
def test_steps_of_the_heat_table_are_told_apart_and_legible_by_every_eye(eyes):
    matrix = np.eye(3) if eyes is None else np.array(BLIND[eyes])
    seen = [lab(matrix @ linear(colour)) for _, _, colour in gap_bins()]
    assert [light for light, _, _ in seen] == sorted((light for light, _, _ in seen), reverse=True)
    for one, next_one in itertools.pairwise(seen):
        assert np.linalg.norm(one - next_one) > 12
    for low, _, colour in gap_bins():
        assert contrast(colour, gap_ink(low), eyes) >= 4.5
