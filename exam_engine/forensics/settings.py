"""When a report says that there is not enough data, and how often it tries itself on honest candidates."""

from typing import Final

VERSION: Final = 1
"""Of the content of reports and of how they are computed."""
LEVEL: Final = 0.05
"""Share of false alarms among what is listed (Benjamini & Hochberg): an honest sitting lists somebody in about 5 %."""

FEWEST_CANDIDATES: Final = 30
FEWEST_ITEMS: Final = 10
"""Items that a candidate, or a pair in common, must have answered to be looked at."""
FEWEST_OWN_CHANGES: Final = 5
"""Changes of wrong answers of one candidate below which even their common success would say nothing."""
FEWEST_CHANGES: Final = 100
"""Changes of wrong answers in the whole sitting below which nothing can be said of their success."""
BANK_SHARE: Final = 0.8
"""Share of a sitting's items that must be calibrated in the bank for its parameters to be used."""
FEWEST_FOR_RASCH: Final = 100
FEWEST_FOR_2PL: Final = 500
"""Candidates from whom parameters are estimated where the bank has none."""

REPLICATIONS: Final = 100
FEWEST_FIT_REPLICATIONS: Final = 40
"""Of person fit, whose tail probabilities come from the simulations: 0.05 / N must lie above one in all simulated."""
MOST_SIMULATED_PAIRS: Final = 3_000_000
"""Pairs compared in all simulated sittings together; large sittings are simulated less often."""
