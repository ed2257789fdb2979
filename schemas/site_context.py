"""What every part of a site file is read with, and the readings of single values that all parts share."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from schemas.duration import parse_duration_us
from schemas.site_findings import Findings
from schemas.site_text import Path
from schemas.site_vocabulary import Unit, Vocabulary

STANDARD_ATMOSPHERE_PA = 101_325.0


@dataclass(frozen=True)
class Context:
    """The file's surroundings: findings so far, units and types, the barometer, the folder that paths count from."""

    found: Findings
    vocabulary: Vocabulary
    folder: str
    exists: Callable[[str], bool]
    site_id: str
    barometer_pa: float = STANDARD_ATMOSPHERE_PA
    lateness_us: int = 0
    idle_after_us: int = 0

    def duration_us(self, text: str | None, otherwise_us: int) -> int:
        """Microseconds of a duration whose form is checked already."""
        try:
            return otherwise_us if text is None else parse_duration_us(text)
        except ValueError:
            return otherwise_us

    def unit(self, text: str, path: Path) -> Unit | None:
        """The unit of that text, or None and a finding."""
        try:
            return self.vocabulary.unit(text)
        except ValueError as error:
            self.found.error(path, str(error))
            return None

    def quantity(self, text: str, wanted_si: str, path: Path, *, difference: bool = False) -> float | None:
        """The SI number of a quantity that must have the dimension of `wanted_si`, or None and a finding."""
        try:
            value, unit = self.vocabulary.quantity(text, self.barometer_pa, difference=difference)
            fits = _fits(self.vocabulary, unit, wanted_si, difference=difference)
        except ValueError as error:
            self.found.error(path, str(error))
            return None
        if not fits:
            wanted = "a number without unit, or in %," if wanted_si == "1" else f"a value in {wanted_si} or the like"
            self.found.error(path, f"{wanted} is needed; this is in {unit.si}")
            return None
        return value

    def zone(self, text: str | None, path: Path) -> None:
        """A finding where `text` names no time zone."""
        try:
            if text not in (None, "UTC"):
                ZoneInfo(text)
        except (ValueError, OSError, LookupError):
            self.found.error(path, 'unknown time zone: write one of the IANA names, as "Europe/Vienna"')

    def file(self, text: str | None, path: Path) -> str | None:
        """The absolute path of a file named in the site file; a warning where it does not exist (yet)."""
        if text is None:
            return None
        absolute = posixpath.join(self.folder, text)
        if not self.exists(absolute):
            self.found.warn(path, f"{absolute} does not exist yet")
        return absolute


def _fits(vocabulary: Vocabulary, unit: Unit, wanted_si: str, *, difference: bool) -> bool:
    """Whether a quantity in `unit` belongs to a value in `wanted_si`; as a difference K(d) does to K."""
    if difference:
        return unit.si.removesuffix("(d)") == wanted_si.removesuffix("(d)")
    return vocabulary.same_dimension(unit.si, wanted_si)
