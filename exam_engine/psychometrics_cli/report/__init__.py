"""Reports to file: one HTML page with everything in it, legible on screen, on paper and by a screen reader."""

from exam_engine.psychometrics_cli.report.page import Source, calibration_report, fit_report

__all__ = ["Source", "calibration_report", "fit_report"]
