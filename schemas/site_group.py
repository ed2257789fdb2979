"""The tags that an asset may name: those of its group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.site import Tag
from schemas.site_context import Context
from schemas.site_findings import nearest
from schemas.site_text import Path


@dataclass(frozen=True)
class GroupTags:
    """The site's tags as one asset sees them."""

    asset: str
    group: str
    own: Mapping[str, Tag]
    """Tags of the asset's group, by id."""
    groups: Mapping[str, str]
    """Tag id → group, of every tag of the site."""

    def get(self, name: str) -> Tag | None:
        """The tag of that name: a measurand of the asset's own, or a whole id of its group."""
        return self.own.get(self._id(name))

    def find(self, name: str, path: Path, context: Context) -> Tag | None:
        """The same, with a finding where there is none."""
        tag = self.get(name)
        if tag is not None:
            return tag
        other = self.groups.get(self._id(name))
        if other is not None:
            fix = f"is a tag of the group {other}, not of {self.group}: give both assets one group"
            context.found.error(path, fix)
        else:
            names = [known.measurand if known.asset == self.asset else known.id for known in self.own.values()]
            context.found.error(path, f"no tag {name} in the group {self.group}{nearest(name, names)}")
        return None

    def _id(self, name: str) -> str:
        return name if "/" in name else f"{self.asset}/{name}"
