"""The one error of the physics."""

from __future__ import annotations


class CalcError(ValueError):
    """The physics has no answer; `code` is a bounded reason (`impossible_state` …), `field` the input."""

    def __init__(self, code: str, detail: str, field: str = "") -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.field = field
