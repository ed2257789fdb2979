"""One file of the segment log: appended at its end, read anywhere, never changed in between."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path

from connectors import frame

SUFFIX = ".segment"
_INDEX_EVERY_BYTES = 64 << 10
_READ_BYTES = 1 << 20


def segment_path(folder: Path, base_offset: int) -> Path:
    """The file whose first record has `base_offset` or, after a loss, a later one."""
    return folder / f"{base_offset:020d}{SUFFIX}"


class Segment:
    """An open segment; `size` counts the bytes of whole appended frames."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.base_offset = int(path.stem)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o640)
        self.size = os.fstat(self._file).st_size
        self._index: list[tuple[int, int]] = [(self.base_offset, 0)]

    def append(self, offset: int, data: bytes) -> None:
        """Write a whole frame or, where the disk refuses, nothing: the `OSError` is passed on."""
        try:
            written = os.write(self._file, data)
            while written < len(data):
                written += os.write(self._file, data[written:])
        except OSError:
            os.ftruncate(self._file, self.size)
            raise
        self._note(offset, self.size)
        self.size += len(data)

    def sync(self) -> None:
        """Return when what was appended is on the disk."""
        os.fdatasync(self._file)

    def cut(self, size: int) -> None:
        """Drop the bytes from `size` on."""
        os.ftruncate(self._file, size)
        os.fsync(self._file)
        self.size = size

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def bytes_of(self, span: frame.Span) -> bytes:
        """The bytes of a span."""
        return os.pread(self._file, span.end - span.start, span.start)

    def spans(self, offset: int) -> Iterator[frame.Span]:
        """The spans from some way before the record `offset` to the end, in the file's positions."""
        position = self._index[max(0, bisect_right(self._index, (offset, self.size)) - 1)][1]
        wanted = _READ_BYTES
        while position < self.size:
            data = os.pread(self._file, min(wanted, self.size - position), position)
            end = position
            for span in frame.scan(data, position, complete=position + len(data) >= self.size):
                end = span.end
                if span.record is not None:
                    self._note(span.record.offset, span.start)
                yield span
            wanted = _READ_BYTES if end > position else 2 * wanted
            position = end

    def _note(self, offset: int, position: int) -> None:
        if position - self._index[-1][1] >= _INDEX_EVERY_BYTES:
            self._index.append((offset, position))
