"""The plan of a run: which sittings on which server, who takes part, how fast time goes. A JSON file."""

from pathlib import Path

import msgspec


class Wave(msgspec.Struct, frozen=True, kw_only=True):
    """One sitting whose candidates start together.

    Attributes
    ----------
    opens_at : the common start, seconds since 1970.
    working_seconds : that the server gives each candidate.
    exam_seconds : that the exam lasts in its own time, in which behaviour is modelled.
    speed : how much faster than life it is played; who does not hand in leaves when the exam's own time is over.
    extra_seconds : the longest extra time of a candidate.
    grace_seconds : after the end, in which work captured before may still arrive.
    candidates : number and what is typed besides it at login.
    """

    sitting_id: str
    access_code: str
    opens_at: float
    working_seconds: float
    exam_seconds: float
    speed: float
    grace_seconds: float
    extra_seconds: float = 0.0
    candidates: list[tuple[str, str]]

    @property
    def ends_at(self) -> float:
        """When nothing is taken any more from those who started in time, without pauses."""
        return self.opens_at + self.working_seconds + self.extra_seconds + self.grace_seconds


class RoomDuty(msgspec.Struct, frozen=True):
    """A room that a proctor watches; ``leads`` is False for the second proctor, who only signs."""

    wave: int
    room_id: str
    leads: bool


class ProctorPlan(msgspec.Struct, frozen=True):
    """A proctor with their rooms."""

    username: str
    password: str
    duties: list[RoomDuty]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the simulated people need to know.

    Attributes
    ----------
    arrival_seconds : before the start in which candidates come.
    verifiers : how many people look up certificates, all the time.
    certificates : ids that the register knows; unknown ones are made up.
    verified_share : of the receipts whose signature is checked, besides each candidate's last.
    streams : whether browsers listen to their event streams.
    """

    url: str
    seed: int
    waves: list[Wave]
    proctors: list[ProctorPlan]
    arrival_seconds: float
    verifiers: int = 0
    certificates: list[str] = []
    verified_share: float = 0.1
    streams: bool = True

    @property
    def places(self) -> list[tuple[int, int]]:
        """Wave and place in it of every candidate, the earlier wave first."""
        return [(number, place) for number, wave in enumerate(self.waves) for place in range(len(wave.candidates))]

    @property
    def ends_at(self) -> float:
        """When the last sitting is over, seconds since 1970."""
        return max(wave.ends_at for wave in self.waves)


def write_plan(plan: Plan, file: Path) -> None:
    """Write a plan where another process may be waiting for it: it sees all of it or nothing."""
    part = file.with_suffix(".part")
    part.write_bytes(msgspec.json.encode(plan))
    part.replace(file)


def read_plan(file: Path) -> Plan:
    """Read a plan."""
    return msgspec.json.decode(file.read_bytes(), type=Plan)
