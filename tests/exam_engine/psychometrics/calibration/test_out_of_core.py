"""Responses that are read in pieces, put on disk or shared out: the estimates are those of one matrix in memory."""

from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from exam_engine.psychometrics import (
    NOT_PRESENTED,
    CalibrationError,
    CalibrationResult,
    CalibrationSettings,
    ItemParameters,
    ResponseDataError,
    ResponseMatrix,
    calibrate,
)
from exam_engine.psychometrics.arrays import FloatArray, ScoreArray
from exam_engine.psychometrics.calibration import MatrixRows, RowChunk, fit, parquet, preparation
from exam_engine.psychometrics.calibration.parquet import ParquetResponses
from tests.exam_engine.psychometrics.calibration.models import simulate

N = 1500
ITEMS = ItemParameters.concatenate(
    [
        ItemParameters.dichotomous(["q1", "q2", "q3", "q4"], [0.8, 1.2, 1.0, 1.5], [-1.0, 0.3, 0.0, 0.8]),
        ItemParameters.polytomous(["g1", "g2"], "GRM", [1.1, 0.9], [[-1.0, 0.4], [-0.3, 1.0]]),
    ]
)
SETTINGS = CalibrationSettings(item_models={"g1": "GRM", "g2": "GRM"})


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several chunks of a Parquet file, and of a matrix."""
    monkeypatch.setattr(parquet, "_BATCH_ROWS", 400)
    monkeypatch.setattr(preparation, "_CHUNK_ROWS", 400)


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    folder = tmp_path / "spool"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def scores() -> ScoreArray:
    """Two booklets, and some candidates who saw any items."""
    rng = np.random.default_rng(51)
    table = simulate(rng, rng.normal(size=N), ITEMS)
    table[: N // 2, 0] = NOT_PRESENTED
    table[N // 2 :, 3] = NOT_PRESENTED
    table[:60][rng.random((60, 6)) < 0.5] = NOT_PRESENTED
    table[0] = NOT_PRESENTED
    return table


@pytest.fixture(scope="module")
def weights() -> FloatArray:
    return np.random.default_rng(52).uniform(0.5, 2.0, N)


@pytest.fixture(scope="module")
def sexes() -> list[str]:
    return ["nữ" if row % 3 else "nam" for row in range(N)]


@pytest.fixture(scope="module")
def in_memory(scores: ScoreArray) -> CalibrationResult:
    return calibrate(ResponseMatrix.from_array(scores, ITEMS.names), SETTINGS)


@pytest.fixture(scope="module")
def grouped(scores: ScoreArray, weights: FloatArray, sexes: list[str]) -> CalibrationResult:
    return calibrate(ResponseMatrix.from_array(scores, ITEMS.names, weights=weights), SETTINGS, groups=sexes)


def as_table(scores: ScoreArray, types: dict[str, pa.DataType] | None = None, **columns: Any) -> pa.Table:
    items = {
        name: pa.array(np.maximum(scores[:, column], 0), mask=scores[:, column] == NOT_PRESENTED).cast(
            (types or {}).get(name, pa.int8())
        )
        for column, name in enumerate(ITEMS.names)
    }
    return pa.table(items | columns)


def assert_same(one: CalibrationResult, other: CalibrationResult) -> None:
    assert one.converged
    assert other.converged
    assert one.item_names == other.item_names
    assert one.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-11)
    for name in ("a", "d", "c", "u"):
        np.testing.assert_allclose(getattr(one.items, name), getattr(other.items, name), atol=1e-8)
    assert one.covariance is not None
    assert other.covariance is not None
    np.testing.assert_allclose(one.covariance, other.covariance, atol=1e-8)
    np.testing.assert_allclose(one.category_counts, other.category_counts, rtol=1e-12)
    assert [group.name for group in one.groups] == [group.name for group in other.groups]
    for mine, theirs in zip(one.groups, other.groups, strict=True):
        assert (mine.mean, mine.sd) == pytest.approx((theirs.mean, theirs.sd), abs=1e-8)
        assert mine.n_candidates == pytest.approx(theirs.n_candidates, rel=1e-12)
    assert [(warning.code, dict(warning.data)) for warning in one.warnings] == [
        (warning.code, dict(warning.data)) for warning in other.warnings
    ]


def test_a_parquet_file_gives_the_estimates_of_the_matrix(
    scores: ScoreArray, in_memory: CalibrationResult, tmp_path: Path, spool: Path
) -> None:
    pq.write_table(as_table(scores), tmp_path / "exam.parquet")
    rows = ParquetResponses.open(tmp_path / "exam.parquet")

    assert sum(1 for _ in rows.chunks()) == 4
    assert_same(calibrate(rows, SETTINGS, spool_directory=spool), in_memory)
    assert list(spool.iterdir()) == []


def test_a_folder_of_files_with_groups_and_weights_gives_the_estimates_of_the_matrix(
    scores: ScoreArray, weights: FloatArray, sexes: list[str], grouped: CalibrationResult, tmp_path: Path
) -> None:
    table = as_table(
        scores, candidate=[f"thí sinh {row}" for row in range(N)], weight=weights, sex=pa.array(sexes, pa.string())
    )
    folder = tmp_path / "exam"
    folder.mkdir()
    for part, start in enumerate(range(0, N, 600)):
        pq.write_table(table.slice(start, 600), folder / f"part-{part}.parquet")
    (folder / "README.txt").write_text("not a part")

    rows = ParquetResponses.open(folder, group_column="sex", weight_column="weight", other_columns=["candidate"])

    assert rows.group_names == ("nam", "nữ")
    assert rows.item_names == ITEMS.names
    assert_same(calibrate(rows, SETTINGS), grouped)


def test_integers_of_any_width_and_booleans_are_scores(
    scores: ScoreArray, in_memory: CalibrationResult, tmp_path: Path
) -> None:
    kinds = {
        "q1": pa.bool_(),
        "q2": pa.bool_(),
        "q3": pa.int64(),
        "q4": pa.uint8(),
        "g1": pa.int32(),
        "g2": pa.uint16(),
    }
    pq.write_table(as_table(scores, kinds), tmp_path / "exam.parquet")

    assert_same(calibrate(ParquetResponses.open(tmp_path / "exam.parquet"), SETTINGS), in_memory)


def test_minus_one_means_not_presented_as_null_does(
    scores: ScoreArray, in_memory: CalibrationResult, tmp_path: Path
) -> None:
    pq.write_table(pa.table(dict(zip(ITEMS.names, scores.T, strict=True))), tmp_path / "exam.parquet")

    assert_same(calibrate(ParquetResponses.open(tmp_path / "exam.parquet"), SETTINGS), in_memory)


def test_items_can_be_chosen_by_name(scores: ScoreArray, tmp_path: Path) -> None:
    pq.write_table(as_table(scores, note=["x"] * N), tmp_path / "exam.parquet")
    names = ["q4", "q2", "q3", "q1"]

    fit = calibrate(ParquetResponses.open(tmp_path / "exam.parquet", item_names=names))

    assert fit.item_names == tuple(names)
    columns = [ITEMS.names.index(name) for name in names]
    alone = calibrate(ResponseMatrix.from_array(scores[:, columns], names))
    np.testing.assert_allclose(fit.items.a, alone.items.a, atol=1e-8)


@pytest.mark.parametrize(
    ("column", "values", "complaint"),
    [
        ("q2", pa.array([0.0] * N), "exam.parquet: column 'q2' holds double, but scores are whole numbers"),
        ("q2", pa.array(["1"] * N), "column 'q2' holds string"),
        ("q2", pa.array([0] * 700 + [127] + [0] * (N - 701)), "exam.parquet, row 701, column 'q2': 127 is not a score"),
        ("q2", pa.array([0] * 2 + [-2] + [0] * (N - 3)), "exam.parquet, row 3, column 'q2': -2 is not a score"),
        ("w", pa.array([1.0] * 999 + [0.0] * (N - 999)), "exam.parquet, row 1000: weight 0.0 is not a positive number"),
        ("w", pa.array([1.0] * 5 + [None] * (N - 5)), "exam.parquet, row 6: weight nan"),
        ("w", pa.array([float("inf")] * N), "exam.parquet, row 1: weight inf"),
        ("w", pa.array(["heavy"] * N), "column 'w' holds string, but weights are numbers"),
        ("g", pa.array(["a"] * 800 + [None] * (N - 800)), "exam.parquet: a candidate has no group"),
    ],
)
def test_a_value_that_is_none_is_named_with_file_row_and_column(
    scores: ScoreArray, tmp_path: Path, spool: Path, column: str, values: pa.Array, complaint: str
) -> None:
    table = as_table(scores, w=np.ones(N), g=["a", "b"] * (N // 2))
    place = table.column_names.index(column)
    pq.write_table(table.set_column(place, column, values), tmp_path / "exam.parquet")

    with pytest.raises(ResponseDataError, match=complaint):
        calibrate(
            ParquetResponses.open(tmp_path / "exam.parquet", group_column="g", weight_column="w"),
            SETTINGS,
            spool_directory=spool,
        )
    assert list(spool.iterdir()) == []


def test_a_column_or_file_that_is_not_there_is_named(scores: ScoreArray, tmp_path: Path) -> None:
    path = tmp_path / "exam.parquet"
    pq.write_table(as_table(scores), path)

    with pytest.raises(ResponseDataError, match=r"exam\.parquet has no column 'q9'"):
        ParquetResponses.open(path, item_names=["q1", "q9"])
    with pytest.raises(ResponseDataError, match="no column 'weight'"):
        ParquetResponses.open(path, weight_column="weight")
    with pytest.raises(ResponseDataError, match="item 'q1' occurs more than once"):
        calibrate(ParquetResponses.open(path, item_names=["q1", "q2", "q1"]))
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(ResponseDataError, match=r"empty holds no \.parquet file"):
        ParquetResponses.open(empty)
    with pytest.raises(FileNotFoundError):
        ParquetResponses.open(tmp_path / "nowhere.parquet")


def test_files_of_a_folder_must_have_the_same_columns(scores: ScoreArray, tmp_path: Path) -> None:
    table = as_table(scores)
    pq.write_table(table, tmp_path / "a.parquet")
    pq.write_table(table.drop_columns(["q3"]), tmp_path / "b.parquet")
    with pytest.raises(ResponseDataError, match=r"b\.parquet has no column 'q3'"):
        ParquetResponses.open(tmp_path)

    pq.write_table(as_table(scores, {"q3": pa.float64()}), tmp_path / "b.parquet")
    with pytest.raises(ResponseDataError, match=r"b\.parquet: column 'q3' holds double"):
        ParquetResponses.open(tmp_path)


def test_a_file_without_rows_has_no_responses(scores: ScoreArray, tmp_path: Path, spool: Path) -> None:
    pq.write_table(as_table(scores, sex=["f"] * N).slice(0, 0), tmp_path / "exam.parquet")

    for column in (None, "sex"):
        rows = ParquetResponses.open(
            tmp_path / "exam.parquet", group_column=column, other_columns=[] if column else ["sex"]
        )
        with pytest.raises(CalibrationError) as caught:
            calibrate(rows, spool_directory=spool)
        assert caught.value.code == "no_responses"
    assert list(spool.iterdir()) == []


def test_groups_beside_rows_that_carry_their_own_are_refused(scores: ScoreArray, tmp_path: Path) -> None:
    pq.write_table(as_table(scores), tmp_path / "exam.parquet")

    with pytest.raises(CalibrationError, match="carry their groups themselves") as caught:
        calibrate(ParquetResponses.open(tmp_path / "exam.parquet"), groups=["a"] * N)
    assert caught.value.code == "groups_do_not_fit"


def test_a_large_matrix_goes_to_disk_and_gives_the_same(
    scores: ScoreArray,
    weights: FloatArray,
    sexes: list[str],
    grouped: CalibrationResult,
    spool: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fit, "_IN_MEMORY_BYTES", scores.nbytes - 1)
    sizes: list[int] = []

    found = calibrate(
        ResponseMatrix.from_array(scores, ITEMS.names, weights=weights),
        SETTINGS,
        groups=sexes,
        spool_directory=spool,
        progress=lambda *_: sizes.extend(path.stat().st_size for path in spool.rglob("blocks")),
    )

    assert_same(found, grouped)
    # A byte per response that was presented, and another where candidates with different items share a block.
    assert (scores != NOT_PRESENTED).sum() <= min(sizes) <= 2 * scores.size
    assert list(spool.iterdir()) == []


def test_a_matrix_at_the_limit_stays_in_memory(
    scores: ScoreArray, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit, "_IN_MEMORY_BYTES", scores.nbytes)

    calibrate(
        ResponseMatrix.from_array(scores, ITEMS.names),
        SETTINGS,
        spool_directory=spool,
        progress=lambda *_: pytest.fail("a file") if list(spool.iterdir()) else None,
    )


def test_a_memory_mapped_file_is_read_where_it_lies(
    scores: ScoreArray, in_memory: CalibrationResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.save(tmp_path / "scores.npy", scores)
    mapped = np.load(tmp_path / "scores.npy", mmap_mode="r")
    monkeypatch.setattr(fit, "_IN_MEMORY_BYTES", 0)

    responses = ResponseMatrix(scores=mapped, item_names=ITEMS.names, weights=np.ones(N))

    assert np.shares_memory(responses.scores, mapped)
    assert_same(calibrate(responses, SETTINGS), in_memory)


def test_rows_of_your_own_may_come_from_anywhere(scores: ScoreArray, in_memory: CalibrationResult) -> None:
    class FromAnywhere:
        item_names = ITEMS.names
        group_names = ("",)

        def chunks(self) -> Iterator[RowChunk]:
            for start in range(0, N, 333):
                part = scores[start : start + 333]
                yield RowChunk(part, np.ones(len(part)), np.zeros(len(part), dtype=np.intp))

    assert_same(calibrate(FromAnywhere(), SETTINGS), in_memory)
    rows = MatrixRows(ResponseMatrix.from_array(scores, ITEMS.names), ("",), np.zeros(N, dtype=np.intp), 100)
    assert_same(calibrate(rows, SETTINGS), in_memory)


def test_a_pool_of_two_processes_gives_the_same(
    scores: ScoreArray, weights: FloatArray, sexes: list[str], grouped: CalibrationResult, spool: Path
) -> None:
    responses = ResponseMatrix.from_array(scores, ITEMS.names, weights=weights)

    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        shared = calibrate(responses, SETTINGS, groups=sexes, executor=executor, n_parts=3, spool_directory=spool)
        more_parts_than_blocks = calibrate(responses, SETTINGS, groups=sexes, executor=executor, n_parts=1000)

    assert_same(shared, grouped)
    assert_same(more_parts_than_blocks, grouped)
    assert list(spool.iterdir()) == []


@pytest.mark.extended
def test_two_dask_workers_on_loopback_give_the_same(
    scores: ScoreArray, in_memory: CalibrationResult, tmp_path: Path, spool: Path
) -> None:
    from distributed import Client, LocalCluster

    pq.write_table(as_table(scores), tmp_path / "exam.parquet")
    with (
        LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, memory_limit=0
        ) as cluster,
        Client(cluster) as client,  # type: ignore[no-untyped-call]
        client.get_executor() as executor,
    ):
        shared = calibrate(
            ParquetResponses.open(tmp_path / "exam.parquet"), SETTINGS, executor=executor, spool_directory=spool
        )

    assert_same(shared, in_memory)
    assert list(spool.iterdir()) == []


class _Cancelled(Exception):  # noqa: N818
    pass


@pytest.mark.parametrize("after", [1, 3])
def test_stopping_a_run_leaves_nothing_behind(
    scores: ScoreArray, spool: Path, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit, "_IN_MEMORY_BYTES", 0)
    seen: list[int] = []

    def stop(iteration: int, log_likelihood: float, change: float) -> None:
        assert list(spool.rglob("blocks"))
        seen.append(iteration)
        if len(seen) == after:
            raise _Cancelled

    with pytest.raises(_Cancelled):
        calibrate(ResponseMatrix.from_array(scores, ITEMS.names), SETTINGS, progress=stop, spool_directory=spool)
    assert len(seen) == after
    assert list(spool.iterdir()) == []


class _FailingExecutor(Executor):
    """Its first worker is gone."""

    def map(self, *_arguments: object, **_options: object) -> Iterator[Any]:
        raise ConnectionError("worker lost")


def test_a_lost_worker_ends_the_run_and_leaves_nothing_behind(scores: ScoreArray, spool: Path) -> None:
    with pytest.raises(ConnectionError, match="worker lost"):
        calibrate(
            ResponseMatrix.from_array(scores, ITEMS.names),
            SETTINGS,
            executor=_FailingExecutor(),
            spool_directory=spool,
        )
    assert list(spool.iterdir()) == []


def test_data_that_cannot_be_calibrated_leave_nothing_behind(spool: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit, "_IN_MEMORY_BYTES", 0)
    perfect = ResponseMatrix.from_array(np.ones((50, 4), dtype=np.int8))

    with pytest.raises(CalibrationError) as caught:
        calibrate(perfect, spool_directory=spool)
    assert caught.value.code == "no_responses"
    with pytest.raises(CalibrationError) as caught, ProcessPoolExecutor(1) as executor:
        calibrate(perfect, spool_directory=spool, executor=executor)
    assert caught.value.code == "no_responses"
    assert list(spool.iterdir()) == []
