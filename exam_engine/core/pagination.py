"""Offset and limit of list routes."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query

LARGEST_PAGE = 500


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is asked for."""

    offset: int
    limit: int


def _page(
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0, limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = 50
) -> Page:
    return Page(offset, limit)


PageDep = Annotated[Page, Depends(_page)]
