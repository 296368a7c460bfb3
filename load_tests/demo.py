"""The main job end to end on the embedded database: from a question bank to certificates that a phone verifies.

Everything goes through the HTTP API of a server process of its own, each step in the name of a person whose role
allows it. Then the server stays up for whoever wants to look around; ``--once`` ends instead.
"""

import argparse
import asyncio
import base64
import html
import random
import secrets
import shutil
import sys
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pypdfium2
import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from certificates.qr_payload import read_payload
from exam_engine.accounts import service as accounts
from exam_engine.accounts.access import CSRF_HEADER
from exam_engine.accounts.permissions import Role
from exam_engine.app import bring_up_to_date
from exam_engine.core.actor import SYSTEM
from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.time import VIETNAM, utc_now
from exam_engine.evidence.verification import verify_file
from item_bank.sample.bank import sample_rows, write_sample_workbook
from item_bank.sample.modules import sample_modules
from item_bank.sample.package import write_sample_package
from item_bank.sample.pilot import SEED, simulate_pilot, write_pilot
from load_tests.candidate_sheet import write_candidates
from load_tests.candidates import SimulatedCandidate, Timings, work_through
from load_tests.people import Person, make_people
from load_tests.server import ServerDiedError, ServerProcess, free_port

FOLDER = Path("var") / "demo"
CANDIDATES = 20
VISITORS = 3
BLUEPRINT_NAME = "CNTT cơ bản 40 câu"
SITTING_NAME = "Ca sáng (mô phỏng)"
VISITORS_SITTING_NAME = "Ca trải nghiệm"
STAFF = (
    ("quantri", "Quản trị viên", (Role.ADMINISTRATOR,)),
    ("soancau", "Đỗ Thị Hạnh", (Role.ITEM_AUTHOR,)),
    ("phanbien", "Lê Quang Vinh", (Role.ITEM_REVIEWER,)),
    ("hoidong1", "Nguyễn Thị Thuỳ Dương", (Role.BOARD_MEMBER,)),
    ("hoidong2", "Phạm Đức Ân", (Role.BOARD_MEMBER,)),
    ("giamthi", "Trần Văn Hoà", (Role.PROCTOR,)),
    ("chamthi", "Vũ Thị Mai", (Role.MARKER,)),
    ("capphat", "Hoàng Quốc Khánh", (Role.CERTIFICATE_OFFICER,)),
    ("thanhtra", "Bùi Minh Thư", (Role.INSPECTOR,)),
)
# Forty items over six modules and four levels, in the usual shares 40/30/20/10.
_PER_MODULE = {
    "IU01": (3, 2, 1, 1),
    "IU02": (3, 2, 1, 1),
    "IU03": (3, 2, 2, 1),
    "IU04": (2, 2, 2, 1),
    "IU05": (2, 2, 1, 0),
    "IU06": (3, 2, 1, 0),
}
_LEVELS = ("NB", "TH", "VD", "VDC")


class DemoFailedError(Exception):
    """A step did not end as it must."""


@dataclass(slots=True)
class Figures:
    """What the last line sums up."""

    facts: list[str] = field(default_factory=list)


@contextmanager
def step(number: int, title: str) -> Iterator[Callable[[str], None]]:
    """Print one progress line: the step, its figures and its time."""
    began, figures = time.perf_counter(), list[str]()
    print(f"{number}/7 {title} …", flush=True)
    yield figures.append
    print(f"    {'; '.join(figures)} ({time.perf_counter() - began:.1f} s)", flush=True)


@asynccontextmanager
async def _staff(server: ServerProcess, passwords: dict[str, str]) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    clients: dict[str, httpx.AsyncClient] = {}
    try:
        for username, _, _ in STAFF:
            client = httpx.AsyncClient(base_url=server.url, timeout=120)
            clients[username] = client
            view = await _ask(client, "POST", "/api/session", {"username": username, "password": passwords[username]})
            client.headers[CSRF_HEADER] = view["csrf_token"]
        yield clients
    finally:
        for client in clients.values():
            await client.aclose()


