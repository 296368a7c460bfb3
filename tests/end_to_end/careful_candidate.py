"""A candidate of whom every answer is known, to compare with what the server has stored and marked in the end."""

from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Page

from exam_engine.marking.service import AttemptMark
from load_tests.prepared_sitting import PreparedSitting, Registered
from tests.end_to_end.attempts import marked
from tests.end_to_end.browsing import Visit
from tests.end_to_end.exam_desk import ExamDesk
from tests.end_to_end.house import House
from tests.end_to_end.journals import acts_of, assert_chain_is_sound, stored_journal

RIGHT, WRONG = "Phương án thứ nhất", "Phương án thứ hai"


@dataclass(slots=True)
class CarefulCandidate:
    """Somebody at a desk; ``chosen`` is the option that each item has in the end."""

    house: House
    prepared: PreparedSitting
    visit: Visit
    desk: ExamDesk
    chosen: dict[str, str] = field(default_factory=dict)

    @property
    def page(self) -> Page:
        """The page that the candidate looks at."""
        return self.desk.page

    @property
    def taker(self) -> Registered:
        """Who they are."""
        return self.prepared.registered[0]

    async def take_seat(self) -> None:
        """Sign in and wait with the paper at hand and the seat unlocked."""
        await self.page.goto("/exam")
        await self.desk.sign_in(
            self.prepared.access_code, self.taker.candidate_number, self.taker.person.identity_suffix
        )
        await self.desk.confirm_data()
        await self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        await self.house.unlock(self.prepared)

    async def answer(self, text: str) -> None:
        """Choose an option of the item on the screen."""
        await self.desk.answer(text)
        self.chosen[await self.desk.item_ref()] = text

    async def work_through(self, first: int, last: int, *, wrong: frozenset[int] = frozenset()) -> None:
        """Answer the items with these numbers one after the other, from the one that is on the screen."""
        for number in range(first, last + 1):
            if number > first:
                await self.desk.next(number)
            await self.answer(WRONG if number in wrong else RIGHT)

    async def everything_is_marked(self) -> AttemptMark:
        """Compare with the server, after handing in: the journal click by click, and the points of each item."""
        stored = await stored_journal(self.house, self.taker)
        assert acts_of(stored) == self.desk.acts
        assert_chain_is_sound(stored)
        mark = await marked(self.house, self.taker)
        right = {ref for ref, text in self.chosen.items() if text == RIGHT}
        assert {item.ref for item in mark.items if item.is_correct} == right
        return mark


async def careful_candidate(house: House, visit: Visit, seed: int, **plan: Any) -> CarefulCandidate:
    """Return a candidate with a sitting of their own, seated before the start."""
    prepared = await house.prepare(candidates=1, seed=seed, **plan)
    candidate = CarefulCandidate(house, prepared, visit, ExamDesk(visit.page))
    await candidate.take_seat()
    return candidate
