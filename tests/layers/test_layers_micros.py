import numpy as np
import pytest

from geoplan.geocode.keys import micro_key
from geoplan.layers._extent import block_micros, rivers
from geoplan.layers._middle import agreed, counted, middle_of

KNOWN = {micro_key(name) for name in ("Кайрат", "Нурлытау", "Нур Алатау", "Карасу")}


@pytest.mark.parametrize(
    ("note", "named"),
    [
        ("мкр.Кайрат", ["Кайрат"]),
        ("Данекер (Кайрат)- Сулутал(Кайрат)-Байге(Кайрат)", ["Кайрат"]),
        ("6 улица(Нурлытау)- 8 улица (Нур Алатау)", ["Нурлытау", "Нур Алатау"]),
        ("ул.Жандосова мкр.Тастыбулак-мкр.Акжар", ["Тастыбулак", "Акжар"]),
        ("р.Султанкарасу (Карасу)- ул.Василевского", []),
        ("река Султанкарасу (Карасу)- 5 улица (Кайрат)", ["Кайрат"]),
        ("ул.Бегалина-рЖарбулак (Карасу)", []),
        ("пр.Достык (Карасу)", ["Карасу"]),
        ("ул.Абая (бывш. Старая)- ул.Гоголя", []),
    ],
)
def test_a_block_names_its_microdistricts_in_words_or_in_brackets(note, named):
    assert block_micros(note, KNOWN) == {micro_key(name) for name in named}


def test_a_name_that_blocks_give_to_a_river_alone_is_no_microdistrict(tmp_path):
    path = tmp_path / "population"
    path.mkdir()
    (path / "akimat_blocks_population.csv").write_text(
        "population,RAYON,NOTE,geometry\n"
        "1,Жетысуский,р.Султанкарасу (Карасу)- ул.Сельская,POINT (76.9 43.3)\n"
        "1,Алатауский,р.Султанкарасу (Карасу)- ул.Сельская,POINT (76.9 43.3)\n"
        "1,Алатауский,5 улица (Карасу),POINT (76.9 43.3)\n",
        encoding="utf-8",
    )
    assert rivers(tmp_path) == {(micro_key("Карасу"), "Жетысуский")}


def test_a_middle_is_that_of_the_area_and_not_of_the_points():
    square = np.array([[0.0, 0.0], [1000.0, 0.0], [0.0, 1000.0], [1000.0, 1000.0]])
    crowded = np.concatenate([square, np.array([0.0, 0.0]) + np.arange(40)[:, None] * [1.0, 0.5]])
    even, uneven = middle_of(square), middle_of(crowded)
    assert even is not None
    assert uneven is not None
    assert (even.x, even.y) == (500, 500)
    # Forty points in one corner move their mean by 440 m and more, the middle of the area by little.
    assert np.hypot(uneven.x - 500, uneven.y - 500) < 30
    assert middle_of(square[:2]) is None


def test_sources_that_lie_apart_make_a_middle_less_sure():
    near = agreed([counted(0, 0, 300, 9), counted(100, 0, 300, 9)])
    apart = agreed([counted(0, 0, 300, 9), counted(2000, 0, 300, 9)])
    assert near is not None
    assert apart is not None
    assert near.radius == 400
    assert apart.radius > 1000
    assert agreed([]) is None
