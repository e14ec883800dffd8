"""``/static``: the bundled assets, compiled once, the same for everybody."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from hub.web.assets import Assets
from hub.web.headers import KEPT_FOR_EVER
from hub.web.policy import anyone
from hub.web.problems import not_found


@get("/static/{name:path}", opt=anyone("scripts, styles and fonts hold nobody's data"), include_in_schema=False)
async def static_file(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    """Return one file of the build; it may be kept for ever when its name says what is in it."""
    assets: Assets = request.app.state.assets
    asset = assets.find(str(name).lstrip("/"))
    if asset is None:
        raise not_found()
    kept = KEPT_FOR_EVER if asset.hashed else "public, max-age=3600"
    return Response(
        asset.path.read_bytes(), headers={"content-type": asset.media_type, "cache-control": kept}, media_type=None
    )
