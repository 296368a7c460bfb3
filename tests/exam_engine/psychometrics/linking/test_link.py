from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_engine.psychometrics.calibration import CalibrationSettings, calibrate
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.linking import (
    CriterionScale,
    LinkingError,
    LinkingMethod,
    ParameterCovariance,
    link_scales,
    uniform_quadrature,
)
from exam_engine.psychometrics.linking.parameter_errors import shifted
from exam_engine.psychometrics.quadrature import Quadrature, normal_quadrature
from exam_engine.psychometrics.response_functions import category_probabilities
from exam_engine.psychometrics.responses import ResponseMatrix
from tests.exam_engine.psychometrics.linking.kolen_brennan import COMMON, form_x, form_y

METHODS: tuple[LinkingMethod, ...] = ("mean-mean", "mean-sigma", "haebara", "stocking-lord")
# One of moments and one of curves for every run, where each takes seconds.
SAMPLED = [
    one if one in {"mean-sigma", "haebara"} else pytest.param(one, marks=pytest.mark.extended) for one in METHODS
]
WITHOUT_27 = tuple(name for name in COMMON if name != "common_27")

# R package plink 1.5-1 (Weeks 2010, JSS 35(12)) with 40
# equally weighted points on [-4, 4].
PLINK: tuple[tuple[tuple[str, ...], CriterionScale, LinkingMethod, float, float], ...] = (
    (COMMON, "old", "mean-mean", 1.217266, -0.557155),
    (COMMON, "old", "mean-sigma", 1.168892, -0.515543),
    (COMMON, "old", "haebara", 1.092919, -0.457488),
    (COMMON, "old", "stocking-lord", 1.101547, -0.476496),
    (COMMON, "symmetric", "haebara", 1.09103, -0.453361),
    (COMMON, "symmetric", "stocking-lord", 1.099928, -0.474275),
    (WITHOUT_27, "old", "mean-mean", 1.144959, -0.478967),
    (WITHOUT_27, "old", "mean-sigma", 1.176074, -0.504188),
    (WITHOUT_27, "old", "haebara", 1.088361, -0.44159),
    (WITHOUT_27, "old", "stocking-lord", 1.097363, -0.464035),
)


@pytest.mark.parametrize(("anchors", "scale", "method", "slope", "intercept"), PLINK)
def test_linking_constants_of_kolen_and_brennan(
    anchors: tuple[str, ...], scale: CriterionScale, method: LinkingMethod, slope: float, intercept: float
) -> None:
    link = link_scales(
        form_x(),
        form_y(),
        anchors=anchors,
        method=method,
        scale=scale,
        old_weights=uniform_quadrature(40, -4.0, 4.0),
    ).transformation
    assert link.slope == pytest.approx(slope, abs=2e-6)
    assert link.intercept == pytest.approx(intercept, abs=2e-6)


@pytest.mark.parametrize(
    ("weights", "method", "slope", "intercept", "criterion"),
    [
        # An independent minimisation of the same criteria over other weights.
        (uniform_quadrature(31, -3.0, 3.0), "haebara", 1.10132725, -0.47000400, 0.303321087 / 31),
        (uniform_quadrature(31, -3.0, 3.0), "stocking-lord", 1.10632760, -0.48426224, 0.305739253 / 31),
        (normal_quadrature(), "haebara", 1.06934756, -0.47554076, 0.009548493),
        (normal_quadrature(), "stocking-lord", 1.09082272, -0.49629139, 0.005172346),
    ],
)
def test_the_weights_decide_the_constants(
    weights: Quadrature, method: LinkingMethod, slope: float, intercept: float, criterion: float
) -> None:
    result = link_scales(form_x(), form_y(), method=method, old_weights=weights)
    assert result.transformation.slope == pytest.approx(slope, abs=3e-6)
    assert result.transformation.intercept == pytest.approx(intercept, abs=3e-6)
    assert result.criterion == pytest.approx(criterion, rel=1e-6)
    assert result.to_dict()["old_weights"]["nodes"] == weights.nodes.tolist()


