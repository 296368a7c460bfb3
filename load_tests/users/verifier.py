"""People who check certificates while an exam runs: known and unknown numbers, by page and by application."""

import random
import time

import gevent
from locust.contrib.fasthttp import FastHttpSession

from certificates.public_id import encode_public_id
from load_tests.plan import Plan
from load_tests.protocol import Call
from load_tests.records import Recorder
from load_tests.users.browser import Browser, RefusedError, UnreachableError

_SECONDS_BETWEEN = 5.0
"""Mean time between two look-ups of one person: the server answers thirty a minute and address."""


class VerifierAtWork:
    """Somebody who holds certificates in their hands."""

    def __init__(self, plan: Plan, number: int, session: FastHttpSession, recorder: Recorder) -> None:
        self.plan = plan
        self.rng = random.Random(f"{plan.seed} verifier {number}")
        self.browser = Browser(session, recorder, self.rng)

    def work(self) -> None:
        """Look up until the last sitting is over."""
        while time.time() < self.plan.ends_at:
            gevent.sleep(self.rng.expovariate(1.0 / (_SECONDS_BETWEEN * self.plan.verifiers)))
            try:
                self.browser.send(self._call())
            except UnreachableError as error:
                gevent.sleep(error.wait or 1.0)
            except RefusedError:
                # Recorded; the next one asks again.
                continue

    def _call(self) -> Call:
        if self.plan.certificates and self.rng.random() < 0.7:
            typed, known = self.rng.choice(self.plan.certificates), "known"
        else:
            typed, known = encode_public_id(self.rng.randbytes(8)), "unknown"
        if self.rng.random() < 0.5:
            return Call(f"verify page, {known}", "GET", f"/c/{typed}")
        return Call(f"verify, {known}", "GET", f"/api/verification/certificates/{typed}")
