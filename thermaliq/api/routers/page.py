"""The operator's page at `/`: a static shell without data."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Final

from fastapi import APIRouter
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles

FOLDER: Final = Path(str(files("thermaliq.api") / "web"))
REVALIDATED: Final = {"Cache-Control": "no-cache"}


class PageFiles(StaticFiles):
    """Files that a browser may keep and must ask about."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        """A file, or 304."""
        response: Response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers.update(REVALIDATED)
        return response


def router() -> APIRouter:
    """The page itself."""
    made = APIRouter()

    @made.get("/", include_in_schema=False)
    async def page() -> FileResponse:
        return FileResponse(FOLDER / "index.html", headers=REVALIDATED)

    return made
