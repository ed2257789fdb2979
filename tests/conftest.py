"""Fixtures come from the `fix_*` modules, one for each thing that tests need."""

pytest_plugins = ["tests.fix_services"]
