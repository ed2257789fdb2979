"""A gap: a time of which an asset's source told nothing, and why (`gap/1`)."""

from __future__ import annotations

import msgspec


class Gap(msgspec.Struct, frozen=True):
    """[from_us, to_us) of one asset and source; `backfilled` when the history was read afterwards."""

    asset: str
    source: str
    from_us: int
    to_us: int
    reason: str
    backfilled: bool = False