def mixed_items() -> ItemParameters:
    return ItemParameters.concatenate(
        [
            ItemParameters.dichotomous(["m1", "m2", "m3"], [0.8, 1.3, 1.6], [-1.0, 0.2, 0.9], [0.1, 0.2, 0.15]),
            ItemParameters.polytomous(["g1"], "GRM", [1.1], [[-1.2, 0.1, 1.4]]),
            ItemParameters.polytomous(["p1"], "GPCM", [0.7], [[-0.4, 0.6]]),
            ItemParameters.nominal(["n1"], [[0.6, 1.4]], [[0.3, -0.5]]),
        ]
    )


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("scale", ["old", "new", "symmetric"])
@given(slope=st.floats(0.5, 2.0), intercept=st.floats(-1.5, 1.5))
@settings(max_examples=5, deadline=None)
def test_a_scale_that_was_only_moved_is_found_again(
    method: LinkingMethod, scale: CriterionScale, slope: float, intercept: float
) -> None:
    new = mixed_items()
    result = link_scales(new, new.transformed(slope, intercept), method=method, scale=scale)
    assert result.transformation.slope == pytest.approx(slope, abs=1e-6)
    assert result.transformation.intercept == pytest.approx(intercept, abs=1e-6)
    np.testing.assert_allclose(result.residuals.rmsd, 0.0, atol=1e-6)


def test_nominal_items_alone_are_linked_by_their_curves_but_have_no_moments() -> None:
    new = ItemParameters.nominal(["n1", "n2"], [[0.6, 1.4], [1.0, 1.8]], [[0.3, -0.5], [0.9, 0.1]])
    old = new.transformed(1.3, -0.4)
    assert link_scales(new, old, method="haebara").transformation.slope == pytest.approx(1.3, abs=1e-6)
    with pytest.raises(LinkingError) as caught:
        link_scales(new, old, method="mean-sigma")
    assert caught.value.code == "moments_undefined"


def test_the_symmetric_criterion_gives_the_inverse_when_the_roles_are_exchanged() -> None:
    weights = uniform_quadrature(41, -4.0, 4.0)
    for method in METHODS:
        there = link_scales(form_x(), form_y(), method=method, scale="symmetric", old_weights=weights).transformation
        back = link_scales(form_y(), form_x(), method=method, scale="symmetric", old_weights=weights).transformation
        if method == "mean-mean":
            assert back.slope == pytest.approx(1.0 / there.slope)
        assert back.inverse().slope == pytest.approx(there.slope, abs=1e-7)
        assert back.inverse().intercept == pytest.approx(there.intercept, abs=1e-7)


def test_the_old_scale_criterion_does_not_give_the_inverse() -> None:
    there = link_scales(form_x(), form_y(), method="stocking-lord").transformation
    back = link_scales(form_y(), form_x(), method="stocking-lord").transformation
    assert abs(back.inverse().slope - there.slope) > 1e-3


def test_weights_that_do_not_sum_to_one_change_the_criterion_only() -> None:
    one = uniform_quadrature(21, -3.0, 3.0)
    three = Quadrature(nodes=one.nodes, weights=3.0 * one.weights)
    single, triple = (link_scales(form_x(), form_y(), old_weights=weights) for weights in (one, three))
    assert triple.transformation.slope == pytest.approx(single.transformation.slope, abs=1e-8)
    assert triple.criterion == pytest.approx(3.0 * single.criterion)
    np.testing.assert_allclose(triple.residuals.rmsd, single.residuals.rmsd, rtol=1e-6)


def test_the_criterion_is_smallest_at_the_constants() -> None:
    weights = uniform_quadrature(21, -3.0, 3.0)
    result = link_scales(form_x(), form_y(), method="haebara", old_weights=weights)
    old = category_probabilities(weights.nodes, form_y().select(COMMON))[:, :, 1]

    def criterion(slope: float, intercept: float) -> float:
        moved = form_x().select(COMMON).transformed(slope, intercept)
        return float(weights.weights @ ((category_probabilities(weights.nodes, moved)[:, :, 1] - old) ** 2).sum(axis=1))

    best = result.transformation
    assert result.criterion == pytest.approx(criterion(best.slope, best.intercept), rel=1e-9)
    for step in (-1e-3, 1e-3):
        assert criterion(best.slope + step, best.intercept) > result.criterion
        assert criterion(best.slope, best.intercept + step) > result.criterion


def covariance_of(items: ItemParameters, size: float) -> ParameterCovariance:
    correlation = np.array([[1.0, -0.4, 0.3], [-0.4, 1.0, -0.6], [0.3, -0.6, 1.0]])
    spread = size * np.array([0.1, 0.12, 0.03])
    return ParameterCovariance.independent_items(items, [correlation * np.outer(spread, spread)] * len(items))


