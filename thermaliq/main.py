"""`thermaliq.main:app`: the service under a server of others, as `uvicorn thermaliq.main:app --workers 4`.

Every process serves the API and the live socket; one, elected by a file lock, has the other ports too. Metrics go to
files of a common folder, which prometheus_client looks for when it is imported: so it is named first.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

FOLDER = Path(
    os.environ.setdefault(
        "PROMETHEUS_MULTIPROC_DIR", str(Path(tempfile.gettempdir()) / f"thermaliq-metrics-{os.getuid()}-{os.getppid()}")
    )
)
FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)

from thermaliq.under_uvicorn import Application  # noqa: E402 - what it imports looks for the folder

app = Application(FOLDER)