async def _ask(client: httpx.AsyncClient, method: str, url: str, body: Any = None, **how: Any) -> dict[str, Any]:
    response = await client.request(method, url, json=body, **how)
    if response.status_code >= 400:
        raise DemoFailedError(f"{method} {url}: {response.status_code} {response.text[:600]}")
    answer: dict[str, Any] = response.json() if response.content else {}
    return answer


async def _upload(
    client: httpx.AsyncClient, url: str, file: Path, data: dict[str, str] | None = None
) -> dict[str, Any]:
    with file.open("rb") as content:
        response = await client.post(url, files={"file": (file.name, content)}, data=data or {})
    if response.status_code >= 400:
        raise DemoFailedError(f"POST {url}: {response.status_code} {response.text[:600]}")
    answer: dict[str, Any] = response.json()
    return answer


async def _finished(client: httpx.AsyncClient, job_id: str) -> dict[str, Any]:
    while True:
        job = await _ask(client, "GET", f"/api/jobs/{job_id}")
        if job["status"] == "failed":
            raise DemoFailedError(f"{job['kind']}: {job['error']}")
        if job["status"] == "succeeded":
            return job
        await asyncio.sleep(0.2)


async def bring_bank(staff: dict[str, httpx.AsyncClient], folder: Path, say: Callable[[str], None]) -> None:
    """Import the sample items, from Excel and from a QTI package, and have them approved by another person."""
    workbook, package = folder / "ngan-hang-cau-hoi.xlsx", folder / "mo-dun-nang-cao.zip"
    write_sample_workbook(workbook)
    write_sample_package(package)
    for file in (workbook, package):
        applied = await _bring(staff["soancau"], file)
        say(f"{applied['created']} items from {file.name}, 0 faults")
    waiting = {"all_matching": {"status": ["in_review"]}}
    approved = await _ask(staff["phanbien"], "POST", "/api/items/approvals", waiting)
    say(f"{approved['done']} approved by a second person")
    say(f"{await _declare_enemies(staff['phanbien'])} pairs of enemies, which never stand in the same form")


async def _declare_enemies(reviewer: httpx.AsyncClient) -> int:
    """Declare the enemies of the sample; returns how many pairs there are."""
    pairs = [pair for module in sample_modules() for pair in module.enemies]
    for pair in pairs:
        found = await _ask(reviewer, "GET", "/api/items", params={"q": f"code:{pair.first}"})
        (item_id,) = (item["id"] for item in found["items"] if item["code"] == pair.first)
        await _ask(reviewer, "POST", f"/api/items/{item_id}/enemies", {"code": pair.second, "reason": pair.reason})
    return len(pairs)


async def _bring(author: httpx.AsyncClient, file: Path) -> dict[str, Any]:
    """Upload a file, wait for its dry run and apply it; returns what applying did."""
    report = await _upload(author, "/api/items/imports", file)
    run = f"/api/items/imports/{report['id']}"
    report = await _while(author, run, report, {"reading", "checking"})
    if report["counts"]["errors"]:
        raise DemoFailedError(f"{file.name} has faults: {report['problems'][:3]}")
    report = await _ask(author, "POST", f"{run}/apply", {"submit_for_review": True})
    report = await _while(author, run, report, {"applying"})
    outcome: dict[str, Any] = report["outcome"]
    return outcome


async def _while(client: httpx.AsyncClient, url: str, view: dict[str, Any], states: Collection[str]) -> dict[str, Any]:
    """Ask again and again while something is in one of some states."""
    while view["state"] in states:
        await asyncio.sleep(0.2)
        view = await _ask(client, "GET", url)
    return view