@pytest.mark.parametrize("method", SAMPLED)
def test_delta_method_errors_agree_with_the_spread_of_links_of_drawn_parameters(method: LinkingMethod) -> None:
    x, y = form_x().select(COMMON), form_y().select(COMMON)
    of_x, of_y = covariance_of(x, 0.2), covariance_of(y, 0.2)
    delta, drawn = (
        link_scales(
            x,
            y,
            method=method,
            old_weights=uniform_quadrature(13, -3.0, 3.0),
            new_covariance=of_x,
            old_covariance=of_y,
            n_replications=n_replications,
            rng=np.random.default_rng(5),
        ).transformation
        for n_replications in (0, 120)
    )
    # The standard error of a standard deviation over 120 draws is 6.5 % of it.
    np.testing.assert_allclose(drawn.standard_errors, delta.standard_errors, rtol=0.22)


def test_errors_of_the_mean_mean_slope_in_closed_form() -> None:
    x, y = form_x().select(COMMON), form_y().select(COMMON)
    n = len(x)
    labels = tuple((name, "a") for name in x.names)
    covariance = ParameterCovariance(labels, 0.01 * np.eye(n))
    link = link_scales(x, y, method="mean-mean", new_covariance=covariance).transformation
    assert link.standard_errors[0] == pytest.approx(0.1 / np.sqrt(n) / y.a.mean(), rel=1e-7)


@pytest.mark.parametrize("method", SAMPLED)
def test_errors_follow_from_what_a_change_of_each_parameter_does_to_the_constants(method: LinkingMethod) -> None:
    new = mixed_items()
    old = replace(new, a=new.a * np.array([1.1, 0.9, 1.0, 1.05, 0.95, 1.0])).transformed(1.2, 0.3)
    labels = (("m1", "a"), ("m2", "c"), ("g1", "d2"), ("p1", "d1"), ("n1", "s1"))
    covariance = ParameterCovariance(labels, 0.01 * (0.7 * np.eye(5) + 0.3))

    def constants(items: ItemParameters) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        moved = link_scales(new, items, method=method, scale="symmetric").transformation
        return np.array([moved.slope, moved.intercept])

    rows = [
        (constants(shifted(old, [label], np.array([1e-4]))) - constants(shifted(old, [label], np.array([-1e-4]))))
        / 2e-4
        for label in labels
    ]
    expected = np.array(rows).T @ covariance.matrix @ np.array(rows)
    link = link_scales(new, old, method=method, scale="symmetric", old_covariance=covariance).transformation
    np.testing.assert_allclose(link.covariance, expected, rtol=1e-3, atol=1e-9)


def test_a_covariance_of_other_items_counts_nothing() -> None:
    others = ParameterCovariance((("x_1", "a"),), np.array([[0.04]]))
    assert link_scales(form_x(), form_y(), new_covariance=others).errors_from == ()


def test_a_calibration_without_a_covariance_counts_as_known() -> None:
    x, y = form_x(), form_y()
    one = link_scales(x, y, new_covariance=covariance_of(x, 1.0))
    both = link_scales(x, y, new_covariance=covariance_of(x, 1.0), old_covariance=covariance_of(y, 1.0))
    none = link_scales(x, y)
    assert one.errors_from == ("new",)
    assert both.transformation.standard_errors[0] > one.transformation.standard_errors[0]
    assert np.isnan(none.transformation.covariance).all()
    assert none.to_dict()["slope_standard_error"] is None


def test_common_items_may_have_other_names() -> None:
    x, y = form_x(), form_y()
    renamed = replace(y, names=tuple(f"bank/{name}" for name in y.names))
    pairs = {name: f"bank/{name}" for name in COMMON}
    assert link_scales(x, renamed, anchors=pairs).transformation.slope == link_scales(x, y).transformation.slope


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"anchors": ["common_3", "nobody"]}, "anchor_missing"),
        ({"anchors": []}, "too_few_anchors"),
        ({"anchors": {"common_3": "common_3", "common_6": "common_3"}}, "anchor_items_differ"),
        ({"anchors": ["common_3"], "method": "mean-sigma"}, "moments_undefined"),
        ({"old_weights": Quadrature(nodes=np.array([0.0, 1.0]), weights=np.array([1.0, -0.5]))}, "bad_weights"),
        ({"old_weights": Quadrature(nodes=np.array([60.0, 61.0]), weights=np.array([0.5, 0.5]))}, "no_linking_minimum"),
    ],
)
def test_what_cannot_be_linked_is_refused(change: dict[str, object], code: str) -> None:
    with pytest.raises(LinkingError) as caught:
        link_scales(form_x(), form_y(), **change)  # type: ignore[arg-type]
    assert caught.value.code == code


