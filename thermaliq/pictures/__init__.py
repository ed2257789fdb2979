"""Pictures and reports from numbers that are already there: description first, then SVG, PNG, HTML or JSON of it."""
