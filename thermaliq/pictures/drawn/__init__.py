"""Descriptions → Matplotlib. Imported in worker processes alone."""
