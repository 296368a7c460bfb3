"""Moodle's questions with options: one of them, several of them, true or false."""

from decimal import Decimal

from lxml import etree

from exam_engine.interactions.content import MultipleResponse, Option, SingleChoice
from exam_engine.interactions.keys import ChoiceKey, Mapped
from item_bank.exchange.gift.answers import whole_shares
from item_bank.exchange.moodle_xml.question import Asked, Question
from item_bank.exchange.moodle_xml.source import is_set, number_of, plain_number, text_in


def share_of(answer: etree._Element) -> Decimal | None:
    """Return what an answer earns, from -1 to 1; None when its fraction is none."""
    fraction = number_of(answer.get("fraction") or "0")
    return None if fraction is None or abs(fraction) > 100 else fraction / 100


def multiple_choice(question: Question) -> Asked:
    """Read ``multichoice``, whose options have fractions of the mark."""
    stem, options = question.stem(), question.options()
    if not options:
        return None, None
    answers = {option.id: answer for option, answer in zip(options, question.answers(), strict=True)}
    for id_, answer in answers.items():
        question.explain(id_, answer.find("feedback"))
    is_shuffled = is_set(question.element, "shuffleanswers", True)
    is_single = is_set(question.element, "single", True)
    key = _key(question, answers, is_single=is_single)
    if is_single:
        return SingleChoice(stem=stem, options=options, is_shuffled=is_shuffled), key
    return MultipleResponse(stem=stem, options=options, is_shuffled=is_shuffled), key


def _key(question: Question, answers: dict[str, etree._Element], *, is_single: bool) -> ChoiceKey | None:
    shares: dict[str, Decimal] = {}
    for id_, answer in answers.items():
        share = share_of(answer)
        if share is None:
            question.note("error", "moodle_fraction", f"options/{id_}", found=(answer.get("fraction") or "")[:40])
            return None
        shares[id_] = share
    if not is_single:
        shares = dict(zip(shares, whole_shares(list(shares.values())), strict=True))
        right = tuple(id_ for id_, share in shares.items() if share > 0)
        if right:
            return ChoiceKey(correct=right, scoring=_mapped(shares))
    else:
        shares = {id_: share.quantize(Decimal("0.0001")) for id_, share in shares.items()}
        full = [id_ for id_, share in shares.items() if share == 1]
        if any(share < 0 for share in shares.values()):
            question.note("left_out", "moodle_negative", "key")
        if len(full) > 1:
            question.note("warning", "moodle_several_right", "key", options=", ".join(full))
        if full and sum(share > 0 for share in shares.values()) == 1:
            return ChoiceKey(correct=(full[0],))
        if full:
            return ChoiceKey(
                correct=(full[0],), scoring=_mapped({id_: share for id_, share in shares.items() if share > 0})
            )
    question.note("error", "moodle_no_right_answer", "key")
    return None


def _mapped(shares: dict[str, Decimal]) -> Mapped:
    return Mapped(shares={id_: plain_number(share) for id_, share in shares.items() if share})


def all_or_nothing_choice(question: Question) -> Asked:
    """Read ``multichoiceset`` of the plug-in of that name: several options, all of them or no mark."""
    stem, options = question.stem(), question.options()
    if not options:
        return None, None
    paired = zip(options, question.answers(), strict=True)
    right = tuple(option.id for option, answer in paired if (share_of(answer) or 0) > 0)
    if not right:
        question.note("error", "moodle_no_right_answer", "key")
    is_shuffled = is_set(question.element, "shuffleanswers", True)
    content = MultipleResponse(stem=stem, options=options, is_shuffled=is_shuffled)
    return content, ChoiceKey(correct=right) if right else None


def true_false(question: Question) -> Asked:
    """Read ``truefalse``."""
    options = (Option(id="A", content="Đúng", is_fixed=True), Option(id="B", content="Sai", is_fixed=True))
    content = SingleChoice(stem=question.stem(), options=options, is_shuffled=False)
    right = []
    for answer in question.answers():
        word = text_in(answer).strip().lower()
        if word not in {"true", "false"}:
            question.note("error", "moodle_no_right_answer", "key")
            return content, None
        id_ = "A" if word == "true" else "B"
        question.explain("Đúng" if id_ == "A" else "Sai", answer.find("feedback"))
        if share_of(answer) == 1:
            right.append(id_)
    if len(right) != 1:
        question.note("error", "moodle_no_right_answer", "key")
        return content, None
    return content, ChoiceKey(correct=(right[0],))