async def calibrate(
    staff: dict[str, httpx.AsyncClient], folder: Path, figures: Figures, say: Callable[[str], None]
) -> dict[str, Any]:
    """Calibrate the bank with simulated pilot answers; returns the true parameters by item code."""
    pilot = simulate_pilot(SEED)
    responses = folder / "thi-thu-mo-phong.csv"
    write_pilot(pilot, responses, folder / "tham-so-that-mo-phong.csv")
    started = await _upload(staff["hoidong1"], "/api/calibrations", responses, {"name": "Thi thử (mô phỏng)"})
    await _finished(staff["hoidong1"], started["job_id"])
    url = f"/api/calibrations/{started['calibration_id']}"
    found = await _ask(staff["hoidong1"], "GET", url)
    if not found["converged"]:
        raise DemoFailedError("the calibration did not converge")
    await _ask(staff["hoidong2"], "POST", f"{url}/approval")
    true_b = dict(zip(pilot.codes, pilot.b, strict=True))
    error = np.sqrt(np.mean([(item["b"] - true_b[item["code"]]) ** 2 for item in found["items"]]))
    say(f"2PL on {found['n_candidates']} simulated candidates, {found['n_responses']} responses")
    say(f"{found['iterations']} iterations, log-likelihood {found['log_likelihood']:.2f}")
    say(f"{len(found['items'])} items, RMSE of b {error:.3f}")
    figures.facts += [f"items {len(found['items'])}", f"iterations {found['iterations']}"]
    figures.facts.append(f"log-likelihood {found['log_likelihood']:.2f}")
    return {code: (a, b) for code, a, b in zip(pilot.codes, pilot.a, pilot.b, strict=True)}


async def assemble(staff: dict[str, httpx.AsyncClient], figures: Figures, say: Callable[[str], None]) -> list[str]:
    """Assemble two parallel forms and publish them; returns their ids."""
    cells = [
        {"module_code": module, "cognitive_level": level, "minimum": count, "maximum": count}
        for module, counts in _PER_MODULE.items()
        for level, count in zip(_LEVELS, counts, strict=True)
        if count
    ]
    length = sum(sum(counts) for counts in _PER_MODULE.values())
    blueprint = {"name": BLUEPRINT_NAME, "form_length": length, "duration_minutes": 45, "cut_theta": 0.0}
    saved = await _ask(staff["hoidong1"], "POST", "/api/blueprints", blueprint | {"cells": cells})
    started = await _ask(
        staff["hoidong1"], "POST", "/api/assemblies", {"blueprint_id": saved["id"], "form_count": 2, "seed": 1}
    )
    await _finished(staff["hoidong1"], started["job_id"])
    url = f"/api/assemblies/{started['assembly_id']}"
    made = await _ask(staff["hoidong1"], "GET", url)
    if made["status"] != "assembled":
        raise DemoFailedError(f"assembly: {made['status']} {made['conflict']}")
    await _ask(staff["hoidong2"], "POST", f"{url}/approval", {"revision": made["revision"]})
    published = await _ask(staff["hoidong2"], "POST", f"{url}/publication")
    shared: int = made["overlap"][0][1]
    difference: float = made["max_relative_difference"]
    if shared or difference > 0.05:
        raise DemoFailedError(f"forms are not parallel: {shared} shared items, difference {difference:.3f}")
    say(f"{len(made['forms'])} forms of {length} items, {shared} shared")
    say(f"information at the cut differs by {difference:.2%}")
    say(f"value {made['objective']:.3f}, proven bound {made['bound']:.3f}")
    figures.facts.append(f"forms {len(published['form_ids'])}")
    return list(published["form_ids"])


@dataclass(frozen=True, slots=True)
class OpenSitting:
    """A ready sitting with what is needed to sit it."""

    sitting_id: str
    room_id: str
    access_code: str
    registrations: tuple[dict[str, Any], ...]


