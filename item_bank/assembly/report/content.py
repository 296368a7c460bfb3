"""What the committee report says: blueprint, method, forms, how equal they are, what was changed and by whom.

No part of it can tell the key of an item: only how often each letter is the right one in a form.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from exam_engine.core.time import VIETNAM
from exam_engine.forms.models import Form
from item_bank.assembly.detail import AssemblyDetail, form_code
from item_bank.assembly.errors import AssemblyWithoutFormsError
from item_bank.assembly.figures import THETA
from item_bank.assembly.models import AssemblyEdit
from item_bank.assembly.report.blocks import (
    Block,
    Chart,
    Column,
    Curve,
    Letterhead,
    Report,
    Section,
    Table,
    Value,
)
from item_bank.assembly.report.demands import blueprint_section
from item_bank.assembly.requirements import points_of
from item_bank.assembly.spreads import spreads_of
from item_bank.assembly.views import deviations
from item_bank.assembly.wording import Wording
from item_bank.blueprints.statement import TargetObjective

_DOTS = "…………………"
_WIDEST_MATRIX = 30
"""Forms whose overlap is shown pair by pair; of more, the greatest and the mean overlap of each form."""


def report_of(
    detail: AssemblyDetail, published: Sequence[Form], head: Letterhead, wording: Wording, *, now: datetime
) -> Report:
    """Return the report of an assembly.

    Parameters
    ----------
    published : the forms as they were published, in order; empty before.

    Raises
    ------
    AssemblyWithoutFormsError
    """
    if not detail.forms:
        raise AssemblyWithoutFormsError
    text, today = wording.text, now.astimezone(VIETNAM)
    filled = replace(
        head,
        agency=head.agency or _DOTS,
        council=head.council or _DOTS,
        place=head.place or _DOTS,
        number=head.number or "……",
        legal_basis=head.legal_basis or _DOTS * 3,
    )
    parts = [
        Section(text("report.basis"), [filled.legal_basis]),
        blueprint_section(detail.statement, wording),
        Section(text("report.method"), list(_method(detail, wording))),
        Section(text("report.forms"), [_forms(detail, published, wording)]),
        Section(text("report.equality"), list(_equality(detail, wording))),
        Section(text("report.overlap"), list(_overlap(detail, wording))),
        Section(text("report.exposure"), list(_exposure(detail, wording))),
        Section(text("report.deviations"), list(_deviations(detail, wording))),
        Section(text("report.edits"), list(_edits(detail, wording))),
        Section(text("report.people"), [_people(detail, wording)]),
        Section(text("report.items"), [_items(detail, wording)]),
    ]
    return Report(
        head=filled,
        national_name=text("national_name"),
        national_motto=text("national_motto"),
        title=text("report.title"),
        subject=text("report.subject", name=detail.statement.name, number=detail.assembly.number),
        date=today,
        number_line=text("report.number", number=filled.number),
        place_and_date=text(
            "report.place_and_date", place=filled.place, day=today.day, month=today.month, year=today.year
        ),
        state=text(f"report.state_{detail.record.status}"),
        sections=[Section(f"{number}. {part.title}", part.blocks) for number, part in enumerate(parts, start=1)],
        signatures=[(text("report.secretary"), text("report.sign")), (text("report.chair"), text("report.sign"))],
        page_label=text("report.page"),
    )


def _method(detail: AssemblyDetail, wording: Wording) -> Iterable[Block]:
    text, assembly, statement = wording.text, detail.assembly, detail.statement
    points = ", ".join(wording.number(theta) for theta in points_of(statement))
    yield text(
        "report.method_choice",
        forms=len(detail.forms),
        items=assembly.pool_size or 0,
        uses=detail.options.uses_per_item,
        seed=detail.options.seed,
    )
    if isinstance(statement.objective, TargetObjective):
        yield text("report.method_target", points=points, value=wording.share(assembly.objective or 0.0))
    else:
        bound = "—" if assembly.bound is None else wording.number(assembly.bound, 3)
        gap = "—" if assembly.gap is None else wording.share(assembly.gap)
        value = wording.number(assembly.objective or 0.0, 3)
        yield text("report.method_maximin", points=points, value=value, bound=bound, gap=gap)
    if statement.closeness is not None:
        yield text("report.method_closeness", tolerance=wording.share(statement.closeness.tolerance))
    yield text("report.method_checked")
    if assembly.revision:
        yield text("report.method_edited")
    if assembly.is_simulated:
        yield text("report.method_simulated")


def _forms(detail: AssemblyDetail, published: Sequence[Form], wording: Wording) -> Table:
    hashes = {form.form_code: form.content_hash for form in published}
    columns = [
        Column(wording.text("report.form"), 0.7),
        Column(wording.text("report.item_count"), 0.6),
        Column(wording.text("report.changed_by_hand"), 0.8),
        Column(wording.text("report.content_hash"), 7.0, is_left=True),
    ]
    rows: list[list[Value]] = [
        [
            form.form_code,
            len(form.facts),
            wording.text("report.yes" if form.is_edited else "report.no"),
            hashes.get(form.form_code, wording.text("report.not_published")),
        ]
        for form in detail.forms
    ]
    return Table(wording.text("report.sheet_forms"), columns, rows)


def _equality(detail: AssemblyDetail, wording: Wording) -> Iterable[Block]:
    text, points = wording.text, points_of(detail.statement)
    cut = points.index(detail.statement.cut_theta)
    letters = sorted({letter for form in detail.forms for letter in form.figures.key_counts})
    columns = [Column(text("report.form"), 1.1)]
    columns += [Column(text("report.information_at", theta=wording.number(theta)), 1.2, 3) for theta in points]
    columns += [
        Column(text("report.score_at_cut"), 1.2, 2),
        Column(text("report.words"), 0.9),
        Column(text("report.minutes"), 0.9, 1),
        *(Column(letter, 0.5) for letter in letters),
    ]
    rows: list[list[Value]] = [
        [
            form.form_code,
            *form.figures.information,
            form.figures.expected_score[cut],
            form.figures.words,
            form.figures.seconds / 60.0,
            *(form.figures.key_counts.get(letter, 0) for letter in letters),
        ]
        for form in detail.forms
    ]
    figures = [[float(value) for value in row[1:] if not isinstance(value, str)] for row in rows]
    by_column = list(zip(*figures, strict=True))
    for label, of in (("report.least", min), ("report.greatest", max)):
        rows.append([text(label), *(of(column) for column in by_column)])
    rows.append([text("report.difference"), *(max(column) - min(column) for column in by_column)])
    yield text("report.equality_words", difference=_largest_difference(detail, wording))
    yield Table(text("report.sheet_figures"), columns, rows, summary_rows=3)
    objective = detail.statement.objective
    targets = (
        [(point.theta, point.information) for point in objective.points]
        if isinstance(objective, TargetObjective)
        else []
    )
    theta = THETA.tolist()
    yield Chart(
        text("report.information_curves"),
        theta,
        [Curve(form.form_code, form.information.tolist()) for form in detail.forms],
        points,
        targets,
    )
    yield Chart(
        text("report.score_curves"),
        theta,
        [Curve(form.form_code, form.expected_score.tolist()) for form in detail.forms],
        [detail.statement.cut_theta],
    )


def _largest_difference(detail: AssemblyDetail, wording: Wording) -> str:
    relative = [row.relative or 0.0 for row in spreads_of(detail) if row.figure == "information"]
    return wording.share(max(relative))


def _overlap(detail: AssemblyDetail, wording: Wording) -> Iterable[Block]:
    text, codes = wording.text, [form.form_code for form in detail.forms]
    if len(codes) == 1:
        yield text("report.one_form")
    elif len(codes) <= _WIDEST_MATRIX:
        columns = [Column(text("report.form"), 1.6), *(Column(code) for code in codes)]
        rows: list[list[Value]] = [[code, *shared] for code, shared in zip(codes, detail.overlap, strict=True)]
        yield Table(text("report.sheet_overlap"), columns, rows)
    else:
        columns = [
            Column(text("report.form")),
            Column(text("report.overlap_greatest")),
            Column(text("report.overlap_mean"), digits=2),
        ]
        others = [
            [shared for other, shared in enumerate(row) if other != one] for one, row in enumerate(detail.overlap)
        ]
        yield Table(
            text("report.sheet_overlap"),
            columns,
            [[code, max(row), sum(row) / len(row)] for code, row in zip(codes, others, strict=True)],
        )
    if detail.recent:
        columns = [
            Column(text("report.recent_form"), 1.5),
            Column(text("report.last_used"), 1.5),
            Column(text("report.overlap_greatest"), 1.5),
        ]
        members = [frozenset(form.codes) for form in detail.forms]
        yield text("report.recent_words")
        yield Table(
            text("report.sheet_recent"),
            columns,
            [
                [recent.form_code, _day(recent.last_used), max(len(recent.item_codes & member) for member in members)]
                for recent in detail.recent
            ],
        )


def _exposure(detail: AssemblyDetail, wording: Wording) -> Iterable[Block]:
    text = wording.text
    items = {item.code: item for form in detail.forms for item in form.facts}.values()
    used = [item for item in items if item.exposure.sittings]
    met = max((item.exposure.candidates for item in items), default=0)
    yield text("report.exposure_words", items=len(items), used=len(used), candidates=met)
    columns = [
        Column(text("report.form")),
        Column(text("report.unused_items")),
        Column(text("report.used_items")),
        Column(text("report.mean_candidates"), digits=1),
        Column(text("report.most_candidates")),
    ]
    rows: list[list[Value]] = []
    for form in detail.forms:
        counts = [item.exposure.candidates for item in form.facts]
        before = sum(item.exposure.sittings > 0 for item in form.facts)
        rows.append([form.form_code, len(counts) - before, before, sum(counts) / len(counts), max(counts)])
    yield Table(text("report.sheet_exposure"), columns, rows)


def _deviations(detail: AssemblyDetail, wording: Wording) -> Iterable[Block]:
    text = wording.text
    found = deviations(detail, wording)
    if not found:
        yield text("report.no_deviations")
        return
    columns = [
        Column(text("report.form"), 0.8),
        Column(text("report.requirement"), 3.0, is_left=True),
        Column(text("report.reason"), 2.2, is_left=True),
        Column(text("report.accepted"), 1.8, is_left=True),
    ]
    yield Table(
        text("report.sheet_deviations"),
        columns,
        [
            [
                text("report.all_forms")
                if row.form_number is None
                else form_code(detail.assembly.number, row.form_number),
                row.message,
                row.reason,
                f"{row.accepted_by}, {_instant(row.accepted_at)}",
            ]
            for row in found
        ],
    )


def _edits(detail: AssemblyDetail, wording: Wording) -> Iterable[Block]:
    text = wording.text
    standing = [edit for edit in detail.edits if edit.status == "applied"]
    if not standing:
        yield text("report.no_edits")
        return
    columns = [
        Column(text("report.form"), 0.8),
        Column(text("report.position"), 0.7),
        Column(text("report.item_out"), 1.4),
        Column(text("report.item_in"), 1.4),
        Column(text("report.reason"), 2.0, is_left=True),
        Column(text("report.edited"), 2.0, is_left=True),
    ]
    yield Table(
        text("report.sheet_edits"),
        columns,
        [
            [
                form_code(detail.assembly.number, edit.form_number),
                edit.position,
                detail.edit_codes[edit.old_item_id],
                detail.edit_codes[edit.new_item_id],
                edit.reason,
                f"{edit.edited_by_name}, {_instant(edit.edited_at)}",
            ]
            for edit in standing
        ],
    )


def _people(detail: AssemblyDetail, wording: Wording) -> Table:
    text, assembly = wording.text, detail.assembly
    steps: list[tuple[str, str | None, datetime | None]] = [
        ("report.started", assembly.created_by_name, assembly.created_at)
    ]
    steps += [("report.swapped", edit.edited_by_name, edit.edited_at) for edit in _last_edits(detail)]
    steps += [
        ("report.approved", assembly.approved_by_name, assembly.approved_at),
        ("report.published", assembly.published_by_name, assembly.published_at),
    ]
    columns = [
        Column(text("report.step"), 1.6, is_left=True),
        Column(text("report.person"), 2.2, is_left=True),
        Column(text("report.when"), 1.4),
    ]
    rows: list[list[Value]] = [
        [text(step), person or text("report.not_yet"), "—" if at is None else _instant(at)]
        for step, person, at in steps
    ]
    return Table(text("report.sheet_people"), columns, rows)


def _last_edits(detail: AssemblyDetail) -> Iterable[AssemblyEdit]:
    """The latest swap of each person."""
    return {edit.edited_by: edit for edit in detail.edits}.values()


def _items(detail: AssemblyDetail, wording: Wording) -> Table:
    text = wording.text
    columns = [
        Column(text("report.item"), 1.6),
        Column(text("report.module"), 0.8),
        Column(text("report.level"), 0.7),
        Column(text("report.words"), 0.7),
        Column(text("report.in_forms"), 2.0, is_left=True),
        Column(text("report.forms_before"), 0.9),
        Column(text("report.sittings_before"), 0.9),
        Column(text("report.candidates_before"), 1.0),
        Column(text("report.last_used"), 1.1),
        Column(text("report.forms_after"), 0.9),
    ]
    holders = detail.forms_with
    items = sorted({item.code: item for form in detail.forms for item in form.facts}.items())
    rows: list[list[Value]] = [
        [
            code,
            item.module_code,
            item.cognitive_level,
            item.words,
            ", ".join(form_code(detail.assembly.number, number) for number in holders[item.item_id]),
            item.exposure.forms,
            item.exposure.sittings,
            item.exposure.candidates,
            "—" if item.exposure.last_used is None else _day(item.exposure.last_used),
            item.exposure.forms + len(holders[item.item_id]),
        ]
        for code, item in items
    ]
    return Table(text("report.sheet_items"), columns, rows)


def _day(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%d/%m/%Y}"


def _instant(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
