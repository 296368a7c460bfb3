"""Words of the plots in Vietnamese and English."""

from collections.abc import Mapping
from typing import Final, Literal

Language = Literal["vi", "en"]

WORDS: Final[Mapping[Language, Mapping[str, str]]] = {
    "vi": {
        "ability": "Năng lực θ (logit)",
        "probability_right": "Xác suất trả lời đúng",
        "expected_share": "Điểm kỳ vọng / điểm tối đa",
        "probability": "Xác suất",
        "score_category": "điểm {category}",
        "test_information": "Thông tin của đề (1/logit²)",
        "information": "Thông tin (1/logit²)",
        "standard_error": "Sai số chuẩn (logit)",
        "population": "phân bố năng lực (không theo tỉ lệ)",
        "expected_score": "Tổng điểm kỳ vọng",
        "score_band": "± 1 độ lệch chuẩn",
        "items": "Câu hỏi",
        "candidates": "thí sinh",
        "standardised_residual": "Phần dư chuẩn hoá",
        "classes": "Loại {letter}",
        "unclassified": "không phân loại",
        "difficulty_difference": "Độ khó mới − cũ (logit)",
        "rmsd": "RMSD của đường đặc trưng",
        "kept": "giữ làm câu neo",
        "left_out": "loại khỏi câu neo",
        "flagged": "bị cảnh báo, vẫn giữ",
        "new_thresholds": "Ngưỡng ở lần hiệu chuẩn mới (logit)",
        "old_thresholds": "Ngưỡng ở thang cũ (logit)",
        "link": "θ cũ = {slope} · θ mới {sign} {intercept}",
        "density": "Mật độ (tỉ lệ thí sinh / logit)",
        "everybody": "toàn bộ thí sinh",
        "moments": "{name}: trung bình {mean}, độ lệch chuẩn {sd}",
        "normal": "phân bố chuẩn cùng trung bình và độ lệch",
        "iteration": "Vòng lặp",
        "gap": "Còn cách giá trị cuối",
        "no_gap": "Không có vòng lặp nào để vẽ",
        "outside": "ngoài hình: {below} % thấp hơn, {above} % cao hơn",
    },
    "en": {
        "ability": "Ability θ (logits)",
        "probability_right": "Probability of a right answer",
        "expected_share": "Expected share of the highest score",
        "probability": "Probability",
        "score_category": "score {category}",
        "test_information": "Test information (1/logit²)",
        "information": "Information (1/logit²)",
        "standard_error": "Standard error (logits)",
        "population": "ability distribution (not to scale)",
        "expected_score": "Expected sum score",
        "score_band": "± 1 standard deviation",
        "items": "Items",
        "candidates": "candidates",
        "standardised_residual": "Standardised residual",
        "classes": "Class {letter}",
        "unclassified": "not classified",
        "difficulty_difference": "Difficulty, new − old (logits)",
        "rmsd": "RMSD of the response curves",
        "kept": "kept as anchor",
        "left_out": "left out of the anchor",
        "flagged": "flagged, yet kept",
        "new_thresholds": "Threshold in the new calibration (logits)",
        "old_thresholds": "Threshold on the old scale (logits)",
        "link": "old θ = {slope} · new θ {sign} {intercept}",
        "density": "Density (share of candidates per logit)",
        "everybody": "all candidates",
        "moments": "{name}: mean {mean}, SD {sd}",
        "normal": "normal distribution of equal mean and SD",
        "iteration": "Iteration",
        "gap": "Distance to the final value",
        "no_gap": "There is no iteration to draw",
        "outside": "outside: {below} % below, {above} % above",
    },
}


def number(value: float, decimals: int, language: Language) -> str:
    """A number as the language writes it: decimal comma in Vietnamese, a true minus sign in both."""
    # Adding 0 after rounding turns −0 into 0.
    text = f"{round(value, decimals) + 0.0:.{decimals}f}".replace("-", "−")
    return text.replace(".", ",") if language == "vi" else text