async def prepare_sittings(
    staff: dict[str, httpx.AsyncClient],
    folder: Path,
    form_ids: list[str],
    people: list[Person],
    say: Callable[[str], None],
) -> list[OpenSitting]:
    """Plan a sitting for the simulated candidates and one for visitors; returns both, ready."""
    board = staff["hoidong1"]
    exam = await _ask(
        board,
        "POST",
        "/api/exams",
        {"code": "CNTT-CB", "name": "Ứng dụng CNTT cơ bản", "standard_level": "basic", "duration_minutes": 45},
    )
    centre = await _ask(
        board,
        "POST",
        "/api/centres",
        {
            "code": "TTSH",
            "name": "Trung tâm sát hạch mẫu",
            "address": "Bảo Lộc, Lâm Đồng",
            "rooms": [
                {"name": "Phòng máy 3", "seat_count": CANDIDATES, "row_width": 4},
                {"name": "Phòng máy 4", "seat_count": CANDIDATES, "row_width": 4},
            ],
        },
    )
    proctors = await _ask(board, "GET", "/api/proctors")
    ready = []
    today = utc_now()
    for number, (name, group) in enumerate(
        ((SITTING_NAME, people[:CANDIDATES]), (VISITORS_SITTING_NAME, people[CANDIDATES:])), start=1
    ):
        administration = await _ask(
            board,
            "POST",
            "/api/administrations",
            {
                "exam_id": exam["id"],
                "name": f"Đợt thi mẫu {number}",
                "council_name": "Hội đồng thi mẫu",
                "place": "Lâm Đồng",
                "number_template": "LD{seq:04}",
            },
        )
        sitting = await _ask(
            board,
            "POST",
            "/api/sittings",
            {
                "administration_id": administration["id"],
                "name": name,
                "opens_at": (today - timedelta(minutes=1)).isoformat(),
                "closes_at": (today + timedelta(hours=8)).isoformat(),
                "duration_minutes": 45,
                "grace_seconds": 120,
            },
        )
        url = f"/api/sittings/{sitting['id']}"
        room_id = centre["rooms"][number - 1]["id"]
        proctor_ids = [proctor["id"] for proctor in proctors["items"]]
        await _ask(board, "POST", f"{url}/rooms", {"room_id": room_id, "proctor_ids": proctor_ids})
        await _ask(board, "PUT", f"{url}/forms", {"form_ids": form_ids})
        file = folder / f"thi-sinh-{number}.xlsx"
        write_candidates(file, group)
        report = await _upload(board, f"{url}/candidate-imports", file)
        if report["errors"]:
            raise DemoFailedError(f"candidates: {report['errors'][:3]}")
        await _ask(board, "POST", f"{url}/candidate-imports/{report['id']}/apply")
        await _ask(board, "POST", f"{url}/arrangement")
        made = await _ask(board, "POST", f"{url}/readiness")
        listed = await _ask(board, "GET", f"{url}/registrations")
        ready.append(OpenSitting(sitting["id"], room_id, made["access_code"], tuple(listed["items"])))
        if number == 1:
            say(f"{report['rows_read']} candidates from {file.name}, {made['papers']} sealed papers")
            first, last = listed["items"][0], listed["items"][-1]
            say(f"{first['candidate_number']} {first['full_name']} … {last['candidate_number']} {last['full_name']}")
    say(f"access code {ready[0].access_code}")
    return ready


async def sit(
    server: ServerProcess,
    staff: dict[str, httpx.AsyncClient],
    sitting: OpenSitting,
    people: list[Person],
    parameters: dict[str, Any],
    figures: Figures,
    say: Callable[[str], None],
) -> list[SimulatedCandidate]:
    """Let all simulated candidates log in, be unlocked, work and hand in over HTTP."""
    rng = random.Random(2026)
    timings = Timings()
    suffix: dict[str, str] = {
        person.full_name + person.birth_date.strftime("%d/%m/%Y"): person.identity_suffix for person in people
    }
    candidates = [
        SimulatedCandidate(
            httpx.AsyncClient(base_url=server.url, timeout=60),
            access_code=sitting.access_code,
            candidate_number=row["candidate_number"],
            identity_suffix=suffix[row["full_name"] + row["birth_date"]],
            timings=timings,
        )
        for row in sitting.registrations
    ]
    for candidate in candidates:
        await candidate.log_in()
        await candidate.check_own_data()
    room = f"/api/proctoring/sittings/{sitting.sitting_id}/rooms/{sitting.room_id}"
    waiting = asyncio.gather(*(candidate.start() for candidate in candidates))
    await _ask(staff["giamthi"], "POST", f"{room}/identity/confirmation", {"all": True})
    unlocked = await _ask(staff["giamthi"], "POST", f"{room}/unlock", {"all": True})
    await waiting
    text = "Các anh chị nhớ xem lại những câu đã đánh dấu trước khi nộp bài."
    await _ask(staff["giamthi"], "POST", f"{room}/messages", {"text": text, "all": True})
    known = {row["stem"]: row for row in sample_rows()}
    await asyncio.gather(
        *(
            work_through(candidate, _answering(known, parameters, rng.gauss(0.35, 1.0), rng), pause=0.05)
            for candidate in candidates
        )
    )
    await asyncio.gather(*(candidate.submit() for candidate in candidates))
    board = await _ask(staff["giamthi"], "GET", room)
    handed_in = sum(seat["state"] == "submitted" for seat in board["seats"])
    if handed_in != len(candidates) or any(text not in candidate.messages for candidate in candidates):
        raise DemoFailedError(f"{handed_in} of {len(candidates)} handed in, or a message did not arrive")
    saves = len(timings.seconds["save"])
    p95 = timings.percentile("save", 0.95) * 1000
    say(f"{unlocked['seats']} seats unlocked, {handed_in} papers handed in")
    say(f"{saves} saves, p95 {p95:.0f} ms, every receipt's signature checked")
    figures.facts += [f"candidates {handed_in}", f"saves {saves}", f"save p95 {p95:.0f} ms"]
    return candidates


