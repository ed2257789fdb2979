"""Composition root: the command line, the settings, the HTTP service; the only reader of the environment."""
