"""A candidate for locust: waits for the common start, works as the model of behaviour says, hands in."""

import math
import random
import time
from typing import Any

import gevent
from gevent.event import Event as Bell
from locust.contrib.fasthttp import FastHttpSession

from load_tests.behaviour import Act, Habits, Person, course_of, make_person, work_on
from load_tests.event_lines import Event
from load_tests.file_parts import OUT_OF_PLACE, FileOnItsWay
from load_tests.plan import Plan, Wave
from load_tests.practical_files import made_up_file
from load_tests.protocol import (
    CANDIDATE_EVENTS,
    HEARTBEAT_SECONDS,
    Call,
    CandidateProtocol,
    OperationsRefusedError,
    ProtocolBrokenError,
)
from load_tests.records import CandidateEnd, Recorder
from load_tests.responding import made_up_response
from load_tests.users.browser import Browser, RefusedError, UnreachableError, retry_seconds
from load_tests.users.event_source import EventSource

_SAVE_DELAY = 0.3
_SUBMIT_SPREAD = 4.0
"""Seconds over which browsers spread at the common end, so that it is not one moment."""
_PRESSES_AFTER = (0.3, 3.0)
"""Seconds in which a person sees that the exam has opened and presses start."""
_LOOKS_TOLD, _LOOKS_UNTOLD = (60.0, 120.0), (8.0, 16.0)
"""Seconds after which the page of somebody who waits asks by itself, with an event stream and without."""
_BEFORE_THE_START = frozenset({"waiting", "ready"})
_ATTEMPT_OVER = frozenset({"attempt_closed"})
_OF_LIFE = _ATTEMPT_OVER | {OUT_OF_PLACE}
"""Refusals that belong to an exam and are no error of the server."""