def _answering(
    known: dict[str, dict[str, str]], parameters: dict[str, Any], theta: float, rng: random.Random
) -> Callable[[dict[str, Any]], str | None]:
    """Return how a candidate of ability ``theta`` answers: right with the 2PL probability, else any wrong option."""

    def answer(item: dict[str, Any]) -> str | None:
        row = known[html.unescape(item["stem"])]
        a, b = parameters[row["code"]]
        right_text = row[f"option_{row['key'].lower()}"]
        right = [option["id"] for option in item["options"] if html.unescape(option["content"]) == right_text]
        wrong = [option["id"] for option in item["options"] if option["id"] not in right]
        if rng.random() < 1 / (1 + np.exp(-a * (theta - b))):
            return str(right[0])
        return None if rng.random() < 0.03 else str(rng.choice(wrong))

    return answer


async def decide(
    staff: dict[str, httpx.AsyncClient],
    sitting: OpenSitting,
    candidates: list[SimulatedCandidate],
    figures: Figures,
    say: Callable[[str], None],
) -> None:
    """Mark, propose, approve by a second person; every candidate reads their own result."""
    url = f"/api/results/{sitting.sitting_id}"
    for _ in range(200):
        if (await _ask(staff["hoidong1"], "GET", url))["status"] not in {"running", "marking"}:
            break
        await asyncio.sleep(0.3)
    await _ask(staff["hoidong1"], "POST", f"{url}/proposal")
    await _ask(staff["hoidong2"], "POST", f"{url}/approval", {"decision_number": "12/QĐ-HĐT"})
    results = await _ask(staff["hoidong1"], "GET", url)
    seen = [await candidate.read_result() for candidate in candidates]
    if any(result["released_at"] is None for result in seen):
        raise DemoFailedError("a candidate does not see the released result")
    marks = sorted(float(row["mark"]) for row in results["rows"] if row["mark"] is not None)
    counts = results["counts"]
    say(f"marks {marks[0]:.2f} to {marks[-1]:.2f}, {counts['pass']} pass, {counts['fail']} fail")
    say(f"rule {results['rule_set']['code']}; approved by a second person; {len(seen)} candidates read their result")
    figures.facts.append(f"passed {counts['pass']}")


async def check_log(
    staff: dict[str, httpx.AsyncClient],
    folder: Path,
    sitting: OpenSitting,
    candidates: list[SimulatedCandidate],
    say: Callable[[str], None],
) -> None:
    """Export the closed log of the sitting as the inspector, and verify the file without the server."""
    url, inspector = f"/api/sittings/{sitting.sitting_id}/log", staff["thanhtra"]
    for _ in range(100):
        roots = (await _ask(inspector, "GET", url))["roots"]
        if roots:
            break
        await asyncio.sleep(0.1)
    else:
        raise DemoFailedError("the log of the sitting was not closed")
    exported = await inspector.get(f"{url}/export.zip")
    file = folder / "nhat-ky-ca-thi.zip"
    file.write_bytes(exported.content)
    began = time.perf_counter()
    verdict = verify_file(file, root=roots[0]["fingerprint"], public_key=roots[0]["public_key"])
    if verdict.faults or verdict.attempts != len(candidates):
        raise DemoFailedError(f"the log of the sitting is not whole: {verdict.faults[:3]}")
    say(
        f"log of {verdict.rows} rows and {verdict.operations} operations under root {roots[0]['fingerprint'][:9]}…, "
        f"verified from {file.name} in {(time.perf_counter() - began) * 1000:.0f} ms"
    )


