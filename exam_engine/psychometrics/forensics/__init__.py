"""Statistics that compare what candidates did with what the models expect of honest work; none of them is evidence."""

from exam_engine.psychometrics.forensics.answer_changes import AnswerChanges, GainModel, answer_changes, fit_gains
from exam_engine.psychometrics.forensics.interruptions import CountModel, Interruptions, fit_counts, interruptions
from exam_engine.psychometrics.forensics.options import NO_OPTION, OptionModel, fit_options
from exam_engine.psychometrics.forensics.response_times import (
    ResponseTimeModel,
    ResponseTimes,
    fit_response_times,
    response_times,
)
from exam_engine.psychometrics.forensics.similarity import PairSimilarity, all_pairs, similarity
from exam_engine.psychometrics.forensics.tails import poisson_binomial_tail

__all__ = [
    "NO_OPTION",
    "AnswerChanges",
    "CountModel",
    "GainModel",
    "Interruptions",
    "OptionModel",
    "PairSimilarity",
    "ResponseTimeModel",
    "ResponseTimes",
    "all_pairs",
    "answer_changes",
    "fit_counts",
    "fit_gains",
    "fit_options",
    "fit_response_times",
    "interruptions",
    "poisson_binomial_tail",
    "response_times",
    "similarity",
]
