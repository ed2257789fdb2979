"""Site files from the disk, read with the units and asset types of `calc`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from calc import custom
from calc.asset_type import AssetType, Input
from calc.asset_types import ASSET_TYPES
from calc.errors import CalcError
from calc.units import Unit, parse_quantity, parse_unit, same_dimension
from schemas.errors import ConfigError, Finding
from schemas.site import Site
from schemas.site_file import SiteText, load_sites
from schemas.site_vocabulary import Vocabulary

FILE_BYTES_MAX = 16 << 20


class CalcVocabulary:
    """The physics that a site file is read with."""

    @property
    def asset_types(self) -> Mapping[str, AssetType]:
        """The catalogue."""
        return ASSET_TYPES

    def fitted(
        self, name: str, parameters: Mapping[str, float | str], units: Mapping[str, str]
    ) -> tuple[AssetType, tuple[tuple[str, str], ...]]:
        """The type as one asset uses it, and (parameter, fix) of the expressions that are no power."""
        if name != custom.CUSTOM.name:
            return ASSET_TYPES[name], ()
        broken = custom.check_units(parameters, units)
        try:
            return custom.specialise(parameters, units), broken
        except CalcError:
            inputs = tuple(Input(given, unit, "of an expression") for given, unit in units.items())
            return replace(custom.CUSTOM, inputs=inputs), broken

    def unit(self, text: str) -> Unit:
        """The unit that `text` names; UnitError, a ValueError, where it names none."""
        return parse_unit(text)

    def quantity(self, text: str, gauge_zero_pa: float, *, difference: bool = False) -> tuple[float, Unit]:
        """SI value and unit of `40 bar(g)`."""
        return parse_quantity(text, gauge_zero_pa, difference=difference)

    def same_dimension(self, given: str, wanted: str) -> bool:
        """Whether a value in unit `given` may stand where `wanted` is asked for."""
        return same_dimension(given, wanted)


VOCABULARY: Vocabulary = CalcVocabulary()


def check_sites(arguments: Iterable[Path]) -> tuple[list[Site], list[Finding]]:
    """The sites of files and of folders of `*.toml`, and everything that is wrong with them."""
    texts, findings = _read_all(arguments)
    sites, found = load_sites(texts, VOCABULARY, lambda path: Path(path).is_file())
    return sites, [*findings, *found]


def read_sites(arguments: Iterable[Path]) -> tuple[list[Site], list[Finding]]:
    """The sites and the warnings about them; ConfigError with every finding where one is an error."""
    sites, findings = check_sites(arguments)
    errors = tuple(finding for finding in findings if not finding.warning)
    if errors:
        raise ConfigError("config.site_file", f"{len(errors)} errors in the site file", tuple(findings))
    return sites, findings


def _read_all(arguments: Iterable[Path]) -> tuple[list[SiteText], list[Finding]]:
    texts: list[SiteText] = []
    findings: list[Finding] = []
    for argument in arguments:
        files = sorted(argument.glob("*.toml")) if argument.is_dir() else [argument]
        if not files:
            findings.append(Finding(str(argument), 0, "", "", "no *.toml file in this folder"))
        for file in files:
            try:
                texts.append(_read(file))
            except (OSError, ValueError) as error:
                reason = error.strerror if isinstance(error, OSError) else str(error)
                findings.append(Finding(str(file), 0, "", "", f"cannot be read: {reason}"))
    return texts, findings


def _read(file: Path) -> SiteText:
    if file.is_file() and file.stat().st_size > FILE_BYTES_MAX:
        raise ValueError(f"larger than {FILE_BYTES_MAX >> 20} MiB")
    return SiteText(str(file), str(file.resolve().parent), file.read_bytes())
