"""Why a proctor stops a clock, gives time back or ends an attempt: lists to choose from, with words in the messages."""

from typing import Literal

PauseReason = Literal["power", "network", "computer", "software", "evacuation", "health", "other"]
CreditReason = Literal["power", "network", "computer", "software", "evacuation", "health", "other"]
EndReason = Literal["violation", "own_wish", "health", "other"]
