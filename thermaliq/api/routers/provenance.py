"""`/provenance/{hash}`: the document behind a point or a calculation."""

from __future__ import annotations

import re
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from thermaliq.api.contract import PREFIX, answers
from thermaliq.api.problem import Problem
from thermaliq.api.representation import json_response
from thermaliq.api.routers.calculations import told
from thermaliq.calculations.store import Store

_HASH: Final = re.compile(r"sha256:[0-9a-f]{64}")


def router(store: Store) -> APIRouter:
    """The route over what the database holds."""
    made = APIRouter(prefix=PREFIX, tags=["provenance"])

    @made.get("/provenance/{digest}", responses=answers({"type": "object"}, missing=True))
    async def provenance(digest: str) -> Response:
        """Site-file revision, parameters, method, heating value, site pressure, library versions."""
        with told():
            document = await store.provenance(digest) if _HASH.fullmatch(digest) else None
        if document is None:
            raise Problem(404, "provenance.unknown", "nothing stands on this hash", value=digest[:100])
        return json_response(document, headers={"Cache-Control": "private, max-age=31536000, immutable"})

    return made