def test_an_item_that_changed_its_format_is_no_anchor() -> None:
    new = ItemParameters.polytomous(["q"], "GRM", [1.0], [[-1.0, 1.0]])
    for old in (
        ItemParameters.polytomous(["q"], "GPCM", [1.0], [[-1.0, 1.0]]),
        ItemParameters.polytomous(["q"], "GRM", [1.0], [[-1.0, 0.0, 1.0]]),
    ):
        with pytest.raises(LinkingError, match="'q'"):
            link_scales(new, old)


@pytest.mark.parametrize(
    ("labels", "matrix"),
    [
        ((("common_3", "a"),), np.eye(2)),
        ((("common_3", "b"),), np.eye(1)),
        ((("common_3", "a"), ("common_3", "a")), np.eye(2)),
        ((("common_3", "a"), ("common_3", "d1")), np.array([[1.0, 2.0], [2.0, 1.0]])),
        ((("common_3", "a"), ("common_3", "d1")), np.array([[1.0, 0.5], [0.0, 1.0]])),
        ((("common_3", "a"),), np.array([[np.nan]])),
    ],
)
def test_a_covariance_that_cannot_be_one_is_refused(
    labels: tuple[tuple[str, str], ...], matrix: np.ndarray[tuple[int, int], np.dtype[np.float64]]
) -> None:
    with pytest.raises(LinkingError) as caught:
        ParameterCovariance(labels, matrix)
    assert caught.value.code == "bad_covariance"


def test_two_calibrations_of_simulated_answers_link_within_their_errors() -> None:
    rng = np.random.default_rng(21)
    a, b = rng.uniform(0.8, 1.8, 20), rng.normal(0.0, 1.0, 20)
    names = [f"q{j}" for j in range(20)]
    fits = []
    for mean, sd in ((0.0, 1.0), (0.5, 1.2)):
        theta = rng.normal(mean, sd, 3000)
        p = 1.0 / (1.0 + np.exp(-a * (theta[:, None] - b)))
        answers = ResponseMatrix.from_array((rng.random(p.shape) < p).astype(np.int8), names)
        fits.append(calibrate(answers, CalibrationSettings(model="2PL", standard_errors="observed")))
    old, new = fits
    link = link_scales(
        new.items,
        old.items,
        new_covariance=ParameterCovariance.of_calibration(new),
        old_covariance=ParameterCovariance.of_calibration(old),
    ).transformation
    # Each calibration has mean 0 and standard deviation 1, so the constants are those of the second group.
    z = (np.array([link.slope, link.intercept]) - [1.2, 0.5]) / link.standard_errors
    assert (np.abs(z) < 3.0).all()
    assert max(link.standard_errors) < 0.06


def test_a_calibration_without_errors_gives_no_covariance() -> None:
    answers = ResponseMatrix.from_array(np.random.default_rng(1).integers(0, 2, (300, 6)))
    fit = calibrate(answers, CalibrationSettings(model="1PL", standard_errors="none"))
    with pytest.raises(LinkingError) as caught:
        ParameterCovariance.of_calibration(fit)
    assert caught.value.code == "bad_covariance"


def test_recovered_constants_scatter_as_their_errors_say() -> None:
    rng = np.random.default_rng(11)
    x = form_x().select(COMMON)
    y = x.transformed(1.2, -0.3)
    covariance = covariance_of(x, 0.3)
    spread = np.linalg.cholesky(covariance.matrix)
    weights = uniform_quadrature(13, -3.0, 3.0)
    inside = np.zeros(2)
    for _ in range(25):
        step = (spread @ rng.standard_normal(len(covariance.labels))).reshape(len(x), 3)
        drawn = replace(x, a=x.a + step[:, 0], d=x.d + step[:, 1:2], c=np.clip(x.c + step[:, 2], 0.0, 0.9))
        link = link_scales(drawn, y, method="haebara", old_weights=weights, new_covariance=covariance).transformation
        z = (np.array([link.slope, link.intercept]) - [1.2, -0.3]) / link.standard_errors
        inside += np.abs(z) < 1.96
    assert (inside >= 20).all()
