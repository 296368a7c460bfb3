"""Answers that a document states in words: beside a question, or in a table of answers at its end."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from item_bank.exchange.question_text.lines import Grid, Line
from item_bank.exchange.word.blocks import Place

_PAIR = re.compile(
    r"(?:câu\s*)?(?<!\d)(?P<number>\d{1,6})\s*[.:)\-–=]?\s*(?P<value>[A-Ha-h](?:\s*[,;&]\s*[A-H](?![.\w]))*|[A-H]{2,8}|[ĐSđsDTF]{2,8}|[ĐSđs])(?!\w)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[\s,;|.\-–/]*")
_NUMBER_CELL = re.compile(r"(?:câu|question|bài)?\s*(\d{1,6})\s*[.:)]?", re.IGNORECASE)
_NUMBER_HEAD = re.compile(
    r"(?:số\s*)?(?:câu(?:\s*hỏi)?(?:\s*số)?|stt|tt|question|no\.?|câu/mã đề|mã đề\s*/?\s*câu)\.?", re.IGNORECASE
)
_ANSWER_HEAD = re.compile(
    r"(?:đáp\s*án|đ\.?\s*a\.?|chọn|answers?|key|kết quả|đáp số|trả lời)(?:\s*đúng)?\s*[:.]?", re.IGNORECASE
)
_PAPER_HEAD = re.compile(r"(?:mã(?:\s*đề)?\s*)?\d{3,4}", re.IGNORECASE)
_STATEMENT_HEAD = re.compile(r"(?:(?:ý|lệnh hỏi)\s*)?([a-d])\s*[.)]?", re.IGNORECASE)
LETTERS = re.compile(r"\s*([A-H])(?:\s*[,;&+/]\s*|\s+và\s+|\s*)(?:([A-H])(?:\s*[,;&+/]\s*|\s+và\s+|\s*))*\.?\s*")
_TRUTHS = re.compile(r"\s*(?:[ĐSDTF](?:\s*[-–,;]\s*|\s*)){1,12}\.?\s*", re.IGNORECASE)
_NAMED_TRUTH = re.compile(r"\(?\b(?P<letter>[a-h])\s?[.):\-–]?\s*(?P<value>đúng|sai|đ|s|true|false)\b", re.IGNORECASE)
_TRUE = frozenset({"đ", "d", "t", "đúng", "true"})


@dataclass(frozen=True, slots=True)
class Stated:
    """An answer as the document words it; ``origin`` says where: a line, a table, an explanation."""

    text: str
    place: Place
    origin: str


@dataclass
class AnswerTable:
    """Answers at the end of a document by section and number; section 0 where no part is named.

    ``several_papers`` are places of tables with a column for each paper of a set, of which none can be chosen here.
    """

    answers: dict[tuple[int, int], list[Stated]] = field(default_factory=dict)
    several_papers: list[Place] = field(default_factory=list)

    def add(self, section: int, number: int, text: str, place: Place, origin: str = "table") -> None:
        """Add what a table says of a question."""
        self.answers.setdefault((section, number), []).append(Stated(" ".join(text.split()), place, origin))

    def read_line(self, line: Line, section: int) -> bool:
        """Read a line such as ``1.A 2.B 3-C``; False when there is anything else on it."""
        pairs = list(pairs_of(line.text))
        for number, value in pairs:
            self.add(section, number, value, line.place)
        return bool(pairs)

    def read_table(self, line: Line, section: int) -> bool:
        """Read a table of answers in any of its usual shapes; False when it is none."""
        grid = _text_grid(line.grid)
        found = list(_with_pairs(grid) or _by_heading(grid) or _turned_by_heading(grid) or _bare_rows(grid))
        if not found and _is_of_papers(grid):
            self.several_papers.append(line.place)
            return True
        for number, value in found:
            self.add(section, number, value, line.place)
        return bool(found)


def pairs_of(text: str) -> Iterator[tuple[int, str]]:
    """Yield numbers and letters of a line that holds nothing else; nothing when it holds anything else."""
    pairs = []
    at = 0
    for match in _PAIR.finditer(text):
        if not _BETWEEN.fullmatch(text, at, match.start()):
            return
        pairs.append((int(match["number"]), match["value"]))
        at = match.end()
    if pairs and _BETWEEN.fullmatch(text, at):
        yield from pairs


def letters_of(text: str) -> tuple[str, ...] | None:
    """Return the letters that an answer names, such as ``A, C``; None when it says something else."""
    shown = text.strip().rstrip(".").strip()
    if re.fullmatch(r"[a-h]", shown):
        shown = shown.upper()
    if not LETTERS.fullmatch(shown):
        return None
    letters = tuple(re.findall("[A-H]", shown))
    return letters if len(set(letters)) == len(letters) else None


def truths_of(text: str, count: int) -> dict[int, bool] | None:
    """Return what an answer says of each of ``count`` statements; None unless it speaks of all, each once."""
    named = [(match["letter"].lower(), match["value"].lower()) for match in _NAMED_TRUTH.finditer(text)]
    if named:
        values = {ord(letter) - ord("a"): value in _TRUE for letter, value in named}
        return values if len(named) == count and set(values) == set(range(count)) else None
    words = re.sub(r"đúng|true", "Đ", re.sub(r"sai|false", "S", text, flags=re.IGNORECASE), flags=re.IGNORECASE)
    if not _TRUTHS.fullmatch(words):
        return None
    signs = re.findall("[đsdtf]", words.lower())
    return {number: sign in _TRUE for number, sign in enumerate(signs)} if len(signs) == count else None


def _text_grid(grid: Grid) -> list[list[str]]:
    return [[cell.text for cell in row] for row in grid]


def _with_pairs(grid: Sequence[Sequence[str]]) -> list[tuple[int, str]]:
    """Read a table whose every cell says number and answer."""
    found: list[tuple[int, str]] = []
    for row in grid:
        for cell in filter(None, row):
            pairs = list(pairs_of(cell))
            if not pairs:
                return []
            found += pairs
    return found


def _by_heading(grid: Sequence[Sequence[str]]) -> list[tuple[int, str]]:
    """Read rows that begin with ``Câu`` and ``Đáp án`` in turn, or with the letter of a statement."""
    found: list[tuple[int, str]] = []
    numbers: list[int | None] = []
    statements: dict[int, list[str]] = {}
    for row in grid:
        if not row or not any(row):
            continue
        head, rest = row[0], row[1:]
        cells = [_NUMBER_CELL.fullmatch(cell) for cell in rest]
        if (
            _NUMBER_HEAD.fullmatch(head)
            and rest
            and all(match or not cell for match, cell in zip(cells, rest, strict=True))
        ):
            numbers = [int(match[1]) if match else None for match in cells]
        elif numbers and _ANSWER_HEAD.fullmatch(head) and len(rest) == len(numbers):
            found += [(number, cell) for number, cell in zip(numbers, rest, strict=True) if number and cell]
            numbers = []
        elif numbers and (letter := _STATEMENT_HEAD.fullmatch(head)) and len(rest) == len(numbers):
            for number, cell in zip(numbers, rest, strict=True):
                if number and cell:
                    statements.setdefault(number, []).append(f"{letter[1].lower()}) {cell}")
        else:
            return []
    return found + [(number, "; ".join(parts)) for number, parts in statements.items()]


def _turned_by_heading(grid: Sequence[Sequence[str]]) -> list[tuple[int, str]]:
    """Read a table whose first row says over which columns numbers and answers stand."""
    if len(grid) < 2 or len({len(row) for row in grid}) != 1:
        return []
    heads = grid[0]
    found: list[tuple[int, str]] = []
    columns = [number for number, head in enumerate(heads) if _NUMBER_HEAD.fullmatch(head)]
    if not columns or columns[0] != 0:
        return []
    for start, end in zip(columns, [*columns[1:], len(heads)], strict=True):
        answers = heads[start + 1 : end]
        is_plain = len(answers) == 1 and _ANSWER_HEAD.fullmatch(answers[0])
        letters = [match[1].lower() if (match := _STATEMENT_HEAD.fullmatch(head)) else "" for head in answers]
        if not is_plain and not (letters and all(letters)):
            return []
        for row in grid[1:]:
            number = _NUMBER_CELL.fullmatch(row[start])
            if not number:
                if any(row[start:end]):
                    return []
                continue
            cells = row[start + 1 : end]
            text = cells[0] if is_plain else "; ".join(f"{a}) {b}" for a, b in zip(letters, cells, strict=True))
            if text:
                found.append((int(number[1]), text))
    return found


def _bare_rows(grid: Sequence[Sequence[str]]) -> list[tuple[int, str]]:
    """Read rows of numbers, each over a row of letters, without any heading."""
    rows = [row for row in grid if any(row)]
    found: list[tuple[int, str]] = []
    if len(rows) % 2 or not rows:
        return []
    for above, below in zip(rows[::2], rows[1::2], strict=True):
        numbers = [_NUMBER_CELL.fullmatch(cell) for cell in above if cell]
        values = [cell for cell in below if cell]
        if (
            len(numbers) != len(values)
            or not all(numbers)
            or not all(letters_of(value) or truths_of(value, 4) for value in values)
        ):
            return []
        found += [(int(match[1]), value) for match, value in zip(numbers, values, strict=True) if match]
    return found


def _is_of_papers(grid: Sequence[Sequence[str]]) -> bool:
    """Whether a table has a column of answers for each of several papers."""
    heads = grid[0] if grid else []
    return (
        len(heads) > 2
        and bool(_NUMBER_HEAD.fullmatch(heads[0]))
        and all(_PAPER_HEAD.fullmatch(head) for head in heads[1:])
    )