async def certify(
    staff: dict[str, httpx.AsyncClient],
    folder: Path,
    sitting: OpenSitting,
    figures: Figures,
    say: Callable[[str], None],
) -> None:
    """Issue certificates to those who passed, check every PDF's code, revoke one to show what a verifier then sees."""
    officer = staff["capphat"]
    today = utc_now().astimezone(VIETNAM).date()
    await _ask(
        staff["hoidong1"],
        "POST",
        "/api/certificates/authorities",
        {
            "board_code": "TTM",
            "issuer_title": "Giám đốc Trung tâm sát hạch mẫu",
            "place": "Lâm Đồng",
            "signatory_title": ["GIÁM ĐỐC"],
            "signatory_name": "Nguyễn Văn Bình",
            "legal_basis": "Cơ quan cấp mẫu của bản dùng thử; chứng chỉ không có giá trị",
            "register_template": "{seq:04}/{kind}/{year}",
            "valid_from": today.replace(month=1, day=1).isoformat(),
            "is_specimen": True,
        },
    )
    await _ask(
        officer,
        "POST",
        "/api/certificates/blanks",
        {
            "standard_level": "basic",
            "prefix": "M",
            "first_number": 1,
            "last_number": 200,
            "digits": 7,
            "received_on": today.isoformat(),
            "note": "Phôi mẫu",
        },
    )
    started = await _ask(officer, "POST", "/api/certificates/issues", {"sitting_id": sitting.sitting_id})
    await _finished(officer, started["job_id"])
    listed = await _ask(officer, "GET", "/api/certificates", params={"sitting_id": sitting.sitting_id, "limit": 100})
    certificates = folder / "certificates"
    certificates.mkdir(parents=True, exist_ok=True)
    began, pages = time.perf_counter(), 0
    for row in listed["items"]:
        response = await officer.get(f"/api/certificates/{row['id']}/pdf")
        response.raise_for_status()
        (certificates / f"{row['public_id']}.pdf").write_bytes(response.content)
        pages += 1
    seconds = time.perf_counter() - began
    for row in listed["items"]:
        await _check_code(officer, certificates / f"{row['public_id']}.pdf", row)
    revoked = listed["items"][-1]
    await _ask(
        officer,
        "POST",
        f"/api/certificates/{revoked['id']}/revocation",
        {"reason_code": "issued_in_error", "decision_number": "15/QĐ-TTM", "note": "Thu hồi mẫu để xem trang tra cứu"},
    )
    answer = await _ask(officer, "GET", f"/api/verification/certificates/{revoked['public_id']}")
    if answer["state"] != "revoked":
        raise DemoFailedError(f"a revoked certificate answers {answer['state']}")
    say(f"{pages} certificates in {certificates}/, {pages / seconds:.0f} PDFs/s over HTTP")
    say("every code read back and genuine")
    first, last = listed["items"][-1]["register_number"], listed["items"][0]["register_number"]
    say(f"register {first} … {last}; 1 revoked as a sample")
    figures.facts.append(f"certificates {pages}")


async def _check_code(client: httpx.AsyncClient, file: Path, row: dict[str, Any]) -> None:
    """Read the QR code from the rendered page as a phone does and check its signature with the public keys."""
    document = pypdfium2.PdfDocument(file)
    image = document[0].render(scale=200 / 72).to_pil()
    document.close()
    codes = zxingcpp.read_barcodes(image)
    if len(codes) != 1:
        raise DemoFailedError(f"{file.name}: {len(codes)} codes on the page")
    keys = await _ask(client, "GET", "/api/verification/keys")
    public_keys = {key["kid"]: base64.b64decode(key["public_key"]) for key in keys["keys"]}
    payload = read_payload(codes[0].text.split("#", 1)[1])
    facts = payload.verify(Ed25519PublicKey.from_public_bytes(public_keys[payload.facts.kid.hex()]))
    if facts.name != row["holder_name"]:
        raise DemoFailedError(f"{file.name}: the code names {facts.name!r}")


