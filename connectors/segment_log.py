"""An append-only log of records in segment files: checksummed, bounded, readable from any offset.

The demo's log, and what the connectors' spool is made of. Plain files and no event loop: `group_commit` waits for it.
What was synced survives any crash; a torn tail is cut when the log is opened; damaged bytes are copied aside
(`quarantined`), counted and passed over. An offset is never given twice, so a damaged record leaves a hole.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable
from pathlib import Path
from threading import Lock

from connectors import frame
from connectors.frame import Record
from connectors.segment import SUFFIX, Segment, segment_path
from connectors.source import Clock
from schemas.errors import RefusedError, UnavailableError


class SegmentLog:
    """The records of one folder; one process at a time. `sync` may be called from another thread."""

    def __init__(
        self, folder: Path, clock: Clock, *, bytes_max: int = 1 << 30, segment_bytes_max: int = 16 << 20
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._bytes_max = bytes_max
        self._segment_bytes_max = min(segment_bytes_max, bytes_max // 8)
        self._rolling = Lock()
        self._broken = ""
        self._append_us = 0
        self.torn_bytes = 0
        self.quarantined = 0
        self.next_offset = 0
        folder.mkdir(parents=True, exist_ok=True)
        self._directory = _lock_folder(folder)
        self._segments = [Segment(path) for path in sorted(folder.glob(f"*{SUFFIX}"))]
        self._open_tail()
        self.durable_offset = self.next_offset

    @property
    def first_offset(self) -> int:
        """The oldest offset that may still be read."""
        return self._segments[0].base_offset

    @property
    def size_bytes(self) -> int:
        """Bytes on the disk."""
        return sum(segment.size for segment in self._segments)

    def append(self, key: bytes | None, value: bytes, headers: Iterable[tuple[str, bytes]] = ()) -> int:
        """The new record's offset; it is durable after the next `sync`.

        Raises `UnavailableError` (`segment_log.full`) at the bound or on a full disk, `segment_log.broken` after a
        failed sync; `RefusedError` (`segment_log.too_large`) for a record that can never fit.
        """
        if self._broken:
            raise UnavailableError("segment_log.broken", self._broken)
        append_us = max(self._clock.now_us(), self._append_us)
        offset = self.next_offset
        record = Record(offset, append_us, key, value, tuple(headers))
        self._make_room(frame.size_of(record))
        tail = self._segments[-1]
        try:
            tail.append(offset, frame.encode(record, tail.size))
        except OSError as error:
            raise UnavailableError("segment_log.full", f"{self._folder}: {error.strerror}") from error
        self._append_us = append_us
        self.next_offset = offset + 1
        return offset

    def sync(self) -> int:
        """Force to the disk; every record below the returned offset is durable."""
        with self._rolling:
            return self._sync()

    def read(self, offset: int, records_max: int = 500) -> list[Record]:
        """Up to `records_max` durable records from `offset` on; fewer than that at the end.

        Raises `RefusedError` (`segment_log.offset_gone`) below `first_offset` and beyond the end.
        """
        if not self.first_offset <= offset <= self.next_offset:
            detail = f"offset {offset} is not within [{self.first_offset}, {self.next_offset}]"
            raise RefusedError("segment_log.offset_gone", detail)
        records: list[Record] = []
        for segment in self._segments[self._segment_of(offset) :]:
            for span in segment.spans(offset):
                if span.record is None:
                    self._quarantine(segment, span)
                elif span.record.offset >= self.durable_offset or len(records) >= records_max:
                    return records
                elif span.record.offset >= offset:
                    records.append(span.record)
        return records

    def truncate_head(self, below_offset: int) -> None:
        """Delete the segments all of whose records are below an offset; the newest segment stays."""
        while len(self._segments) > 1 and self._segments[1].base_offset <= below_offset:
            segment = self._segments.pop(0)
            segment.close()
            segment.path.unlink()
        os.fsync(self._directory)

    def close(self) -> None:
        """Sync and close; the folder is free for another process."""
        if not self._broken:
            self.sync()
        for segment in self._segments:
            segment.close()
        os.close(self._directory)

    def _sync(self) -> int:
        end = self.next_offset
        try:
            self._segments[-1].sync()
        except OSError as error:
            # after a failed fsync the kernel may have dropped the pages: only opening anew tells what is there
            self._broken = f"{self._folder}: {error.strerror}; open the log anew"
            raise UnavailableError("segment_log.broken", self._broken) from error
        self.durable_offset = max(self.durable_offset, end)
        return end

    def _make_room(self, size: int) -> None:
        if size > self._bytes_max:
            raise RefusedError("segment_log.too_large", f"{size} bytes, the whole log holds {self._bytes_max}")
        # a new segment first: the one before it can then be deleted to make room, however large it is
        if self._segments[-1].size and self._segments[-1].size + size > self._segment_bytes_max:
            with self._rolling:
                self._sync()
                self._roll()
        if self.size_bytes + size > self._bytes_max:
            detail = f"{self._folder} holds {self.size_bytes} of {self._bytes_max} bytes"
            raise UnavailableError("segment_log.full", detail)

    def _roll(self) -> None:
        try:
            self._segments.append(Segment(segment_path(self._folder, self.next_offset)))
            os.fsync(self._directory)
        except OSError as error:
            raise UnavailableError("segment_log.full", f"{self._folder}: {error.strerror}") from error

    def _segment_of(self, offset: int) -> int:
        bases = [segment.base_offset for segment in self._segments]
        return max(index for index, base in enumerate(bases) if base <= offset)

    def _open_tail(self) -> None:
        """Find the end; what lies behind the last whole record is cut."""
        if not self._segments:
            self._roll()
        tail = self._segments[-1]
        self.next_offset = tail.base_offset
        end = 0
        for span in tail.spans(tail.base_offset):
            if span.record is not None:
                end = span.end
                self.next_offset = span.record.offset + 1
            elif not frame.is_torn(tail.bytes_of(span)):
                self._quarantine(tail, span)
        self._append_us = self._last_append_us()
        if end < tail.size:
            self._cut_tail(tail, end)

    def _cut_tail(self, tail: Segment, end: int) -> None:
        torn_bytes = tail.size - end
        tail.cut(end)
        self.torn_bytes += torn_bytes
        # the cut bytes may have held records whose offsets a reader has seen: these are never given again
        self.next_offset += torn_bytes // frame.FRAME_BYTES_MIN + 1
        self._roll()

    def _last_append_us(self) -> int:
        for segment in reversed(self._segments):
            times = [span.record.append_us for span in segment.spans(segment.base_offset) if span.record is not None]
            if times:
                return times[-1]
        return 0

    def _quarantine(self, segment: Segment, span: frame.Span) -> None:
        aside = self._folder / "quarantine" / f"{segment.path.stem}-{span.start}"
        if aside.exists():
            return
        aside.parent.mkdir(exist_ok=True)
        aside.write_bytes(segment.bytes_of(span))
        self.quarantined += 1


def _lock_folder(folder: Path) -> int:
    directory = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(directory)
        raise UnavailableError("segment_log.in_use", f"{folder} is open in another process") from error
    return directory
