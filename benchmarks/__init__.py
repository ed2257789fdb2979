"""Ours beside its rivals, in one run: `python -m benchmarks` prints one table and keeps each result as JSON."""
