"""Published cross tables of stratum, group and score, as responses to one item matched from outside."""

import numpy as np

from exam_engine.psychometrics import ResponseMatrix
from exam_engine.psychometrics.arrays import FloatArray

# Bickel, Hammel & O'Connell (1975), Science 187, 398-404: admissions to Berkeley by department; rows men, women,
# columns rejected, admitted. Reference values: R 4.2, mantelhaen.test(UCBAdmissions).
ADMISSIONS = np.array(
    [
        [[313, 512], [19, 89]],
        [[207, 353], [8, 17]],
        [[205, 120], [391, 202]],
        [[279, 138], [244, 131]],
        [[138, 53], [299, 94]],
        [[351, 22], [317, 24]],
    ],
    dtype=np.float64,
)

# Koch & Edwards (1988), in Peace, *Biopharmaceutical Statistics*: arthritis treatment; strata women, men; rows active,
# placebo; columns no, some, marked improvement. Reference values: SAS/STAT FREQ, Cochran-Mantel-Haenszel statistics.
ARTHRITIS = np.array([[[6, 5, 16], [19, 7, 6]], [[7, 2, 5], [10, 0, 1]]], dtype=np.float64)

# Migraine treatment, women and men; rows active, placebo; columns same, better. Reference values: SAS/STAT FREQ.
MIGRAINE = np.array([[[11, 16], [20, 5]], [[16, 12], [19, 7]]], dtype=np.float64)


def stratified_responses(counts: FloatArray) -> tuple[ResponseMatrix, list[str], FloatArray]:
    """Responses to one item, groups ``reference`` and ``focal``, and the number of the stratum to match on."""
    stratum, group, score = np.nonzero(counts)
    responses = ResponseMatrix.from_array(score[:, None], ["item"], weights=counts[stratum, group, score])
    return responses, [("reference", "focal")[place] for place in group], stratum.astype(np.float64)
