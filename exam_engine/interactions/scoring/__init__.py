"""What a response earns: one module per form of key, the rules of points they share, exact shares throughout."""

from exam_engine.interactions.scoring.dispatch import score
from exam_engine.interactions.scoring.results import PartScore, Scored, points_of

__all__ = ["PartScore", "Scored", "points_of", "score"]
