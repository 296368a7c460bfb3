"""The signs by which people mark what a line is: questions, options, answers, explanations, parts, passages.

All patterns take time in proportion to the line.
"""

import re

_I = re.IGNORECASE

QUESTION_WORD = re.compile(
    r"\s*(?:câu(?:\s+hỏi)?|cau|bài|question)\s*(?:số\s*)?(?P<number>\d{1,6})\s*(?:(?P<mark>[.:)/])|(?=\s*$|\s*[(\[<])|(?P<space>\s))",
    _I,
)
"""``Câu 1.``, ``Câu 1 (NB):``, ``Question 3)``; with only a space behind, a capital has to follow."""

QUESTION_NUMBER = re.compile(r"\s*(?P<number>\d{1,6})\s*(?:[.):](?!\d)|/(?!\s*\d))\s*")
"""``12.`` or EMP's ``001/``, in documents without the word Câu."""

OPTION = re.compile(r"(?P<star>\*\s?)?(?P<letter>[A-Ha-h])\s?[.):/](?![.)/])")
OPTION_AT_START = re.compile(r"\s*(?P<star>\*\s?)?(?P<letter>[A-Ha-h])\s?(?:[.):/])(?P<gap>\s*)")

END = re.compile(r"[\s\-–—_.=*~]*HẾT[\s\-–—_.=*~]*", _I)
ANSWERS_HEADING = re.compile(
    r"\s*(?:[IVX]+\s*[.)]\s*)?(?:bảng\s+(?:trả lời|đáp án)|đáp án|hướng dẫn (?:giải|chấm)(?:\s+chi tiết)?"
    r"|lời giải chi tiết|answer key|answers)(?:\s+(?:và|tham khảo|chi tiết|hướng dẫn|lời giải|giải|chấm|trắc nghiệm|đề"
    r"|phần\s+[IVX\d]+))*\s*[:.]?\s*",
    _I,
)
SURE_ANSWERS_HEADING = re.compile(r"\s*(?:bảng\s+(?:trả lời|đáp án)|answer key)\b", _I)

SECTION = re.compile(
    r"\s*(?:phần|phan|nhóm|nhom|part)\s+(?P<number>[IVX]{1,4}|\d{1,2})\b\s*[.:)\-–]?\s*(?P<rest>.*)", _I | re.DOTALL
)
ROMAN_SECTION = re.compile(
    r"\s*(?P<number>I{1,3}|IV|VI{0,3}|IX|X)\s*[.)]\s+(?P<rest>(?:phần|trắc nghiệm|tự luận|câu).*)", _I | re.DOTALL
)
SECTION_KINDS = (
    ("true_false", re.compile(r"đúng\s*(?:/|-|hoặc|hay|,)?\s*sai|true\s*(?:/|or)\s*false", _I)),
    ("short", re.compile(r"trả lời ngắn|điền (?:số|đáp án|kết quả)|short answer", _I)),
    ("essay", re.compile(r"tự luận|essay", _I)),
    ("choice", re.compile(r"trắc nghiệm|lựa chọn|chọn một phương án|multiple choice", _I)),
)
INSTRUCTION = re.compile(
    r"\s*[(\[]?\s*(?:thí sinh (?:trả lời|chọn|chỉ|làm|điền|ghi)|học sinh trả lời|trong mỗi ý"
    r"|mỗi câu (?:hỏi )?thí sinh)",
    _I,
)

PASSAGE_VERB = re.compile(
    r"\s*(?:dựa (?:vào|theo|trên)|căn cứ|sử dụng|dùng|đọc|quan sát|cho |xét|giả thiết|đề bài|thông tin|read|use"
    r"|based on|look|questions?\b|từ câu|các câu)",
    _I,
)
PASSAGE_RANGE = re.compile(
    r"(?:câu|questions?|bài)\s*(?:hỏi\s*)?(?:từ\s*)?(?:số\s*)?(?:câu\s*)?(?P<first>\d{1,4})"
    r"\s*(?:đến|tới|->|→|-|–|—|to|and|và|,)\s*(?:câu\s*)?(?:số\s*)?(?P<last>\d{1,4})",
    _I,
)
PASSAGE_UNBOUNDED = re.compile(
    r"\s*(?:giả thiết chung\b|(?:dựa (?:vào|theo)|đọc|sử dụng|read)\b.{0,120}?"
    r"\b(?:các câu hỏi|những câu hỏi|the (?:following )?questions|the questions))",
    _I,
)

