"""A gap: a time of which an asset's source told nothing, and why (`gap/1`)."""

from __future__ import annotations

from typing import Annotated

import msgspec

from schemas.reading import TIME_MAX_US, TIME_MIN_US


class Gap(msgspec.Struct, frozen=True):
    """[from_us, to_us) of one asset and source; `backfilled` when the history was read afterwards."""

    asset: str
    source: str
    from_us: Annotated[int, msgspec.Meta(ge=TIME_MIN_US, le=TIME_MAX_US)]
    to_us: Annotated[int, msgspec.Meta(ge=TIME_MIN_US, le=TIME_MAX_US)]
    reason: str
    backfilled: bool = False
