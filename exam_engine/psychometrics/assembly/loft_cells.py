"""How many items of each cell a form takes so that every count is met and no cell falls behind the others."""

from typing import Final

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray, IntArray

_LATENESS: Final = 0.01
"""What one item of a cell too few so far weighs against one item that a count misses."""
_PRICE_ROUNDS: Final = 4
_PRICE_STEP: Final = 0.06
"""How much, in items, each missed item of a count makes its cells cheaper or dearer in the next round."""
_SWAPS: Final = 60
_LAYERS: Final = 3
"""More items of a cell than this beyond its whole lack are only taken by swaps."""


def cell_numbers(
    lack: FloatArray,
    room: IntArray,
    counts: FloatArray,
    *,
    lower: FloatArray,
    upper: FloatArray,
    n_items: int,
) -> IntArray | None:
    """Numbers of items, those that are lacking most, swapped until the counts are met.

    Prices on the counts bring the first choice close; then swaps of one item of a cell for one of another, each the one
    that mends most. Every count changes by −1, 0 or +1 with a swap, so the change of what is missed is a product of
    small matrices, exact for all pairs of cells at once.

    Parameters
    ----------
    lack : (C,) items of each cell that forms so far should have had more.
    room : (C,) items that a form could take.
    counts : (C + 1, R) what an item of the cell counts for, 0 or 1; the last row, no item, is all 0.
    lower, upper : (R,) whole bounds of what is still to be counted.
    n_items : to start from; swaps with no item change it.

    Returns
    -------
    (C,) numbers, None when swaps lead nowhere.
    """
    n_cells = lack.size
    if not n_cells:
        return None if (lower > 0.0).any() else np.zeros(0, dtype=np.intp)
    numbers, sums = _priced_choice(lack, room, counts, lower, upper, n_items)
    # Removing from a cell costs what adding to it would gain.
    value = np.append(lack - numbers, 0.0) * _LATENESS
    numbers = np.append(numbers, 1)
    capacity = np.append(room, 2)
    transposed = np.ascontiguousarray(counts.T)
    for _ in range(_SWAPS):
        short, over = lower - sums, sums - upper
        if max(short.max(initial=0.0), over.max(initial=0.0)) < 0.5:
            return numbers[:-1]
        up = (over > -0.5).astype(np.float64) - (short > 0.5)
        down = (short > -0.5).astype(np.float64) - (over > 0.5)
        present = np.flatnonzero(numbers)
        leaving = counts[present]
        change = (leaving * -(up + down)) @ transposed
        change += up @ transposed - value
        change += (leaving @ down + value[present])[:, None]
        change[:, numbers >= capacity] = np.inf
        place = int(change.argmin())
        if change.flat[place] > -0.5:
            return None
        leaves, enters = int(present[place // (n_cells + 1)]), place % (n_cells + 1)
        sums = sums + counts[enters] - counts[leaves]
        for cell, step in ((leaves, -1), (enters, 1)):
            if cell < n_cells:
                numbers[cell] += step
                value[cell] -= step * _LATENESS
    return None


def _priced_choice(
    lack: FloatArray, room: IntArray, counts: FloatArray, lower: FloatArray, upper: FloatArray, n_items: int
) -> tuple[IntArray, FloatArray]:
    n_cells = lack.size
    n_layers = max(1, min(int(room.max()), int(np.ceil(lack.max())) + _LAYERS))
    layers = np.arange(n_layers)[:, None]
    wish = np.where(layers < room, lack - layers, -np.inf)
    n_items = min(n_items, int((wish > -np.inf).sum()))
    prices = np.zeros(counts.shape[1])
    numbers, sums = np.zeros(n_cells, dtype=np.intp), np.zeros(counts.shape[1])
    for _ in range(1 + _PRICE_ROUNDS):
        priced = (wish - counts[:-1] @ prices).ravel()
        best = np.argpartition(-priced, n_items - 1)[:n_items] if n_items else np.zeros(0, dtype=np.intp)
        numbers = np.bincount(best % n_cells, minlength=n_cells)
        sums = numbers @ counts[:-1]
        prices += _PRICE_STEP * (np.maximum(sums - upper, 0.0) - np.maximum(lower - sums, 0.0))
    return numbers, sums
