"""What can be chosen for a run; the command and locust's own page know the same names."""

import argparse
import math
from dataclasses import dataclass
from pathlib import Path

SIZES = (10, 100, 500, 1_000, 2_000)


@dataclass(frozen=True, slots=True)
class Choice:
    """The choices of a run.

    Attributes
    ----------
    ramp : numbers of candidates; one sitting of each, one after the other, or, with ``waves``, one crowd that grows.
    speed : how much faster than life the exam goes; the server's clock runs as always, so the sitting gets shorter,
        in whole minutes.
    database : ``sqlite``, ``postgresql`` or the URL of an empty database; for a server that the kit starts.
    practical : whether a section with a practical task, whose files are uploaded, follows the questions.
    host : of a server that runs already, with ``staff``, a file with the accounts of its board.
    most_errors : share of failed calls above which a run counts as failed.
    """

    ramp: tuple[int, ...] = (100,)
    waves: bool = False
    speed: float = 10.0
    minutes: int = 45
    items: int = 40
    practical: bool = False
    room_size: int = 40
    verifiers: int = 2
    database: str = "sqlite"
    workers: int = 1
    processes: int = 1
    host: str = ""
    staff: Path | None = None
    folder: Path = Path("var") / "load"
    seed: int = 20_260_801
    verified_share: float = 0.1
    most_errors: float = 0.001
    streams: bool = True

    @property
    def working_minutes(self) -> int:
        """What the server gives each candidate: whole minutes, as sittings have them, one for each section."""
        return max(2 if self.practical else 1, math.ceil(self.minutes / self.speed))


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options; each has a default."""
    usual = Choice()
    parser.add_argument("--candidates", type=int, default=usual.ramp[0], help="how many sit the exam")
    parser.add_argument(
        "--ramp", default="", help="several sizes, one run each: 10,100,500 or all for " + ",".join(map(str, SIZES))
    )
    parser.add_argument("--waves", action="store_true", help="the sizes of --ramp as one run with a growing crowd")
    parser.add_argument("--speed", type=float, default=usual.speed, help="how much faster than life; 1 is life")
    parser.add_argument("--minutes", type=int, default=usual.minutes, help="working time of the exam")
    parser.add_argument("--items", type=int, default=usual.items, help="questions of the paper")
    parser.add_argument("--practical", action="store_true", help="a practical task with files after the questions")
    parser.add_argument("--room-size", type=int, default=usual.room_size, help="seats of a room, each with proctors")
    parser.add_argument("--verifiers", type=int, default=usual.verifiers, help="people who look up certificates")
    parser.add_argument(
        "--database", default=usual.database, help="sqlite, postgresql, or the URL of an empty database"
    )
    parser.add_argument("--workers", type=int, default=usual.workers, help="processes of the server")
    parser.add_argument(
        "--generators", type=int, default=usual.processes, help="processes that play the people, when one is too slow"
    )
    parser.add_argument("--staff", default="", help="accounts of the board (TOML), for a server named by --host")
    parser.add_argument("--folder", default=str(usual.folder), help="where reports go")
    parser.add_argument("--seed", type=int, default=usual.seed, help="the same seed, the same people")
    parser.add_argument(
        "--verified-share", type=float, default=usual.verified_share, help="of receipts whose signature is checked"
    )
    parser.add_argument(
        "--most-errors", type=float, default=usual.most_errors, help="share of failed calls that fails the run"
    )
    parser.add_argument("--no-streams", action="store_true", help="browsers do not listen to event streams")


def chosen(options: argparse.Namespace) -> Choice:
    """Return the choices of parsed options.

    Raises
    ------
    ValueError
        A number is out of its range.
    """
    sizes = SIZES if options.ramp == "all" else tuple(int(size) for size in options.ramp.split(",") if size)
    sizes = sizes or (options.candidates,)
    if min(sizes) < 1 or options.speed <= 0 or options.minutes < 1 or not 1 <= options.items <= 200:
        raise ValueError("numbers of candidates, speed, minutes and items must be positive, at most 200 items")
    if options.waves and list(sizes) != sorted(set(sizes)):
        raise ValueError("the sizes of a growing crowd must grow")
    return Choice(
        ramp=sizes,
        waves=options.waves,
        speed=options.speed,
        minutes=options.minutes,
        items=options.items,
        practical=options.practical,
        room_size=options.room_size,
        verifiers=options.verifiers,
        database=options.database,
        workers=options.workers,
        processes=options.generators,
        host=(options.host or "").rstrip("/"),
        staff=Path(options.staff) if options.staff else None,
        folder=Path(options.folder),
        seed=options.seed,
        verified_share=options.verified_share,
        most_errors=options.most_errors,
        streams=not options.no_streams,
    )
