"""Fetch: a city's OpenStreetMap data from Nominatim and Overpass, asked politely, kept on disk."""
