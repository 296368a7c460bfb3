"""Why a proctor does something to a candidate: lists to choose from, with words on the page."""

from typing import Literal

PauseReason = Literal["power", "network", "computer", "software", "evacuation", "health", "other"]
CreditReason = Literal["power", "network", "computer", "software", "evacuation", "health", "other"]
EndReason = Literal["violation", "own_wish", "health", "other"]
DoubtReason = Literal["different_person", "data_differ", "expired", "unreadable", "no_paper", "other"]
MoveReason = Literal["computer", "software", "network", "power", "discipline", "health", "other"]
RecoveryReason = Literal["computer", "network", "power", "other"]
