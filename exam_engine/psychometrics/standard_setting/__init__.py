"""Standard setting: worksheets for a board to fill in, and the cuts that follow from them."""

from exam_engine.psychometrics.standard_setting.angoff import (
    AngoffRatings,
    AngoffResult,
    AngoffRound,
    angoff_result,
    angoff_worksheet,
)
from exam_engine.psychometrics.standard_setting.booklet import BookletPage, OrderedItemBooklet, ordered_item_booklet
from exam_engine.psychometrics.standard_setting.bookmark import (
    BookmarkResult,
    BookmarkRound,
    CutLocation,
    bookmark_result,
    bookmark_worksheet,
)
from exam_engine.psychometrics.standard_setting.borderline import (
    BorderlineGroupResult,
    BorderlineRegressionResult,
    RegressionFlag,
    borderline_group_result,
    borderline_regression_result,
    candidate_ratings,
    candidate_worksheet,
)
from exam_engine.psychometrics.standard_setting.contrasting_groups import (
    ContrastFlag,
    ContrastingGroupsResult,
    contrasting_groups_result,
)
from exam_engine.psychometrics.standard_setting.errors import StandardSettingError, StandardSettingErrorCode
from exam_engine.psychometrics.standard_setting.hofstee import (
    HofsteeBounds,
    HofsteeResult,
    HofsteeStatus,
    hofstee_result,
    hofstee_worksheet,
)
from exam_engine.psychometrics.standard_setting.panel import PanelCut, PanelSummary, panel_cut
from exam_engine.psychometrics.standard_setting.rater_statistics import JudgeFlag, JudgeStatistics, RaterAgreement
from exam_engine.psychometrics.standard_setting.worksheet import FilledRow, WorksheetRow

__all__ = [
    "AngoffRatings",
    "AngoffResult",
    "AngoffRound",
    "BookletPage",
    "BookmarkResult",
    "BookmarkRound",
    "BorderlineGroupResult",
    "BorderlineRegressionResult",
    "ContrastFlag",
    "ContrastingGroupsResult",
    "CutLocation",
    "FilledRow",
    "HofsteeBounds",
    "HofsteeResult",
    "HofsteeStatus",
    "JudgeFlag",
    "JudgeStatistics",
    "OrderedItemBooklet",
    "PanelCut",
    "PanelSummary",
    "RaterAgreement",
    "RegressionFlag",
    "StandardSettingError",
    "StandardSettingErrorCode",
    "WorksheetRow",
    "angoff_result",
    "angoff_worksheet",
    "bookmark_result",
    "bookmark_worksheet",
    "borderline_group_result",
    "borderline_regression_result",
    "candidate_ratings",
    "candidate_worksheet",
    "contrasting_groups_result",
    "hofstee_result",
    "hofstee_worksheet",
    "ordered_item_booklet",
    "panel_cut",
]
