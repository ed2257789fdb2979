"""A body that came gzipped, unpacked within a bound."""

from __future__ import annotations

import zlib
from typing import Final

from starlette.requests import Request

from thermaliq.api.problem import Problem

UNPACKED_BYTES_MAX: Final = 8 << 20
_GZIP: Final = 31
"""zlib's window bits for a gzip frame."""


async def unpacked(request: Request) -> bytes:
    """The body as `Content-Encoding` says it came; problems: 413 too large, 415 another encoding, 422 broken."""
    body = await request.body()
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding in {"identity", ""}:
        return body
    if encoding not in {"gzip", "x-gzip"}:
        raise Problem(415, "http.content_encoding", "send it plain, or with gzip", value=encoding[:64])
    return gunzip(body)


def gunzip(body: bytes, bytes_max: int = UNPACKED_BYTES_MAX) -> bytes:
    """The content of a gzip frame, never more than `bytes_max` of it in memory."""
    frame = zlib.decompressobj(_GZIP)
    try:
        content = frame.decompress(body, bytes_max)
    except zlib.error as error:
        raise Problem(422, "http.gzip", "the body is not gzip") from error
    if not frame.eof and len(content) >= bytes_max:
        raise Problem(413, "http.too_large", f"a body has {bytes_max} bytes at most once it is unpacked")
    if not frame.eof or frame.unused_data:
        raise Problem(422, "http.gzip", "the body is not one whole gzip frame")
    return content
