"""Codes that people read out and type: 18 random letters and two that tell a mistyped code from a wrong one.

The letters are numbers modulo 31, which is prime. Over all twenty, their sum and their sum weighted by place are 0.
Any one or two wrong letters break that, and so do any two that changed places; one wrong letter even shows where it
stands.
"""

import random

from exam_engine.core.errors import Fault
from exam_engine.sites.errors import CodeMistypedError
from exam_engine.sittings.service import ACCESS_CODE_ALPHABET

RANDOM_LETTERS = 18
"""89 bits."""
LETTERS = RANDOM_LETTERS + 2
GROUP = 4
_PRIME = len(ACCESS_CODE_ALPHABET)


def new_code(rng: random.Random) -> str:
    """Return a fresh code; ``rng`` should be ``random.SystemRandom`` outside tests."""
    numbers = [rng.randrange(_PRIME) for _ in range(RANDOM_LETTERS)]
    plain, weighted = _sums(numbers)
    # Two unknowns, at the last two places, and two sums that must come to 0.
    last = ((LETTERS - 1) * plain - weighted) % _PRIME
    return "".join(ACCESS_CODE_ALPHABET[number] for number in (*numbers, (-plain - last) % _PRIME, last))


def in_groups(code: str) -> str:
    """Return a code as people read it."""
    return "-".join(code[i : i + GROUP] for i in range(0, len(code), GROUP))


def read_code(typed: str) -> str:
    """Return the code that somebody typed; case, spaces and hyphens do not matter.

    Raises
    ------
    CodeMistypedError
        It is no code. Where a single letter is wrong the fault names its group.
    """
    code = "".join(letter for letter in typed.upper() if letter not in " -–—\t\n")
    if len(code) != LETTERS:
        raise CodeMistypedError(faults=[Fault("site_code_length", "code", {"letters": len(code), "needed": LETTERS})])
    numbers = []
    for place, letter in enumerate(code, start=1):
        if letter not in ACCESS_CODE_ALPHABET:
            raise _mistyped_at(place)
        numbers.append(ACCESS_CODE_ALPHABET.index(letter))
    plain, weighted = _sums(numbers)
    if (plain, weighted) == (0, 0):
        return code
    place = weighted * pow(plain, -1, _PRIME) % _PRIME if plain else 0
    raise _mistyped_at(place) if 1 <= place <= LETTERS else CodeMistypedError


def _sums(numbers: list[int]) -> tuple[int, int]:
    return sum(numbers) % _PRIME, sum(place * number for place, number in enumerate(numbers, start=1)) % _PRIME


def _mistyped_at(place: int) -> CodeMistypedError:
    return CodeMistypedError(faults=[Fault("site_code_group", "code", {"group": (place - 1) // GROUP + 1})])
