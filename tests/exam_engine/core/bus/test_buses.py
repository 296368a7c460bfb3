"""What every bus does, whatever carries it."""

from exam_engine.core.bus import Bus, Hint
from exam_engine.core.db import new_id
from tests.exam_engine.core.bus.conftest import Heard

ONE, TWO = Hint("seat", "01"), Hint("seat", "02")


async def test_a_hint_reaches_the_own_process_at_once_and_the_other_soon(buses: tuple[Bus, Bus]) -> None:
    here, there = Heard(), Heard()
    buses[0].subscribe("seat", here)
    buses[1].subscribe("seat", there)
    buses[0].publish([ONE])
    assert here.hints == [ONE]
    await there.until(lambda heard: heard.hints == [ONE])


async def test_it_is_heard_once_in_each_process(buses: tuple[Bus, Bus]) -> None:
    here, there = Heard(), Heard()
    buses[0].subscribe("seat", here)
    buses[1].subscribe("seat", there)
    buses[0].publish([ONE])
    # A later hint shows that nothing of the one before is still on its way, back to its sender either.
    buses[1].publish([TWO])
    await here.until(lambda heard: TWO in heard.hints)
    buses[0].publish([TWO])
    await there.until(lambda heard: heard.hints.count(TWO) == 2)
    assert here.hints.count(ONE) == there.hints.count(ONE) == 1


async def test_only_the_topic_asked_for_is_heard_and_only_until_the_end(buses: tuple[Bus, Bus]) -> None:
    heard, last = Heard(), Heard()
    end = buses[1].subscribe("seat", heard)
    buses[1].subscribe("last", last)
    buses[0].publish([Hint("progress", "03"), ONE])
    await heard.until(lambda so_far: so_far.hints == [ONE])
    end()
    buses[0].publish([TWO])
    buses[0].publish([Hint("last", "04")])
    await last.until(lambda so_far: bool(so_far.hints))
    assert heard.hints == [ONE]


async def test_the_same_hint_again_is_heard_again(buses: tuple[Bus, Bus]) -> None:
    heard = Heard()
    buses[1].subscribe("seat", heard)
    for times in (1, 2, 3):
        buses[0].publish([ONE])
        await heard.until(lambda so_far, times=times: so_far.hints == [ONE] * times)  # type: ignore[misc]


async def test_more_hints_than_one_message_holds_all_arrive(buses: tuple[Bus, Bus]) -> None:
    heard = Heard()
    buses[1].subscribe("instruction", heard)
    sent = [Hint("instruction", new_id().hex) for _ in range(2000)]
    buses[0].publish(sent)
    await heard.until(lambda so_far: len(so_far.hints) >= len(sent))
    assert sorted(heard.hints) == sorted(sent)


async def test_a_listener_that_fails_keeps_nobody_else_from_hearing(buses: tuple[Bus, Bus]) -> None:
    def fails(_hint: Hint | None) -> None:
        raise RuntimeError("a fault of the listener")

    heard = Heard()
    buses[1].subscribe("seat", fails)
    buses[1].subscribe("seat", heard)
    buses[0].publish([ONE])
    await heard.until(lambda so_far: so_far.hints == [ONE])


async def test_publishing_without_anybody_connected_does_no_harm(make_bus: object) -> None:
    bus: Bus = make_bus()  # type: ignore[operator]
    heard = Heard()
    bus.subscribe("seat", heard)
    bus.publish([ONE])
    assert heard.hints == [ONE]