EXPLANATION = re.compile(
    r"\s*(?:(?:lời giải|hướng dẫn(?: giải)?|giải thích|giải)(?: chi tiết)?|hd giải|hdg|phương pháp giải"
    r"|solution|explanation|feedback)\s*(?:[:.]\s*|$)",
    _I,
)
ANSWER = re.compile(
    r"\s*(?:[-–+*=>→]+\s*)?(?:đáp án(?:\s+(?:đúng|câu \d+))?|đáp số|đs|đa|trả lời|answer|ans|key"
    r"|chọn(?:\s+đáp án)?)"
    r"\s*(?:(?P<colon>[:=])|\s(?:là\s*:?|(?=[A-H]\b)))\s*(?P<value>.*)",
    _I | re.DOTALL,
)
KEY_TAG = re.compile(r"<\s*key\s*=\s*(?P<value>[^<>]{1,500})>|\[\s*key\s*=\s*(?P<other>[^\[\]]{1,500})\]", _I)
BLANK_ANSWER = re.compile(r"[\s._…\-☐□]*")
CHOSEN = re.compile(
    r"(?:^|[\s.,;:→⇒>])(?:vậy\s+)?(?:chọn|đáp án(?:\s+đúng)?(?:\s+là)?|choose)\s*:?\s*(?:là\s+)?"
    r"(?:(?:đáp án|phương án|ý|câu)\s+)?:?\s*(?-i:(?P<letters>[A-H](?:\s*(?:,|;|và)\s*[A-H])*))\s*"
    r"(?:[.!]?\s*$|[.:,;](?=\s)|(?=\s+(?:vì|do|bởi)\b))",
    _I,
)

LEVEL_LINE = re.compile(r"\s*(?:mức độ(?:\s+nhận thức)?|cấp độ|level)\s*[:.]\s*(?P<value>.{1,40}?)\s*\.?\s*$", _I)
TAG = re.compile(r"\s*[(\[]\s*(?P<value>[^()\[\]]{1,40}?)\s*[)\]]\s*[.:]?\s*")
TAG_AT_END = re.compile(r"\s*[(\[]\s*(?P<value>[^()\[\]]{1,40}?)\s*[)\]]\s*$")
LEARNING_OUTCOME = re.compile(r"(?:CLO|LO|PLO|CĐR)\s*\.?\s*\d{1,2}(?:\.\d{1,2})*", _I)
REFERENCE = re.compile(r"IU(?:0[1-9]|1[0-5])(?:\.\d{1,2}){0,3}")
POINTS = re.compile(r"(?P<value>\d{1,3}(?:[.,]\d{1,3})?)\s*(?:điểm|đ|points?|pts?)", _I)

AUDIO = re.compile(r"<audio[^<>]{0,200}>(?P<path>[^<>]{0,300})</audio>", _I)
MCMIX_TOKEN = re.compile(r"\[<(?P<name>br|sg|/sg|egc)>\]", _I)
MCMIX_NUMBER = re.compile(r"\s*\(<(?P<number>\d{1,3})>\)\s*[.:)]?\s*")
MCMIX_BLANK = re.compile(r"\{<(\d{1,3})>\}")

PINNED = re.compile(r"\s*(?:[A-Ha-h]\s?[.)]\s*)?#(?P<sign>[!$])(?![/!$])\s*")
CORRECT_FIRST = re.compile(
    r"(?:phương án|đáp án|câu trả lời) đúng (?:luôn )?(?:luôn (?:ở|là|đứng) )?(?:được )?(?:đặt|đứng|ở|là|nằm)\s+"
    r"(?:ở |tại )?(?:đầu|dòng đầu|vị trí đầu|phương án đầu)|correct (?:answer|option) (?:comes |is )?first",
    _I,
)
STARRED = re.compile(r"\s*\*\s*(?=[^\s*])")
EXPLAINED = re.compile(r"\s*>\s*")

TRUTH = re.compile(r"[(\[]\s*(?P<value>đúng|sai|đ|s|true|false|t|f)\s*[)\]]\s*[.;]?\s*$", _I)
TRUTH_AT_END = re.compile(r"(?:\t|\s{2,}|\s[-–—→]\s*|:\s*)(?P<value>đúng|sai|đ|s|true|false)\s*[.;]?\s*$", _I)
TRUE_WORDS = frozenset({"đúng", "đ", "true", "t"})

SEVERAL = re.compile(
    r"(?:chọn|khoanh|choose|select)\s+(?:(?:các|những)\s+)?(?P<count>hai|ba|bốn|năm|2|3|4|5|nhiều|two|three|four|all)?\s*"
    r"(?:đáp án|phương án|câu|ý|options?|answers?)(?:\s+(?:đúng|trả lời))?",
    _I,
)
COUNTS = {"hai": 2, "ba": 3, "bốn": 4, "năm": 5, "2": 2, "3": 3, "4": 4, "5": 5, "two": 2, "three": 3, "four": 4}
