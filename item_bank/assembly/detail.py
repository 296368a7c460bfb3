"""An assembly read whole: its forms with their figures, what they share, what the blueprint asked of them."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

import numpy as np
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.psychometrics.arrays import FloatArray
from item_bank.assembly import queries
from item_bank.assembly.bank import BankItem, Exposure, RecentForm
from item_bank.assembly.errors import AssemblyNotFoundError
from item_bank.assembly.figures import FormFigures, form_figures, item_curves, item_figures, parameters_of
from item_bank.assembly.models import Assembly, AssemblyEdit
from item_bank.assembly.options import AssemblyOptions
from item_bank.assembly.queries import AssemblyRecord, PlacedItem
from item_bank.blueprints.statement import BlueprintStatement
from item_bank.blueprints.versions.service import version_stating
from item_bank.items.keys.store import keys_of
from item_bank.items.pool import enemies_by_code, key_place


@dataclass(frozen=True, slots=True, eq=False)
class FormDetail:
    """One form of an assembly with its figures; ``facts`` are its items as the assembly chose them."""

    number: int
    form_code: str
    places: list[PlacedItem]
    facts: list[BankItem]
    figures: FormFigures
    information: FloatArray
    expected_score: FloatArray
    objective: FloatArray
    is_edited: bool

    @property
    def codes(self) -> list[str]:
        """Codes of its items in order."""
        return [item.code for item in self.facts]

    @property
    def cells(self) -> Counter[tuple[str, str]]:
        """How many items of each module and level it has."""
        return Counter((item.module_code, item.cognitive_level) for item in self.facts)


@dataclass(frozen=True, slots=True, eq=False)
class AssemblyDetail:
    """An assembly with its forms; ``overlap`` counts the items that two forms share.

    ``blueprint_version`` is the newest version of the blueprint that states what the assembly was made to.
    """

    record: AssemblyRecord
    statement: BlueprintStatement
    options: AssemblyOptions
    recent: list[RecentForm]
    forms: list[FormDetail]
    overlap: list[list[int]]
    edits: list[AssemblyEdit]
    edit_codes: dict[UUID, str]
    blueprint_version: int | None

    @property
    def assembly(self) -> Assembly:
        """The stored row."""
        return self.record.assembly

    @property
    def forms_with(self) -> dict[UUID, list[int]]:
        """Numbers of the forms that hold each item."""
        found: defaultdict[UUID, list[int]] = defaultdict(list)
        for form in self.forms:
            for item in form.facts:
                found[item.item_id].append(form.number)
        return dict(found)

    @property
    def editors(self) -> dict[UUID, str]:
        """Everybody who swapped an item, whether or not the swap still stands."""
        return {edit.edited_by: edit.edited_by_name for edit in self.edits}

    @property
    def editor_ids(self) -> set[UUID]:
        """Everybody who swapped an item or took a swap back."""
        return {edit.edited_by for edit in self.edits} | {
            edit.undone_by for edit in self.edits if edit.undone_by is not None
        }


async def read_detail(session: AsyncSession, assembly_id: UUID) -> AssemblyDetail:
    """Return an assembly with its forms and their figures.

    Raises
    ------
    AssemblyNotFoundError
    """
    record = await queries.find_assembly(session, assembly_id)
    if record is None:
        raise AssemblyNotFoundError
    assembly = record.assembly
    statement = BlueprintStatement.model_validate(assembly.blueprint)
    edits = await queries.edits_of(session, assembly_id)
    named = {item_id for edit in edits for item_id in (edit.old_item_id, edit.new_item_id)}
    forms = await _forms(session, assembly, statement, edits)
    members = [set(form.codes) for form in forms]
    return AssemblyDetail(
        record=record,
        statement=statement,
        options=AssemblyOptions.model_validate(assembly.options),
        recent=recent_forms(assembly),
        forms=forms,
        overlap=[[len(one & other) for other in members] for one in members],
        edits=edits,
        edit_codes=await queries.codes_of(session, named) if named else {},
        blueprint_version=await version_stating(session, assembly.blueprint_id, statement),
    )


def recent_forms(assembly: Assembly) -> list[RecentForm]:
    """Return the forms of the last sittings as they were when the assembly was started."""
    return [
        RecentForm(
            form["form_code"],
            form["title"],
            datetime.fromisoformat(form["last_used"]),
            frozenset(form["item_codes"]),
        )
        for form in assembly.recent_forms
    ]


def form_code(assembly_number: int, form_number: int) -> str:
    """Return the code printed on a form: 101, 102 for the first assembly, 201 and so on for the second."""
    return f"{assembly_number}{form_number:02d}"


async def _forms(
    session: AsyncSession, assembly: Assembly, statement: BlueprintStatement, edits: Sequence[AssemblyEdit]
) -> list[FormDetail]:
    places = await queries.items_of(session, assembly.id)
    if not places:
        return []
    keys = await keys_of(session, sorted({place.row.item_version_id for place in places}))
    enemies = await enemies_by_code(session)
    facts = [_fact(place, key_place(keys[place.row.item_version_id].key), enemies) for place in places]
    table = parameters_of(facts)
    figures, curves = item_figures(table, statement), item_curves(table)
    edited = {edit.form_number for edit in edits if edit.status == "applied"}
    forms = []
    for number, group in groupby(range(len(places)), key=lambda index: places[index].row.form_number):
        chosen = list(group)
        taken = np.array(chosen, dtype=np.intp)
        of_form = [facts[index] for index in chosen]
        own = figures.of(taken)
        forms.append(
            FormDetail(
                number=number,
                form_code=form_code(assembly.number, number),
                places=[places[index] for index in chosen],
                facts=of_form,
                figures=form_figures(of_form, own, statement),
                information=curves.information[:, taken].sum(axis=1),
                expected_score=curves.expected_score[:, taken].sum(axis=1),
                objective=own.objective.sum(axis=1),
                is_edited=number in edited,
            )
        )
    return forms


def _fact(place: PlacedItem, key: str, enemies: Mapping[str, frozenset[str]]) -> BankItem:
    row, item = place.row, place.item
    used = row.exposure.get("last_used")
    return BankItem(
        item_id=row.item_id,
        version_id=row.item_version_id,
        code=item.code,
        module_code=row.module_code,
        reference_code=item.reference_code,
        cognitive_level=row.cognitive_level,
        interaction=item.interaction,
        stem_text=item.stem_text,
        stem_digest=item.stem_digest,
        words=row.words,
        expected_seconds=item.expected_seconds,
        points=float(place.points),
        stimulus="" if item.stimulus_id is None else str(item.stimulus_id),
        a=row.a,
        b=row.b,
        c=row.c,
        is_simulated=False,
        key=key,
        exposure=Exposure(
            row.exposure.get("forms", 0),
            row.exposure.get("sittings", 0),
            row.exposure.get("candidates", 0),
            None if used is None else datetime.fromisoformat(used),
        ),
        enemies=enemies.get(item.code, frozenset()),
    )
