"""What is right, as one line of an answer sheet, in the letters and numbers that the paper shows."""

from collections.abc import Mapping, Sequence

from exam_engine.interactions.content import (
    GapMatch,
    HotspotChoice,
    HotText,
    InlineChoice,
    ItemContent,
    Match,
    TrueFalseTable,
)
from exam_engine.interactions.keys import (
    AreaKey,
    ChoiceKey,
    ItemKey,
    NumberKey,
    OrderKey,
    PairKey,
    RubricKey,
    TextKey,
    TrueFalseKey,
)
from exam_engine.interactions.rich_text import plain_text
from exam_engine.interactions.rich_text.markup import Element, Node, read, text_of
from item_bank.items.content import OPTION_IDS

NONE_STATED = "(chưa có)"


def answer_line(content: ItemContent, key: ItemKey | None) -> str:
    """Return the answer as people read it aloud; :data:`NONE_STATED` while nobody has said what is right."""
    match key:
        case ChoiceKey():
            return ", ".join(_chosen(content).get(id_, id_) for id_ in key.correct)
        case TrueFalseKey() if isinstance(content, TrueFalseTable):
            marks = ("Đ" if key.values.get(one.id) else "S" for one in content.statements)
            return ", ".join(f"{OPTION_IDS[at].lower()}) {mark}" for at, mark in enumerate(marks))
        case OrderKey():
            letters = _letters([option.id for option in getattr(content, "options", ())])
            return " – ".join(letters.get(id_, id_) for id_ in key.order)
        case PairKey():
            return "; ".join(_pair(content, *pair) for pair in key.pairs)
        case TextKey():
            gaps = [" / ".join(one.text for one in gap.accepted) for gap in key.gaps.values()]
            return gaps[0] if len(gaps) == 1 else "; ".join(f"({at}) {text}" for at, text in enumerate(gaps, start=1))
        case NumberKey():
            percent = "%" if key.tolerance_in == "percent" else ""
            off = f" ± {key.tolerance}{percent}" if float(key.tolerance) else ""
            return f"{key.value}{off}".replace(".", ",")
        case AreaKey():
            return f"{len(key.areas)} vùng trên hình (xem trong ngân hàng)"
        case RubricKey():
            return "; ".join(f"{one.title} ({one.points.replace('.', ',')} điểm)" for one in key.criteria)
    return NONE_STATED


def _letters(ids: Sequence[str]) -> Mapping[str, str]:
    return {id_: OPTION_IDS[at] if at < len(OPTION_IDS) else str(at + 1) for at, id_ in enumerate(ids)}


def _chosen(content: ItemContent) -> Mapping[str, str]:
    if isinstance(content, HotspotChoice):
        return {one.id: one.label for one in content.hotspots}
    if isinstance(content, HotText):
        return dict(_marked(read(content.passage)))
    return _letters([option.id for option in getattr(content, "options", ())])


def _marked(nodes: Sequence[Node]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for node in nodes:
        if isinstance(node, Element):
            if (id_ := node.attributes.get("data-hottext")) is not None:
                found.append((id_, text_of(node.children)))
            found += _marked(node.children)
    return found


def _pair(content: ItemContent, left: str, right: str) -> str:
    match content:
        case Match():
            numbers = {one.id: str(at) for at, one in enumerate(content.sources, start=1)}
            return f"{numbers[left]} – {_letters([one.id for one in content.targets])[right].lower()}"
        case GapMatch():
            numbers = {one.id: str(at) for at, one in enumerate(content.gaps, start=1)}
            texts = {one.id: plain_text(one.content) for one in content.texts}
            return f"({numbers[right]}) {texts[left]}"
        case InlineChoice():
            for at, gap in enumerate(content.gaps, start=1):
                if gap.id == left:
                    return f"({at}) {_letters([one.id for one in gap.options])[right]}"
    return f"{left} – {right}"
