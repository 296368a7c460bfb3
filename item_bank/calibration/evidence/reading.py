"""The answers behind a stored run, beside the estimates of it."""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.psychometrics import Quadrature, ResponseMatrix, normal_quadrature
from item_bank.calibration.evidence.errors import CalibrationWithoutEstimatesError
from item_bank.calibration.evidence.observed import Observed, OptionAnswers
from item_bank.calibration.models import CalibrationItem, CalibrationRun
from item_bank.calibration.options import CalibrationOptions
from item_bank.calibration.responses import key_places, responses_of
from item_bank.calibration.service import CalibrationDetail
from item_bank.items import service as items_service
from item_bank.items.models import Item
from item_bank.items.response_functions import StoredParameters, response_table

_WITH_ESTIMATES: Final = frozenset({"estimated", "approved"})


def estimated_items(detail: CalibrationDetail) -> list[tuple[CalibrationItem, Item]]:
    """The items of a run that have estimates, in its order.

    Raises
    ------
    CalibrationWithoutEstimatesError
        The run has no estimates: it goes on, failed or was cancelled.
    """
    if detail.record.status not in _WITH_ESTIMATES:
        raise CalibrationWithoutEstimatesError
    return [(row, item) for row, item in detail.items if row.a is not None and row.b is not None]


async def observed_of(session: AsyncSession, detail: CalibrationDetail) -> Observed:
    """Read the answers to the estimated items of a run.

    Raises
    ------
    CalibrationWithoutEstimatesError
    """
    run, estimated = detail.record.run, estimated_items(detail)
    codes = [item.code for _, item in estimated]
    items = response_table(codes, [_stored(row) for row, _ in estimated])
    matrix = await responses_of(session, run)
    columns = [row.position for row, _ in estimated]
    not_reached = CalibrationOptions.model_validate(run.options).not_reached
    scores = matrix.estimation_scores(not_reached)[:, columns]
    observed = Observed(
        responses=ResponseMatrix.from_array(scores, codes),
        items=items,
        population=population_of(run),
        anchors=frozenset(item.code for row, item in estimated if row.is_anchor),
        groups=matrix.groups,
        n_candidates=run.n_candidates,
    )
    if matrix.chosen is None:
        return observed
    options = await _options(session, [row for row, _ in estimated], codes, matrix.chosen[:, columns])
    return replace(observed, options=options)


def population_of(run: CalibrationRun) -> Quadrature:
    """The estimated distribution of ability; standard normal for runs of earlier versions, which did not keep it."""
    figures = run.figures
    if "nodes" not in figures:
        return normal_quadrature()
    return Quadrature(np.array(figures["nodes"]), np.array(figures["groups"][0]["weights"]))


def _stored(row: CalibrationItem) -> StoredParameters:
    if row.a is None or row.b is None:
        raise AssertionError("only items with estimates have curves")
    return StoredParameters(row.a, row.b, row.c, row.model, tuple(row.steps) if row.steps else None)


async def _options(
    session: AsyncSession, rows: list[CalibrationItem], codes: list[str], chosen: NDArray[np.int8]
) -> dict[str, OptionAnswers]:
    places = await key_places(session, rows)
    versions = await items_service.versions_by_id(session, [row.item_version_id for row in rows])
    options = {}
    for column, (row, code, place) in enumerate(zip(rows, codes, places, strict=True)):
        if place >= 0:
            labels = tuple(option["id"] for option in versions[row.item_version_id].content["options"])
            options[code] = OptionAnswers(labels, labels[place], chosen[:, column])
    return options
