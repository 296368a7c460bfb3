"""A file of a practical task on its way to the server, without any network: announced, in parts, resumed."""

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from load_tests.protocol import Call

PART_BYTES = 256 * 1024
OUT_OF_PLACE = "upload_part_out_of_place"
"""Another request of ours got through after all: announcing again says where to go on."""


def response_entry(name: str, content: bytes) -> str:
    """Return how an answer names a file."""
    return f"{hashlib.sha256(content).hexdigest()} {name}"


@dataclass(frozen=True, slots=True)
class FileOnItsWay:
    """A file for one task of an attempt."""

    attempt_id: UUID
    epoch: int
    item: str
    name: str
    content: bytes
    part_bytes: int = PART_BYTES

    def announcement(self) -> Call:
        """Announce the file, or ask how much of it has arrived."""
        body = {
            "epoch": self.epoch,
            "item": self.item,
            "file_name": self.name,
            "size_bytes": len(self.content),
            "sha256": hashlib.sha256(self.content).hexdigest(),
        }
        return Call("upload", "POST", f"/api/delivery/attempts/{self.attempt_id}/uploads", body)

    def next_part(self, view: dict[str, Any]) -> Call:
        """Bring the next part, from where the server's view of the file says."""
        start = view["received_bytes"]
        return Call(
            "upload part",
            "PATCH",
            f"/api/delivery/attempts/{self.attempt_id}/uploads/{view['id']}",
            content=self.content[start : start + self.part_bytes],
            headers={
                "Upload-Offset": str(start),
                "Seat-Epoch": str(self.epoch),
                "Content-Type": "application/octet-stream",
            },
        )
