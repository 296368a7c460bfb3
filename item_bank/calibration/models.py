"""Tables of calibrations."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table, id_field, instant_field


class CalibrationRun(Table, table=True):
    """One estimation: data, settings, how well it went, who approved it.

    ``status`` is running, estimated, approved, failed or cancelled; ``options`` is what was chosen at the start.
    ``source`` is choices, scores or sittings; ``data_hash`` covers the responses as they are calibrated, ``file_hash``
    the file that they came in, or the same where there was none.
    """

    id: UUID = id_field()
    name: str = Field(max_length=200)
    status: str = Field(default="running", max_length=16, index=True)
    is_simulated: bool
    source: str = Field(default="choices", max_length=16)
    file_name: str = Field(max_length=200)
    file_hash: str = Field(max_length=64)
    data_hash: str | None = Field(default=None, max_length=64)
    n_candidates: int
    n_items: int
    n_responses: int
    n_blank: int
    options: dict[str, Any] = Field(sa_type=sa.JSON)
    log_likelihood: float | None = None
    iterations: int | None = None
    converged: bool | None = None
    max_gradient: float | None = None
    marginal_reliability: float | None = None
    figures: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    warnings: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    job_id: UUID = Field(foreign_key="job.id")
    created_by: UUID
    created_by_name: str = Field(max_length=120)
    created_at: datetime = instant_field(index=True)
    approved_by: UUID | None = None
    approved_by_name: str | None = Field(default=None, max_length=120)
    approved_at: datetime | None = instant_field(nullable=True)


class CalibrationChoices(Table, table=True):
    """The responses behind a run, so that it can be repeated; candidates have no names here.

    ``packed`` is a ``ResponseMatrix``, or of runs of earlier versions the compressed places of the chosen options.
    """

    calibration_id: UUID = Field(primary_key=True, foreign_key="calibration_run.id", ondelete="CASCADE")
    packed: bytes = Field(sa_type=sa.LargeBinary)


class CalibrationItem(Table, table=True):
    """One item of a run; estimates are null while the run goes on and for excluded items.

    ``c`` is null where the model has no lower asymptote. ``steps`` are the thresholds of an item with several score
    categories and null for one that is right or wrong; ``b`` is then their mean. An anchor was held at the parameters
    given here, which were in force; ``drift`` says how far the sample disagrees with them. ``fit`` holds RMSD and the
    S-X² test. ``is_accepted`` is null until the run is approved, and for anchors.
    """

    calibration_id: UUID = Field(primary_key=True, foreign_key="calibration_run.id", ondelete="CASCADE")
    position: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    item_id: UUID = Field(foreign_key="item.id", index=True)
    item_version_id: UUID = Field(foreign_key="item_version.id")
    highest_score: int = 1
    excluded_reason: str | None = Field(default=None, max_length=32)
    model: str | None = Field(default=None, max_length=8)
    a: float | None = None
    se_a: float | None = None
    b: float | None = None
    se_b: float | None = None
    c: float | None = None
    se_c: float | None = None
    steps: list[float] | None = Field(default=None, sa_type=sa.JSON)
    se_steps: list[float | None] | None = Field(default=None, sa_type=sa.JSON)
    is_anchor: bool = False
    p: float | None = None
    item_rest: float | None = None
    n: int | None = None
    flags: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    empirical: list[dict[str, float]] = Field(default_factory=list, sa_type=sa.JSON)
    fit: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)
    drift: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)
    is_accepted: bool | None = None
