import pytest

from geoplan.geocode.districts import resolve_districts


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("в Алатауском районе", ["alatau"]),
        ("в Туркисбском районе", ["turksib"]),
        ("Туркиском районе", ["turksib"]),
        ("Туркисбском", ["turksib"]),
        ("Акимат Жетысуйского района", ["zhetysu"]),
        ("Жетысуский", ["zhetysu"]),
        ("Жетысуский ауданы", ["zhetysu"]),
        ("Жетысуйский ауданы", ["zhetysu"]),
        (
            "в Алатауском, Бостандыкском, Наурызбайском и Туркиском районах",
            ["alatau", "bostandyk", "nauryzbay", "turksib"],
        ),
        ("Жетісу ауданы", ["zhetysu"]),
        ("Жетісу ауданында", ["zhetysu"]),
        ("Әуезов ауданы", ["auezov"]),
        ("Бостандық ауданының әкімі", ["bostandyk"]),
        ("Түрксіб ауданы", ["turksib"]),
        ("Bostandyk district", ["bostandyk"]),
        ("Türksib District", ["turksib"]),
        ("Jetisu district", ["zhetysu"]),
        ("Наурызбай р-н", ["nauryzbay"]),
        ("Наурыз. р-н", ["nauryzbay"]),
        ("район Алмалы", ["almaly"]),
        ("ул. Медеу, Алмалинский район", ["almaly"]),
        ("ул. Медеу, район Алмалы", ["almaly"]),
        ("мкр. Алатау, Наурызбайский район", ["nauryzbay"]),
        ("мкр. Алатау", []),
        ("ул. Ауэзова, 57", []),
        ("ул. Турксибская, 4", []),
        ("г. Алатау Алматинской области", []),
        ("Алматинский район", []),
        ("в районе вокзала Алматы-1", []),
        ("в районе ипподрома", []),
        ("Алтайский край", []),
        ("Карасайский район", []),
        ("Жетысуская область", []),
        ("almaly", ["almaly"]),
        ("", []),
        ("2 ПМСП в Алмалинском и 3 ПМСП Бостандыкском районах", ["almaly", "bostandyk"]),
        ("Алатау, Медеу және Наурызбай аудандары", ["alatau", "medeu", "nauryzbay"]),
        (
            "Акиматы Алатауского, Ауэзовского, Жетысуйского, Медеуского, Наурызбайского и Туркисбского р-нов",
            ["alatau", "auezov", "zhetysu", "medeu", "nauryzbay", "turksib"],
        ),
        ("Медеуский район, затем снова Медеуский район и Алмалинский", ["medeu", "almaly"]),
    ],
)
def test_districts_are_named_in_order_and_streets_of_the_same_name_are_not(text, slugs):
    assert resolve_districts(text) == slugs
