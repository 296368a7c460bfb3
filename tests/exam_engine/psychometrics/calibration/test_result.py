"""Results as files: what is stored is what was found, and what is read is what was stored."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exam_engine.psychometrics import (
    NOT_PRESENTED,
    CalibrationError,
    CalibrationResult,
    CalibrationSettings,
    ItemParameters,
    Prior,
    Priors,
    ResponseMatrix,
    calibrate,
)
from tests.exam_engine.psychometrics import published
from tests.exam_engine.psychometrics.calibration.models import MIXED, simulate

VERSION_1 = Path(__file__).parents[1] / "data" / "calibration_version_1.json"
PRIORS = Priors(
    slope=Prior("lognormal", 0.0, 0.5),
    intercept=Prior("normal", 0.0, 2.0),
    lower=Prior("beta", 5.0, 17.0),
    upper=Prior("logitnormal", 2.0, 0.7),
)
KEPT = [index for index, name in enumerate(MIXED.names) if name != "a3"]


def lsat6(**settings: Any) -> CalibrationResult:
    return calibrate(published.pattern_responses(published.LSAT6_PATTERNS), CalibrationSettings(**settings))


@cache
def every_model() -> CalibrationResult:
    """Items of all families with a fixed one, in two groups, with an item and a category that nobody used."""
    rng = np.random.default_rng(5)
    items = MIXED.take(np.array(KEPT))
    scores = simulate(rng, rng.normal(size=400), items)
    scores[rng.random(scores.shape) < 0.2] = NOT_PRESENTED
    gap = items.names.index("e1")
    scores[:, gap] = np.where(scores[:, gap] == 2, 3, scores[:, gap])
    table = np.hstack([scores, np.ones((400, 1), dtype=np.int8)])
    models = dict(zip(items.names, items.models, strict=True)) | {"d2": "GRM", "a2": "NRM"}
    settings = CalibrationSettings(item_models=models, priors=PRIORS, reference_group="tối", max_iterations=40)
    names = (*items.names, "ai cũng đúng")
    return calibrate(
        ResponseMatrix.from_array(table, names),
        settings,
        groups=np.repeat(["sáng", "tối"], 200),
        fixed=items.select(["b1", "f2"]),
    )


@cache
def tied() -> CalibrationResult:
    rng = np.random.default_rng(6)
    items = ItemParameters.polytomous([f"q{item}" for item in range(4)], "PCM", np.ones(4), rng.normal(size=(4, 3)))
    scores = simulate(rng, rng.normal(size=150), items)
    return calibrate(ResponseMatrix.from_array(scores), CalibrationSettings(model="RSM"))


RESULTS: dict[str, Callable[[], CalibrationResult]] = {
    "every model": every_model,
    "rating scale": tied,
    "Rasch": lambda: lsat6(model="Rasch"),
    "histogram": lambda: lsat6(density="histogram", max_iterations=40),
    "Davidian curve": lambda: lsat6(density="davidian", max_iterations=20),
    "sandwich": lambda: lsat6(standard_errors="sandwich"),
    "without standard errors": lambda: lsat6(standard_errors="none"),
}


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_is_read_as_it_was_stored(name: str, tmp_path: Path) -> None:
    fit = RESULTS[name]()

    fit.save(tmp_path / "fit.json")
    read = CalibrationResult.load(tmp_path / "fit.json")

    assert read.to_dict() == fit.to_dict()
    for field in ("n_categories", "a", "d", "c", "u", "s"):
        np.testing.assert_array_equal(getattr(read.items, field), getattr(fit.items, field))
    if fit.standard_errors is None:
        assert read.standard_errors is None
    else:
        for field in ("a", "d", "b", "c", "u", "s"):
            found = getattr(read.standard_errors, field)
            np.testing.assert_array_equal(found, getattr(fit.standard_errors, field))
    np.testing.assert_array_equal(read.covariance, fit.covariance)
    np.testing.assert_array_equal(read.category_counts, fit.category_counts)
    np.testing.assert_array_equal(read.n_responses, fit.n_responses)
    np.testing.assert_array_equal(read.mean_score, fit.mean_score)
    for one, other in zip(read.groups, fit.groups, strict=True):
        assert (one.name, one.n_candidates, one.mean, one.sd) == (other.name, other.n_candidates, other.mean, other.sd)
        assert (one.se_mean, one.se_sd) == (other.se_mean, other.se_sd)
        np.testing.assert_array_equal(one.quadrature.nodes, other.quadrature.nodes)
        np.testing.assert_array_equal(one.quadrature.weights, other.quadrature.weights)
    for field in (
        "fixed_items",
        "parameter_labels",
        "category_scores",
        "flags",
        "excluded",
        "warnings",
        "log_likelihood",
        "log_prior",
        "n_parameters",
        "n_candidates",
        "certificate",
        "settings",
        "item_names",
        "converged",
        "aic",
        "bic",
    ):
        assert getattr(read, field) == getattr(fit, field), field


def test_the_file_holds_what_a_board_files() -> None:
    fit = every_model()
    stored = json.loads(json.dumps(fit.to_dict(), allow_nan=False))

    assert (stored["format"], stored["version"]) == ("exam-engine/calibration", 2)
    assert stored["log_likelihood"] == fit.log_likelihood
    assert stored["seconds"] == stored["certificate"]["seconds"]
    assert stored["seconds"] > 0.0
    by_name = {item["name"]: item for item in stored["items"]}
    three = by_name["b2"]
    index = fit.items.names.index("b2")
    assert (three["a"], three["c"]) == (fit.items.a[index], fit.items.c[index])
    assert three["b"] == pytest.approx(-three["d"] / three["a"])
    assert min(three["se_a"], three["se_b"], three["se_c"], three["se_d"]) > 0.0
    assert "u" not in three
    assert by_name["c1"]["se_u"] > 0.0
    assert len(by_name["d1"]["b"]) == len(by_name["d1"]["se_b"]) == 3
    assert "b" not in by_name["f1"]
    assert len(by_name["f1"]["s"]) == len(by_name["f1"]["se_s"]) == 3
    fixed = by_name["b1"]
    assert fixed["fixed"] is True
    assert (fixed["se_a"], fixed["se_b"], fixed["se_c"]) == (None, None, None)
    assert by_name["e1"]["category_scores"] == [0, 1, 3]
    assert "category_unused" in by_name["e1"]["flags"]
    assert stored["excluded"] == [{"name": "ai cũng đúng", "reason": "one_category"}]
    assert [group["name"] for group in stored["groups"]] == ["tối", "sáng"]
    for group, found in zip(stored["groups"], fit.groups, strict=True):
        assert group["variance"] == pytest.approx(found.sd**2)
        assert (group["mean"], group["se_mean"], group["se_sd"]) == (found.mean, found.se_mean, found.se_sd)
        assert len(group["weights"]) == len(stored["nodes"])
    for evidence in ("converged", "max_gradient", "iterations", "e_steps", "trace", "condition_number"):
        assert evidence in stored["certificate"]
    assert len(stored["parameters"]) == len(stored["covariance"])
    assert [len(row) for row in stored["covariance"]] == list(range(1, len(stored["parameters"]) + 1))


def test_values_stand_beside_their_labels() -> None:
    fit = every_model()
    values = dict(zip([(label.owner, label.kind) for label in fit.parameter_labels], fit.estimates(), strict=True))

    assert values["a1", "a"] == fit.items.a[0]
    assert values["f1", "s3"] == fit.items.s[fit.items.names.index("f1"), 2]
    assert values["sáng", "mean"] == fit.groups[1].mean
    assert values["tối", "sd"] == fit.groups[0].sd
    assert ("b1", "a") not in values
    assert fit.covariance is not None
    assert fit.standard_errors is not None
    row = fit.positions("c1", ["u"])[0]
    assert np.sqrt(fit.covariance[row, row]) == pytest.approx(fit.standard_errors.u[fit.items.names.index("c1")])
    mean = fit.positions("sáng", ["mean"])[0]
    assert np.sqrt(fit.covariance[mean, mean]) == pytest.approx(fit.groups[1].se_mean)
    with pytest.raises(KeyError, match="b1"):
        fit.positions("b1", ["a"])


def test_tied_parameters_appear_once_for_each_item_they_move() -> None:
    fit = tied()
    assert fit.covariance is not None
    slopes = [fit.positions(name, ["a"])[0] for name in fit.items.names]

    np.testing.assert_allclose(fit.covariance[np.ix_(slopes, slopes)], fit.covariance[slopes[0], slopes[0]])
    assert np.linalg.matrix_rank(fit.covariance) == fit.n_parameters < len(fit.parameter_labels)


def test_without_standard_errors_there_is_nothing_to_carry_over() -> None:
    fit = lsat6(standard_errors="none")

    assert fit.converged
    assert fit.standard_errors is None
    assert fit.covariance is None
    assert fit.certificate.newton_decrement is None
    assert fit.certificate.is_identified is None
    assert not any(key.startswith("se_") for item in fit.to_dict()["items"] for key in item)
    with pytest.raises(CalibrationError, match="no standard errors") as caught:
        fit.delta_method(lambda estimates: estimates)
    assert caught.value.code == "no_covariance"


def test_a_file_is_replaced_whole_or_stays_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "kỳ thi.json"
    lsat6(standard_errors="none").save(path)
    before = path.read_text(encoding="utf-8")

    def full_disk(self: Path, text: str, encoding: str) -> int:
        with self.open("w", encoding=encoding) as file:
            file.write(text[: len(text) // 2])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", full_disk)
        with pytest.raises(OSError, match="No space"):
            lsat6(model="1PL").save(path)

    assert path.read_text(encoding="utf-8") == before
    lsat6(model="1PL").save(path)
    assert CalibrationResult.load(path).settings.model == "1PL"
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_result_of_version_1_reads_to_the_same_estimates() -> None:
    stored = json.loads(VERSION_1.read_text(encoding="utf-8"))

    read = CalibrationResult.load(VERSION_1)

    assert read.items.names == tuple(item["name"] for item in stored["items"])
    assert read.items.models == ("2PL",) * 5
    errors = read.standard_errors
    assert errors is not None
    for name in ("a", "b", "d"):
        values, error = getattr(read.items, name), getattr(errors, name)
        np.testing.assert_allclose(values.reshape(5), [item[name] for item in stored["items"]], rtol=1e-14)
        np.testing.assert_array_equal(error.reshape(5), [item[f"se_{name}"] for item in stored["items"]])
    assert read.log_likelihood == stored["log_likelihood"]
    assert read.certificate.trace == tuple(stored["log_likelihood_trace"])
    assert read.converged is stored["converged"]
    assert (read.n_parameters, read.n_candidates) == (10, 1000.0)
    np.testing.assert_array_equal(read.mean_score, [item["proportion_correct"] for item in stored["items"]])
    np.testing.assert_allclose(read.category_counts.sum(axis=1), 1000.0)
    np.testing.assert_array_equal(read.quadrature.nodes, np.linspace(-6.0, 6.0, 61))


def test_the_covariance_of_version_1_is_put_into_the_order_of_its_labels() -> None:
    # Version 1 listed all slopes before all intercepts; the estimates themselves tell which is which.
    read, fit = CalibrationResult.load(VERSION_1), lsat6()
    assert read.covariance is not None
    assert fit.covariance is not None

    assert read.parameter_labels == fit.parameter_labels
    np.testing.assert_allclose(read.estimates(), fit.estimates(), atol=1e-4)
    np.testing.assert_allclose(read.covariance, fit.covariance, rtol=1e-3, atol=1e-6)
    assert CalibrationResult.from_dict(read.to_dict()).to_dict() == read.to_dict()


def test_a_result_of_version_1_without_standard_errors_reads_too() -> None:
    stored = json.loads(VERSION_1.read_text(encoding="utf-8"))
    for item in stored["items"]:
        item |= {"se_a": None, "se_b": None, "se_d": None}
    stored |= {"covariance": None, "condition_number": None, "newton_decrement": None}
    stored["settings"]["standard_errors"] = False

    read = CalibrationResult.from_dict(stored)

    assert read.standard_errors is None
    assert read.covariance is None
    assert read.parameter_labels == ()
    assert read.settings.standard_errors == "none"
    assert read.certificate.is_identified is None


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"format": "other"}, "got 'other' version 2"),
        ({"version": 3}, "version 3"),
        ({"version": "2"}, "version '2'"),
        ({"version": None}, "version None"),
    ],
)
def test_another_format_or_version_is_refused_by_name(change: dict[str, Any], named: str) -> None:
    stored = lsat6(standard_errors="none").to_dict()

    with pytest.raises(CalibrationError, match=named) as caught:
        CalibrationResult.from_dict(stored | change)
    assert caught.value.code == "unknown_format"


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", b"[]", b"3", b'{"model": "2PL"}'])
def test_a_file_that_is_no_calibration_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_bytes(content)

    with pytest.raises(CalibrationError) as caught:
        CalibrationResult.load(path)
    assert caught.value.code == "unknown_format"


@pytest.mark.parametrize("missing", ["items", "nodes", "covariance", "certificate", "settings"])
def test_a_calibration_with_a_part_missing_is_refused_with_its_name(missing: str) -> None:
    stored = lsat6(standard_errors="none").to_dict()
    del stored[missing]

    with pytest.raises(CalibrationError, match=missing) as caught:
        CalibrationResult.from_dict(stored)
    assert caught.value.code == "unknown_format"
