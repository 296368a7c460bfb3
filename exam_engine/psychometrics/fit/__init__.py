"""How well item response models fit: items, pairs of items, whole tests and candidates."""

from exam_engine.psychometrics.fit.chi_squares import ItemChiSquares
from exam_engine.psychometrics.fit.empirical_curves import EmpiricalCurve, empirical_curves
from exam_engine.psychometrics.fit.errors import FitError
from exam_engine.psychometrics.fit.free_parameters import FreeParameters, free_parameters, natural_parameters
from exam_engine.psychometrics.fit.grouped_chi_squares import grouped_x2, pv_q1
from exam_engine.psychometrics.fit.limited_information import LimitedInformationFit, m2
from exam_engine.psychometrics.fit.mean_squares import MeanSquares, infit_outfit
from exam_engine.psychometrics.fit.pair_chi_squares import PairChiSquares, ld_x2
from exam_engine.psychometrics.fit.person_fit import PersonFit, person_fit
from exam_engine.psychometrics.fit.residual_correlations import ResidualCorrelations, q3, q3_critical_value
from exam_engine.psychometrics.fit.root_mean_square_deviation import CurveDeviations, rmsd, rmsd_by_group
from exam_engine.psychometrics.fit.sum_score_chi_square import ItemScoreTable, s_x2, sum_score_tables

__all__ = [
    "CurveDeviations",
    "EmpiricalCurve",
    "FitError",
    "FreeParameters",
    "ItemChiSquares",
    "ItemScoreTable",
    "LimitedInformationFit",
    "MeanSquares",
    "PairChiSquares",
    "PersonFit",
    "ResidualCorrelations",
    "empirical_curves",
    "free_parameters",
    "grouped_x2",
    "infit_outfit",
    "ld_x2",
    "m2",
    "natural_parameters",
    "person_fit",
    "pv_q1",
    "q3",
    "q3_critical_value",
    "rmsd",
    "rmsd_by_group",
    "s_x2",
    "sum_score_tables",
]
