"""Writes small OSM files for the tests: nodes, ways and relations as plain tuples."""

import osmium
from osmium.osm.mutable import Node, Relation, Way

# A thousandth of a degree near Almaty: 80 m by 110 m.
WEST, SOUTH, STEP = 76.9, 43.2, 0.001


def at(column, row):
    return (round(WEST + column * STEP, 7), round(SOUTH + row * STEP, 7))


def write_osm(path, *, nodes, ways=(), relations=()):
    """Write an OSM file.

    nodes: {id: (column, row)} or {id: ((column, row), tags)}; ways: {id: ([node, …], tags)};
    relations: {id: ([(type, ref, role), …], tags)}.
    """
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for number, told in nodes.items():
            place, tags = told if isinstance(told[0], tuple) else (told, {})
            writer.add_node(Node(id=number, version=1, location=at(*place), tags=tags))
        for number, (refs, tags) in dict(ways).items():
            writer.add_way(Way(id=number, version=1, nodes=refs, tags=tags))
        for number, (members, tags) in dict(relations).items():
            writer.add_relation(Relation(id=number, version=1, members=members, tags=tags))
    return path