async def create_staff(settings: Settings) -> dict[str, str]:
    """Create the demo's staff with fresh passwords; returns them by login name."""
    database = Database(settings.database_url)
    passwords = {username: f"demo-{secrets.token_hex(4)}" for username, _, _ in STAFF}
    try:
        for username, name, roles in STAFF:
            async with database.write() as session:
                await accounts.create_user(
                    session,
                    username=username,
                    display_name=name,
                    password=passwords[username],
                    roles=list(roles),
                    actor=SYSTEM,
                    now=utc_now(),
                )
    finally:
        await database.close()
    return passwords


async def run(
    server: ServerProcess, passwords: dict[str, str], folder: Path
) -> tuple[Figures, OpenSitting, list[Person]]:
    """Do the seven steps with files in ``folder``; returns the figures and the sitting that waits for visitors."""
    figures = Figures()
    people = make_people(CANDIDATES + VISITORS, random.Random(42))
    async with _staff(server, passwords) as staff:
        with step(1, "question bank from Excel") as say:
            await bring_bank(staff, folder, say)
        with step(2, "calibration on simulated pilot answers") as say:
            parameters = await calibrate(staff, folder, figures, say)
        with step(3, "two parallel forms") as say:
            form_ids = await assemble(staff, figures, say)
        with step(4, "sitting, room, candidates from Excel") as say:
            sitting, for_visitors = await prepare_sittings(staff, folder, form_ids, people, say)
        with step(5, "candidates sit the exam over HTTP") as say:
            candidates = await sit(server, staff, sitting, people, parameters, figures, say)
        with step(6, "marks, decision, approval, release") as say:
            await decide(staff, sitting, candidates, figures, say)
            await check_log(staff, folder, sitting, candidates, say)
        with step(7, "certificates and their verification") as say:
            await certify(staff, folder, sitting, figures, say)
        for candidate in candidates:
            await candidate.client.aclose()
    return figures, for_visitors, people[CANDIDATES:]


def _show_around(url: str, passwords: dict[str, str], sitting: OpenSitting, visitors: list[Person]) -> None:
    print(f"\nThe server stays up at {url} (Ctrl+C ends it). Everything in it is made up.\n")
    print(f"  board         {url}/board")
    print(f"  proctor       {url}/proctor")
    print(f"  candidate     {url}/exam")
    print(f"  verification  {url}/c")
    print(f"  API           {url}/api/docs\n")
    print("  login name   password        role")
    for username, _, roles in STAFF:
        print(f"  {username:<12} {passwords[username]:<15} {', '.join(roles)}")
    print(
        f"\n  Sit the exam yourself: access code {sitting.access_code}, then let the proctor (giamthi) unlock the seat."
    )
    suffixes = {person.full_name: person.identity_suffix for person in visitors}
    for row in sitting.registrations:
        print(f"    {row['candidate_number']}  {row['full_name']:<24} ID ends in {suffixes[row['full_name']]}")
    print(flush=True)


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--once", action="store_true", help="end after the seven steps instead of staying up")
    parser.add_argument("--port", type=int, default=0, help="port of the server; 8000 if it is free")
    chosen = parser.parse_args()
    port = chosen.port or free_port(0 if chosen.once else 8000)
    began = time.perf_counter()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    settings = Settings(
        database_url=f"sqlite:///{FOLDER / 'exam.db'}",
        data_dir=FOLDER / "data",
        public_url=f"http://127.0.0.1:{port}",
        login_attempts=50,
    )
    bring_up_to_date(settings)
    passwords = asyncio.run(create_staff(settings))
    server = ServerProcess(settings, port=port, log_file=FOLDER / "server.log")
    server.start()
    try:
        asyncio.run(server.wait_until_ready())
        figures, sitting, visitors = asyncio.run(run(server, passwords, FOLDER))
        if not chosen.once:
            _show_around(server.url, passwords, sitting, visitors)
        print(f"demo: {', '.join(figures.facts)}; {time.perf_counter() - began:.0f} s", flush=True)
        if not chosen.once:
            server.wait()
    except KeyboardInterrupt:
        print("\nended")
    except (DemoFailedError, ServerDiedError) as error:
        print(f"demo failed: {error} (server log: {server.log_file})", file=sys.stderr)
        return 1
    finally:
        server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
