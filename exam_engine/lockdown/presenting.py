"""What a request shows of the browser that sent it."""

from typing import Annotated

from fastapi import Depends, Request

from exam_engine.core.config import Settings
from exam_engine.lockdown.requiring import EXAM_PATH
from exam_engine.lockdown.seb.sent_hashes import Presented, SentHashes

CONFIG_KEY_HEADER = "x-safeexambrowser-configkeyhash"
EXAM_KEY_HEADER = "x-safeexambrowser-requesthash"
# Sent by our own page, from the keys that the browser hands to scripts instead of adding headers itself.
PAGE_CONFIG_KEY_HEADER = "x-exam-seb-config-key-hash"
PAGE_EXAM_KEY_HEADER = "x-exam-seb-exam-key-hash"
_NAME = "SEB/"


def presented_by(request: Request) -> Presented:
    """Return what a request shows: hashes over its own address, and over that of the page which sent it.

    Addresses are the public ones, whatever a proxy in between made of them. Of pages only the candidate's is known, so
    its address need not be sent.
    """
    settings: Settings = request.app.state.settings
    server, headers = settings.public_url.rstrip("/"), request.headers
    path = request.scope.get("raw_path", b"").decode("ascii", "replace").partition("?")[0] or request.url.path
    query = request.scope.get("query_string", b"").decode("ascii", "replace")
    address = f"{server}{path}?{query}" if query else f"{server}{path}"
    return Presented(
        hashes=(
            SentHashes(address, headers.get(CONFIG_KEY_HEADER, ""), headers.get(EXAM_KEY_HEADER, "")),
            SentHashes(
                f"{server}{EXAM_PATH}",
                headers.get(PAGE_CONFIG_KEY_HEADER, ""),
                headers.get(PAGE_EXAM_KEY_HEADER, ""),
            ),
        ),
        is_named_seb=_NAME in headers.get("user-agent", ""),
    )


PresentedDep = Annotated[Presented, Depends(presented_by)]
