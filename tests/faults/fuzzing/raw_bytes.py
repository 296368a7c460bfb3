"""Spoiled files and random bytes, sent wherever the server takes or looks up something that is not JSON of a form."""

import asyncio
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote
from uuid import UUID

import httpx
import structlog

from exam_engine.accounts.permissions import Role
from exam_engine.delivery.journal import chain_hash, genesis_hash
from tests.exam_engine.media.makers import excel_file, pdf, photograph, saved, tone, word_file
from tests.faults.fuzzing.campaign import Findings
from tests.faults.fuzzing.installation import NOBODY, Installation
from tests.faults.fuzzing.judge import faults_of
from tests.item_bank.makers import item_row, workbook_bytes

_TABLE = workbook_bytes([item_row("IU04-901"), item_row("IU04-902", key="C")])
_CSV = b"candidate,IU03-NB1,IU04-NB1\n1,1,0\n2,0,1\n3,1,1\n"
_GIFT = "::q1:: Một byte có mấy bit? {=8 ~4 ~16}\n".encode()


@dataclass(frozen=True, slots=True)
class Upload:
    """A route that takes a file.

    ``seeds`` are good files of what it takes, each with a name; they are spoiled before they are sent.
    """

    role: Role
    url: str
    seeds: tuple[tuple[str, bytes], ...]
    fields: Mapping[str, str] = field(default_factory=dict)


def uploads(made: Installation) -> list[Upload]:
    """Return the routes that take files."""
    pictures = (("hinh.png", saved(photograph(24, 16), "PNG")), ("anh.jpg", saved(photograph(24, 16), "JPEG")))
    sounds = (("tieng.wav", tone("WAV", rate=8000, seconds=0.1)),)
    attachments = (("de.docx", word_file()), ("bang.xlsx", excel_file()), ("doc.pdf", pdf()))
    items = (("cau.xlsx", _TABLE), ("cau.csv", _CSV), ("cau.gift", _GIFT), ("cau.docx", word_file()), *attachments)
    draft = made.known["draft_sitting_id"][0]
    return [
        Upload(Role.ITEM_AUTHOR, "/api/media", pictures, {"purpose": "picture"}),
        Upload(Role.ITEM_AUTHOR, "/api/media", sounds, {"purpose": "sound"}),
        Upload(Role.ITEM_AUTHOR, "/api/media", attachments, {"purpose": "attachment"}),
        Upload(Role.ITEM_AUTHOR, "/api/items/imports", items),
        Upload(Role.BOARD_MEMBER, f"/api/sittings/{draft}/candidate-imports", (("ds.xlsx", _TABLE),)),
        Upload(Role.BOARD_MEMBER, "/api/syllabus/imports/checks?framework=tt03_2014", (("dc.xlsx", _TABLE),)),
        Upload(Role.BOARD_MEMBER, "/api/calibrations/check", (("tl.csv", _CSV),), {"name": "Thử"}),
    ]


def spoiled(content: bytes, rng: random.Random) -> bytes:
    """Return bytes with some changed, cut off, put in, repeated; or others altogether."""
    if rng.random() < 0.2:
        return rng.randbytes(rng.choice([0, 1, 7, 200, 5000]))
    changed = bytearray(content)
    for _ in range(rng.choice([1, 2, 8, 40])):
        place = rng.randrange(len(changed) + 1)
        match rng.randrange(5):
            case 0:
                changed[place : place + 1] = rng.randbytes(1)
            case 1:
                del changed[place : place + rng.choice([1, 16, 300])]
            case 2:
                changed[place:place] = rng.randbytes(rng.choice([1, 16, 300]))
            case 3:
                changed[place:place] = changed[place : place + 64]
            case _:
                changed[place : place + 4] = rng.choice([b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff"])
    return bytes(changed)


def throw_bytes(runner: asyncio.Runner, made: Installation, *, rounds: int, seed: int) -> Findings:
    """Send so many rounds of spoiled files, journals and addresses."""
    findings, rng = Findings(), random.Random(seed)
    with structlog.testing.capture_logs() as logged:
        for _ in range(rounds):
            runner.run(_round(made, findings, rng))
    findings.add_logged(logged)
    return findings


async def _round(made: Installation, findings: Findings, rng: random.Random) -> None:
    for upload in uploads(made):
        name, good = rng.choice(upload.seeds)
        file = (rng.choice([name, "", "\u202e.exe", "../../x", name.upper()]), spoiled(good, rng))
        client = made.people[upload.role].client
        request = client.build_request("POST", upload.url, files={"file": file}, data=dict(upload.fields))
        await _send(made, findings, upload.role, request)
    candidate = made.people[Role.CANDIDATE].client
    url = f"/api/delivery/attempts/{made.known['running_attempt_id'][0]}/journal"
    for body in (spoiled(_journal(made, rng), rng), _journal(made, rng)):
        request = candidate.build_request("POST", url, content=body, headers={"content-type": "application/json"})
        await _send(made, findings, Role.CANDIDATE, request)
    for address in _ADDRESSES:
        typed = quote(rng.randbytes(rng.choice([1, 8, 16, 120])))
        await _send(made, findings, NOBODY, made.people[NOBODY].client.build_request("GET", address(typed)))


_ADDRESSES: tuple[Callable[[str], str], ...] = (
    lambda typed: f"/papers/{typed}.bin",
    lambda typed: f"/c/{typed}",
    lambda typed: f"/api/verification/certificates/{typed}",
)


def _journal(made: Installation, rng: random.Random) -> bytes:
    """Return operations that may be right but for one thing."""
    attempt_id = UUID(made.known["running_attempt_id"][0])
    body = {
        "seq": rng.choice([1, 1, 2, 0, -1, 2**63 - 1, 2**63, 2**80]),
        "kind": rng.choice(["answer", "clear", "flag", "heartbeat", "", "\0"]),
        "item": rng.choice(["q01", "q99", "", "q" * 300, "\ud800"]),
        "value": rng.choice([["A"], [], ["A"] * 100, ["x" * 20_000], None, "A", [1]]),
        "at_ms": rng.choice([0, 1, -1, 2**31, 2**63, 1.5, None]),
    }
    text = json.dumps(body)
    operation = {
        "seq": rng.choice([body["seq"], 1, 2**63 - 1, 2**64]),
        "hash": rng.choice([chain_hash(genesis_hash(attempt_id), text), "f" * 64, "", "ư" * 64]),
        "body": rng.choice([text, text[:-1], "", "[]", "null", "9" * 5000, "[" * 5000]),
    }
    epoch = rng.choice([1, 1, 2**31, 2**31 - 1, 0, -1])
    return json.dumps({"epoch": epoch, "ops": [operation] * rng.choice([1, 1, 2, 300]), "confirmed": []}).encode()


async def _send(made: Installation, findings: Findings, name: str, request: httpx.Request) -> None:
    person = made.people[name]
    findings.requests += 1
    response = await person.client.send(request)
    findings.statuses[response.status_code] += 1
    for fault in faults_of(response, person, made):
        shown = f"{request.method} {request.url} {request.content[:600]!r} -> {response.text[:600]}"
        findings.add(f"{request.method} {request.url.path}: {fault}", shown)
