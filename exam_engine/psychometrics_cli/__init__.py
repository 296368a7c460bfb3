"""Commands of psychometrics: calibrate, score, link, dif, fit."""
