"""A user's own files: districts, people and facilities of any city, from whatever format they came in."""
