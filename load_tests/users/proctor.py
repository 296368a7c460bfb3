"""A proctor for locust: watches rooms by board and stream, unlocks in groups, speaks, grants time, pauses once."""

import random
import time
from collections.abc import Callable
from typing import Any

import gevent
from locust.contrib.fasthttp import FastHttpSession

from load_tests.event_lines import Event
from load_tests.plan import Plan, ProctorPlan, RoomDuty, Wave
from load_tests.protocol import Call, ProtocolBrokenError
from load_tests.records import Recorder
from load_tests.users.browser import Browser, RefusedError, UnreachableError
from load_tests.users.event_source import EventSource

_LOOK_SECONDS = 2.0
_BOARD_SECONDS = 15.0
"""A board is fetched anew at least this often, as the page does without a stream."""
_PAUSE_SECONDS = 20.0
_CREDIT_SECONDS = 60
_FINISHED = frozenset({"submitted", "ended", "closed"})
_OVERTAKEN = frozenset({"attempt_closed"})
"""Somebody has handed in between a proctor's look and their act."""
_MESSAGE = "Các anh chị chú ý: xem lại những câu đã đánh dấu trước khi nộp bài."


class RoomWatch:
    """One room under one proctor."""

    def __init__(self, plan: Plan, duty: RoomDuty, browser: Browser, recorder: Recorder, rng: random.Random) -> None:
        self.wave: Wave = plan.waves[duty.wave]
        self.leads = duty.leads
        self._path = f"/api/proctoring/sittings/{self.wave.sitting_id}/rooms/{duty.room_id}"
        self._browser = browser
        self._board: dict[str, Any] = {}
        self._tag = ""
        self._is_stale = True
        self._fetch_at = 0.0
        self._source: EventSource | None = None
        if duty.leads and plan.streams:
            cookies = browser.session.cookiejar
            self._source = EventSource(plan.url, f"{self._path}/events", cookies, self._take_event, recorder, rng)
        # In the exam's own time: when this room's proctor does what they do once.
        self._once: list[tuple[float, Callable[[], None]]] = [
            (rng.uniform(0.15, 0.3), self._speak),
            (rng.uniform(0.35, 0.5), self._propose_credit),
            (rng.uniform(0.55, 0.7), self._pause),
        ]
        self._resume_at = 0.0
        self._signed: set[str] = set()

    @property
    def is_over(self) -> bool:
        """Whether everybody in the room is through, or the sitting is."""
        seats = self._board.get("seats", [])
        all_through = bool(seats) and all(seat["state"] in _FINISHED for seat in seats)
        return all_through or time.time() > self.wave.ends_at + 5

    def close(self) -> None:
        """Stop watching."""
        if self._source is not None:
            self._source.close()

    def look(self) -> None:
        """Look once: refresh the board when there is news, and do what is due."""
        now = time.time()
        if not self.leads:
            self._sign_credits()
            return
        if self._is_stale or now >= self._fetch_at:
            self._fetch()
        if any(seat["needs_unlock"] for seat in self._board.get("seats", [])):
            self._act("unlock", "/unlock", {"all": True})
            self._is_stale = True
        if self._resume_at and now >= self._resume_at:
            self._act("resume room", "/resume", {"all": True})
            self._resume_at = 0.0
        share = (now - self.wave.opens_at) * self.wave.speed / self.wave.exam_seconds
        while self._once and share >= self._once[0][0]:
            self._once.pop(0)[1]()

    def _take_event(self, event: Event) -> None:
        if event.name == "board":
            self._is_stale = True
        elif event.name == "seat" and self._board:
            seats = self._board["seats"]
            for place, seat in enumerate(seats):
                if seat["registration_id"] == event.data["registration_id"]:
                    seats[place] = event.data

    def _fetch(self) -> None:
        headers = {"if-none-match": self._tag} if self._tag else {}
        response = self._browser.send(Call("board", "GET", self._path, headers=headers))
        if response.status_code == 200 and response.headers is not None:
            self._board, self._tag = response.json(), str(response.headers.get("etag", ""))
        self._is_stale, self._fetch_at = False, time.time() + _BOARD_SECONDS

    def _act(self, kind: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        call = Call(kind, "POST", f"{self._path}{path}", body)
        return self._browser.ask(call, until=self.wave.ends_at, expected=_OVERTAKEN)

    def _speak(self) -> None:
        self._act("message", "/messages", {"text": _MESSAGE, "all": True})

    def _propose_credit(self) -> None:
        running = [seat["registration_id"] for seat in self._board.get("seats", []) if seat["state"] == "running"]
        if running:
            body = {"registration_ids": running[:1], "seconds": _CREDIT_SECONDS, "reason": "computer"}
            self._act("credit", "/credits", body)

    def _sign_credits(self) -> None:
        if not self.wave.opens_at < time.time() < self.wave.ends_at:
            return
        listed = self._browser.ask(Call("credits", "GET", f"{self._path}/credits"), until=self.wave.ends_at)
        for credit in listed["items"]:
            if credit["decision"] is None and credit["id"] not in self._signed:
                self._signed.add(credit["id"])
                self._act("credit decision", f"/credits/{credit['id']}/decision", {"is_granted": True})

    def _pause(self) -> None:
        self._act("pause", "/pause", {"all": True, "reason": "network"})
        self._resume_at = time.time() + max(1.0, _PAUSE_SECONDS / self.wave.speed)


class ProctorAtWork:
    """A proctor with all their rooms."""

    def __init__(self, plan: Plan, proctor: ProctorPlan, session: FastHttpSession, recorder: Recorder) -> None:
        self.plan = plan
        self.proctor = proctor
        self.recorder = recorder
        self.rng = random.Random(f"{plan.seed} {proctor.username}")
        self.browser = Browser(session, recorder, self.rng)

    def work(self) -> None:
        """Watch until all rooms are through."""
        first = min(self.plan.waves[duty.wave].opens_at for duty in self.proctor.duties)
        gevent.sleep(max(0.0, first - self.plan.arrival_seconds - self.rng.uniform(1.0, 4.0) - time.time()))
        body = {"username": self.proctor.username, "password": self.proctor.password}
        login = Call("staff login", "POST", "/api/session", body)
        watches: list[RoomWatch] = []
        try:
            self.browser.csrf_token = self.browser.ask(login, until=self.plan.ends_at)["csrf_token"]
            watches = [
                RoomWatch(self.plan, duty, self.browser, self.recorder, self.rng) for duty in self.proctor.duties
            ]
            while not all(watch.is_over for watch in watches):
                for watch in watches:
                    self._look(watch)
                gevent.sleep(_LOOK_SECONDS * self.rng.uniform(0.7, 1.3))
        except (UnreachableError, RefusedError):
            # The call itself is recorded as failed.
            pass
        except ProtocolBrokenError as error:
            self.recorder.fault("protocol", str(error), time.time())
        finally:
            for watch in watches:
                watch.close()

    def _look(self, watch: RoomWatch) -> None:
        try:
            watch.look()
        except (UnreachableError, RefusedError):
            # Recorded; a proctor looks again.
            self.recorder.count("proctor_retries")