class CandidateAtWork:
    """One candidate from arrival to the end of their exam."""

    def __init__(self, plan: Plan, place: tuple[int, int], session: FastHttpSession, recorder: Recorder) -> None:
        self.plan = plan
        self.wave_number, seat = place
        self.wave: Wave = plan.waves[self.wave_number]
        number, suffix = self.wave.candidates[seat]
        self.rng = random.Random(f"{plan.seed} {self.wave_number} {number}")
        self.habits = Habits()
        self.person: Person = make_person(self.habits, self.rng)
        self.recorder = recorder
        self.browser = Browser(session, recorder, self.rng)
        self.protocol = CandidateProtocol(
            access_code=self.wave.access_code,
            candidate_number=number,
            identity_suffix=suffix,
            verified_share=plan.verified_share,
            rng=self.rng,
        )
        self._source: EventSource | None = None
        self._bell = Bell()
        self._is_online = True
        self._is_over = False
        self._wants_receipt = False
        self._failures = 0
        self._next_sending = 0.0
        self._deadline = 0.0
        self._zero = 0.0
        """Where the acts of the open section or stage begin, on the monotonic clock; pauses move it."""
        self._began = 0.0

    def sit(self) -> None:
        """Sit the exam and note how it ended."""
        state = "gave_up"
        try:
            self._arrive()
            self._start()
            state = self._work()
        except (UnreachableError, RefusedError):
            # The call itself is recorded as failed.
            pass
        except ProtocolBrokenError as error:
            self.recorder.fault("protocol", str(error), time.time())
        finally:
            self._leave(state)

    # --- before the start --------------------------------------------------------------------------------------------

    def _arrive(self) -> None:
        arrival = self.wave.opens_at - self.rng.uniform(0.05, 1.0) * self.plan.arrival_seconds
        if self.person.late_seconds:
            # In a short exam, too, whoever is late comes while there is something left of it.
            late_seconds = min(self.person.late_seconds, self.wave.exam_seconds / 2)
            arrival = self.wave.opens_at + late_seconds / self.wave.speed
        gevent.sleep(max(0.0, arrival - time.time()))
        self.protocol.take_login(self._ask(self.protocol.login_call()))
        self.browser.csrf_token = self.protocol.csrf_token
        self._ask(self.protocol.seat_call())
        self.protocol.take_seat(self._ask(self.protocol.confirmation_call()))
        self._listen()
        sealed = self.browser.bring(self.protocol.paper_call(), until=self.wave.ends_at).content
        self.protocol.take_paper(sealed or b"")

    def _ask(self, call: Call) -> dict[str, Any]:
        return self.browser.ask(call, until=self.wave.ends_at, expected=_OF_LIFE)

    def _start(self) -> None:
        """Wait as the page does, told by the stream and by the clock, and press start when it can be pressed."""
        call = self.protocol.start_call()
        while True:
            self._wait_for_ready()
            gevent.sleep(self.rng.uniform(*_PRESSES_AFTER))
            try:
                self.protocol.take_start(self.browser.send(call).json())
                break
            except UnreachableError:
                if time.time() > self.wave.ends_at:
                    raise
                gevent.sleep(self.rng.uniform(2.0, 5.0))
                self.protocol.take_seat(self._ask(self.protocol.seat_call()))
        self._zero = self._began = time.monotonic()
        self._next_sending = self._zero + HEARTBEAT_SECONDS * self.rng.uniform(0.8, 1.2)
        self._see_clock()

    def _wait_for_ready(self) -> None:
        asks_at = time.monotonic() + self.rng.uniform(*self._looks_every)
        while self.protocol.seat["state"] != "ready" and time.time() < self.wave.ends_at:
            left = self.wave.opens_at - time.time()
            if self.protocol.seat["waiting_for"] == "opening" and left <= 0:
                return
            wait = min(asks_at - time.monotonic(), left if left > 0 else math.inf)
            self._bell.wait(timeout=max(0.0, wait))
            self._bell.clear()
            if time.monotonic() >= asks_at:
                self.protocol.take_seat(self._ask(self.protocol.seat_call()))
                asks_at = time.monotonic() + self.rng.uniform(*self._looks_every)

    @property
    def _looks_every(self) -> tuple[float, float]:
        return _LOOKS_TOLD if self.plan.streams else _LOOKS_UNTOLD

    def _listen(self) -> None:
        if self.plan.streams:
            self._source = EventSource(
                self.plan.url,
                CANDIDATE_EVENTS,
                self.browser.session.cookiejar,
                self._take_event,
                self.recorder,
                self.rng,
            )

    def _take_event(self, event: Event) -> None:
        if event.name == "instruction":
            self.protocol.show(event.data)
        elif event.data["state"] in _BEFORE_THE_START:
            self.protocol.take_seat(self.protocol.seat | {key: event.data[key] for key in ("state", "waiting_for")})
        # A stream only says that there is news: the next receipt, signed, brings it.
        self._wants_receipt = True
        self._bell.set()

    # --- at work -----------------------------------------------------------------------------------------------------

    def _work(self) -> str:
        if self.protocol.paper["sections"]:
            self._play_sections()
        elif self.protocol.paper["design"] == "linear":
            self._play(
                course_of(self.protocol.paper["items"], self.wave.exam_seconds, self.person, self.habits, self.rng),
                self.protocol.paper["items"],
            )
        else:
            self._play_stages()
        if not self._is_over and self.protocol.unsent == 0 and time.monotonic() < self._deadline:
            return self._hand_in()
        # Whoever has not handed in stays until the end, hears the server's clock, and is handed in by the page.
        self._wait_until(self._began + self.wave.exam_seconds / self.wave.speed)
        if not self._is_over:
            gevent.sleep(self.rng.uniform(0.0, _SUBMIT_SPREAD))
            return self._hand_in()
        return "closed"

    def _play_stages(self) -> None:
        items, worked = self.protocol.stages[-1]["items"], 0.0
        total = max(1, self.protocol.paper["item_count"])
        while items and not self._is_over:
            self._zero = time.monotonic()
            share = self.wave.exam_seconds * len(items) / total
            self._play(work_on(items, share, self.person, self.habits, self.rng), items)
            worked += share
            if not self._flush():
                return
            items = self.protocol.take_stage(self._ask(self.protocol.stage_call()))

    def _play_sections(self) -> None:
        """Work on one section after another; who is through before its end leaves it or stays, as people do."""
        sections = self.protocol.paper["sections"]
        total = sum(section["minutes"] for section in sections)
        by_ref = {item["ref"]: item for item in self.protocol.paper["items"]}
        for section in sections:
            self._zero = time.monotonic()
            items = [by_ref[ref] for ref in section["refs"]]
            seconds = self.wave.exam_seconds * section["minutes"] / total
            acts = work_on(items, seconds, self.person, self.habits, self.rng)
            self._play([act for act in acts if act.at < seconds], items)
            if self._is_over or section is sections[-1]:
                return
            if self.rng.random() < self.habits.hands_in:
                self.protocol.note("leave_section", None, [str(section["number"])])
                self._send_soon()
            else:
                self._wait_until(self._zero + section["minutes"] * 60.0)

    def _play(self, acts: list[Act], items: list[dict[str, Any]]) -> None:
        for act in acts:
            self._wait_until(self._zero + act.at / self.wave.speed)
            if self._is_over or time.monotonic() >= self._deadline:
                return
            if act.kind == "hand_in":
                self._come_online()
                self._flush()
                return
            self._perform(act, items)

    def _perform(self, act: Act, items: list[dict[str, Any]]) -> None:
        match act.kind:
            case "offline":
                self.protocol.note("offline")
                self._go_offline()
                return
            case "online":
                self.protocol.note("online")
                self._come_online()
            case "reload":
                self._reload()
                return
            case "focus_lost" | "focus_gained":
                self.protocol.note(act.kind)
            case _:
                item = items[act.item or 0]
                value = None
                if item["interaction"] == "file_upload" and act.kind in {"answer", "clear"}:
                    if act.kind == "answer":
                        self._hand_over_file(item)
                    return
                if act.kind == "answer":
                    value = made_up_response(item, self.rng)
                self.protocol.note(act.kind, str(item["ref"]), value)
        self._send_soon()

    def _hand_over_file(self, item: dict[str, Any]) -> None:
        """Bring a file in parts; while there is no network it waits on the computer, here until the next version."""
        if not self._is_online:
            return
        name, content = made_up_file(item, self.rng)
        file = FileOnItsWay(self.protocol.attempt_id, self.protocol.epoch, str(item["ref"]), name, content)
        try:
            upload = self._ask(file.announcement())
            while not upload["is_complete"]:
                try:
                    upload = self._ask(file.next_part(upload))
                except RefusedError as error:
                    if error.code != OUT_OF_PLACE:
                        raise
                    upload = self._ask(file.announcement())
        except RefusedError as error:
            if error.code not in _ATTEMPT_OVER:
                raise
            self._is_over = True
            return
        self.protocol.note_file(file.item, upload)
        self._send_soon()

    def _send_soon(self) -> None:
        if self._failures:
            return
        health = self.protocol.last_receipt.get("health", 0)
        delay = self.rng.uniform(10.0, 30.0) if health >= 10 else _SAVE_DELAY + self.rng.random() * health
        self._next_sending = min(self._next_sending, time.monotonic() + delay)

    def _go_offline(self) -> None:
        self._is_online = False
        if self._source is not None:
            self._source.close()

    def _come_online(self) -> None:
        if not self._is_online:
            self._is_online = True
            self._listen()
            self._send_soon()

    def _reload(self) -> None:
        """Load the page anew; without a network it comes out of the cache and its journal is still there."""
        if not self._is_online:
            return
        if self._source is not None:
            self._source.close()
        self._ask(Call("session", "GET", "/api/session"))
        self.protocol.take_seat(self._ask(self.protocol.seat_call()))
        try:
            self.protocol.take_reload(self._ask(Call("resume", "POST", "/api/delivery/attempt", {})))
        except RefusedError as error:
            # Between the last look and this call the time may have run out.
            if error.code not in _ATTEMPT_OVER:
                raise
            self._is_over = True
            return
        self._see_clock()
        self._listen()

    # --- sending -----------------------------------------------------------------------------------------------------

    def _wait_until(self, instant: float) -> None:
        """Wait on the monotonic clock, at most to the end, saving and showing life; pauses move the instant."""
        while not self._is_over:
            now = time.monotonic()
            is_paused = self.protocol.last_receipt.get("phase") == "paused"
            if is_paused:
                self._stand_still()
                instant += time.monotonic() - now
                continue
            if now >= min(instant, self._deadline):
                return
            until = min(instant, self._deadline)
            self._sleep_until(min(until, self._next_sending) if self._is_online else until)
            if self._is_online and (time.monotonic() >= self._next_sending or self._wants_receipt):
                self._send()

    def _sleep_until(self, instant: float) -> None:
        self._bell.wait(timeout=max(0.0, instant - time.monotonic()))
        self._bell.clear()

    def _stand_still(self) -> None:
        """Wait until the pause is over; what the course still holds comes later by as much."""
        since = time.monotonic()
        # Whoever is told of a pause has a network; a spell without one that was due meanwhile ends here.
        self._come_online()
        while not self._is_over and self.protocol.last_receipt.get("phase") == "paused":
            self._sleep_until(self._next_sending)
            if time.monotonic() >= self._next_sending or self._wants_receipt:
                self._send()
        stood = time.monotonic() - since
        self._zero += stood
        self._began += stood

    def _flush(self) -> bool:
        """Send until nothing is left; returns whether that went well."""
        while self.protocol.unsent and not self._is_over:
            gevent.sleep(max(0.0, self._next_sending - time.monotonic()) if self._failures else 0.0)
            self._send()
            if time.time() > self.wave.ends_at + 600:
                return False
        return not self._is_over

    def _send(self) -> None:
        self._wants_receipt = False
        try:
            self.protocol.take_receipt(self.browser.send(self.protocol.save_call(), expected=_ATTEMPT_OVER).json())
            self._see_clock()
            self._failures = 0
            delay = HEARTBEAT_SECONDS * self.rng.uniform(0.8, 1.2)
            self._next_sending = time.monotonic() + (_SAVE_DELAY if self.protocol.unsent else delay)
        except UnreachableError as error:
            self._failures += 1
            self._next_sending = time.monotonic() + retry_seconds(self._failures, error.wait, self.rng)
        except OperationsRefusedError as error:
            if not error.codes <= {"captured_late", "closed"}:
                raise
            self.recorder.count("came_too_late", self.protocol.unsent)
            self._is_over = True
        except RefusedError as error:
            if error.code not in _ATTEMPT_OVER:
                raise
            self._is_over = True

    def _see_clock(self) -> None:
        receipt = self.protocol.last_receipt
        if receipt.get("phase") == "closed":
            self._is_over = True
        self._deadline = time.monotonic() + receipt["remaining_ms"] / 1000

    def _hand_in(self) -> str:
        self._come_online()
        if not self._flush():
            return "closed"
        if self.protocol.acknowledged is None:
            self._send()
        try:
            self.protocol.take_submission(self._ask(self.protocol.submission_call()))
        except RefusedError as error:
            if error.code in _ATTEMPT_OVER:
                return "closed"
            raise
        return "submitted"

    def _leave(self, state: str) -> None:
        if self._source is not None:
            self._source.close()
        acknowledged = self.protocol.acknowledged
        self.recorder.candidates.append(
            CandidateEnd(
                wave=self.wave_number,
                candidate_number=self.protocol.candidate_number,
                state=state,
                attempt_id=str(self.protocol.attempt_id),
                last_seq=acknowledged.last_seq if acknowledged is not None else 0,
                chain_head=acknowledged.chain_head if acknowledged is not None else "",
                noted=self.protocol.noted,
                never_taken=self.protocol.unsent,
                receipts=self.protocol.receipts,
                receipts_verified=self.protocol.receipts_verified,
            )
        )
