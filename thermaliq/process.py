"""One process of the product: its settings and its log, before it does anything else."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from schemas.errors import Finding
from thermaliq.log import set_up
from thermaliq.settings import Settings, read_settings

log = logging.getLogger("thermaliq.process")


def begin() -> Settings:
    """The settings of this process's environment, with the log set up as they say; ConfigError where one is wrong."""
    settings = read_settings(os.environ, lambda path: Path(path).read_text(encoding="utf-8"))
    set_up(settings.log_level, settings.log_format)
    tell(settings.warnings)
    return settings


def tell(warnings: tuple[Finding, ...]) -> None:
    """Log what is allowed and deserves a look."""
    for warning in warnings:
        log.warning("%s", warning)
