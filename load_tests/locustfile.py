"""An exam for locust: candidates who start together, proctors, people who look up certificates.

Either ``make load`` has prepared a run and names its folder, or locust was started by itself
(``locust -f load_tests/locustfile.py``): then each start on its page prepares a run of its own beside it.
"""

import os
import random
import subprocess
import sys
import time
from argparse import Namespace
from pathlib import Path
from typing import Any

import gevent
from locust import FastHttpUser, LoadTestShape, constant, events, task
from locust.argument_parser import LocustArgumentParser
from locust.env import Environment
from locust.exception import StopUser

from load_tests.folder import OVER, PLAN, REPORT, VARIABLE, Tally, part_file
from load_tests.options import add_options, chosen
from load_tests.plan import Plan, read_plan
from load_tests.records import Recorder
from load_tests.timetable import SPAWNED_PER_SECOND
from load_tests.users.candidate import CandidateAtWork
from load_tests.users.proctor import ProctorAtWork
from load_tests.users.verifier import VerifierAtWork

_PATIENCE_SECONDS = 60.0
"""After the last sitting's end, for pauses and time that was given back."""


class Run:
    """The run that this process takes part in."""

    def __init__(self) -> None:
        self.folder: Path | None = None
        self.recorder = Recorder()
        self._plan: Plan | None = None
        self._keeper: subprocess.Popen[bytes] | None = None

    @property
    def plan(self) -> Plan:
        """The plan, once it is there."""
        if self._plan is None:
            raise RuntimeError("no run has begun")
        return self._plan

    @property
    def has_begun(self) -> bool:
        """Whether there is a plan."""
        return self._plan is not None

    def begin(self, environment: Environment) -> None:
        """Read the plan of the run that waits for us, or have one prepared."""
        named = os.environ.get(VARIABLE)
        if named:
            self.folder = Path(named)
        else:
            self.folder = self._prepare(environment)
        while not (self.folder / PLAN).exists():
            if self._keeper is not None and self._keeper.poll() is not None:
                raise RuntimeError(f"the run could not be prepared; see {self.folder}")
            gevent.sleep(0.2)
        self._plan = read_plan(self.folder / PLAN)
        self.recorder = Recorder()
        environment.host = self._plan.url
        for user_class, count in ((ProctorUser, len(self._plan.proctors)), (VerifierUser, self._plan.verifiers)):
            # A class without a fixed number shares the rest by weight: none is to mean nobody.
            user_class.fixed_count, user_class.weight = count, min(count, 1)

    def _prepare(self, environment: Environment) -> Path:
        options = environment.parsed_options or Namespace()
        choice = chosen(options)
        folder = choice.folder / time.strftime("%Y%m%d-%H%M%S")
        folder.mkdir(parents=True)
        command = [sys.executable, "-m", "load_tests.load", "--keep-beside", str(os.getpid()), "--into", str(folder)]
        for name, value in vars(options).items():
            # The other process knows the same options by the same names.
            if name in _OWN_OPTIONS and value not in (None, False, ""):
                command += [f"--{name.replace('_', '-')}", *([] if value is True else [str(value)])]
        self._keeper = subprocess.Popen(command)
        return folder

    def tally(self, name: str) -> Tally:
        """Return a number that all processes of this run count up."""
        if self.folder is None:
            raise RuntimeError("no run has begun")
        return Tally(self.folder, name)

    @property
    def is_over(self) -> bool:
        """Whether every candidate is through, or the time is."""
        everybody = self.tally("ended").taken >= len(self.plan.places)
        return everybody or time.time() > self.plan.ends_at + _PATIENCE_SECONDS

    def finish(self) -> None:
        """Write the records; beside a run of our own, wait until its report is there."""
        if self.folder is None:
            return
        self.recorder.write(part_file(self.folder))
        if self._keeper is not None:
            (self.folder / OVER).touch()
            while self._keeper.poll() is None and not (self.folder / REPORT).exists():
                gevent.sleep(0.2)
            self._keeper = None
        self._plan = self.folder = None


RUN = Run()
_OWN_OPTIONS: set[str] = set()


def _add_options(parser: LocustArgumentParser, **_: Any) -> None:
    known = {action.dest for action in parser._actions}
    add_options(parser)
    _OWN_OPTIONS.update({action.dest for action in parser._actions} - known, {"host"})


def _begin(environment: Environment, **_: Any) -> None:
    # Workers of a run with several processes have no shape: they begin here.
    if not RUN.has_begun:
        RUN.begin(environment)


def _finish(**_: Any) -> None:
    RUN.finish()


for _hook, _act in (
    (events.init_command_line_parser, _add_options),
    (events.test_start, _begin),
    (events.test_stop, _finish),
    (events.quitting, _finish),
):
    # Locust does not say the types of its hooks.
    _hook.add_listener(_act)  # type: ignore[no-untyped-call]


class WholeCrowd(LoadTestShape):
    """Brings the people of each sitting in time, and ends the run when the last candidate is through."""

    def tick(self) -> tuple[int, float] | None:
        """Return how many people there are to be now."""
        if not RUN.has_begun:
            if self.runner is None:
                return None
            RUN.begin(self.runner.environment)
        plan, now = RUN.plan, time.time()
        if RUN.is_over:
            return None
        due = [
            wave
            for wave in plan.waves
            if now >= wave.opens_at - plan.arrival_seconds - len(wave.candidates) / SPAWNED_PER_SECOND - 2.0
        ]
        candidates = sum(len(wave.candidates) for wave in due)
        return len(plan.proctors) + plan.verifiers + candidates, SPAWNED_PER_SECOND


class CandidateUser(FastHttpUser):
    """A candidate; the next free place of the plan is theirs."""

    insecure = False
    wait_time = constant(0)
    concurrency = 2
    network_timeout = 30.0
    connection_timeout = 30.0

    @task
    def sit(self) -> None:
        """Sit the exam, once."""
        number = RUN.tally("candidates").take()
        if number < len(RUN.plan.places):
            CandidateAtWork(RUN.plan, RUN.plan.places[number], self.client, RUN.recorder).sit()
            RUN.tally("ended").take()
        raise StopUser


class ProctorUser(FastHttpUser):
    """A proctor; the number is set when the plan is known."""

    insecure = False
    wait_time = constant(0)
    fixed_count = 1

    @task
    def work(self) -> None:
        """Watch one's rooms, once."""
        number = RUN.tally("proctors").take()
        if number < len(RUN.plan.proctors):
            ProctorAtWork(RUN.plan, RUN.plan.proctors[number], self.client, RUN.recorder).work()
        raise StopUser


class VerifierUser(FastHttpUser):
    """Somebody who looks up certificates; the number is set when the plan is known."""

    insecure = False
    wait_time = constant(0)
    fixed_count = 1

    @task
    def work(self) -> None:
        """Look up until the exam is over."""
        number = RUN.tally("verifiers").take()
        if number < RUN.plan.verifiers:
            VerifierAtWork(RUN.plan, number, self.client, RUN.recorder).work()
        raise StopUser


# Every user draws from a generator of its own; locust's own draws shall be the same from run to run as well.
random.seed(0)
