"""What could not be processed: the original bytes and the reason, as headers."""

from __future__ import annotations

from typing import Literal

import msgspec

Stage = Literal["connect", "decode", "normalize", "compute", "command"]


class DeadLetter(msgspec.Struct, frozen=True):
    """The bytes of one record or payload, where it stood, what was wrong and which readings failed."""

    key: bytes | None
    value: bytes
    code: str
    stage: Stage
    topic: str
    partition: int
    offset: int
    failures: tuple[int, ...] | None = None
    """Indices of the failed readings; None means the whole record."""
    detail: str = ""

    def headers(self) -> list[tuple[str, bytes]]:
        """The record's headers on the dead-letter topic: UTF-8 text, numbers in decimal, `failures` a JSON list."""
        texts = [
            ("code", self.code),
            ("stage", self.stage),
            ("topic", self.topic),
            ("partition", str(self.partition)),
            ("offset", str(self.offset)),
        ]
        if self.detail:
            texts.append(("detail", self.detail))
        headers = [(name, text.encode()) for name, text in texts]
        if self.failures is not None:
            headers.append(("failures", msgspec.json.encode(list(self.failures))))
        return headers
