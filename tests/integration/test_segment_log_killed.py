"""A process is killed while it appends: what it was told is durable is there."""

import subprocess
import sys
from pathlib import Path

import pytest

from connectors.segment_log import SegmentLog
from tests.fix_connectors import ManualClock

ROOT = Path(__file__).parents[2]
APPEND_FOR_EVER = """
import sys
from pathlib import Path
from connectors.segment_log import SegmentLog
from tests.fix_connectors import ManualClock

log = SegmentLog(Path(sys.argv[1]), ManualClock(), segment_bytes_max=20_000)
number = log.next_offset
while True:
    for _ in range(7):
        number = log.append(b"key", b"%d" % number * 50) + 1
    print(log.sync(), flush=True)
"""


@pytest.mark.parametrize("lines", [1, 40, 333])
def test_what_was_synced_survives_a_kill(tmp_path: Path, lines: int) -> None:
    durable = 0
    for _ in range(2):
        process = subprocess.Popen(
            [sys.executable, "-c", APPEND_FOR_EVER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        with process:
            for _ in range(lines):
                durable = int(process.stdout.readline())
            process.kill()
        log = SegmentLog(tmp_path, ManualClock(), segment_bytes_max=20_000)
        records = log.read(0, 1_000_000)
        assert [record.offset for record in records[:durable]] == list(range(durable))
        assert all(record.value == b"%d" % record.offset * 50 for record in records)
        assert log.quarantined == 0
        log.close()
