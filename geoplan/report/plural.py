"""Plural: which form of a counted noun a number asks for."""

from __future__ import annotations

__all__ = ["plural_category"]


def plural_category(count: float, names: list[str]) -> str:
    """Return the plural category of a number among those a language has.

    Parameters
    ----------
    names
        Forms of the language in the terms of Unicode's plural rules (CLDR 45): `other` alone where nouns do not change
        after a number, `one|other` as in English, `one|few|many|other` as in Russian.
    """
    whole = int(abs(count))
    if "other" in names and not float(count).is_integer():
        return "other"
    if "few" not in names:
        return "one" if whole == 1 and "one" in names else "other"
    if whole % 10 == 1 and whole % 100 != 11:
        return "one"
    return "few" if whole % 10 in {2, 3, 4} and whole % 100 not in {12, 13, 14} else "many"
