import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.psychometrics.linking import ScaleTransformation, chain
from exam_engine.psychometrics.response_functions import category_probabilities
from tests.exam_engine.psychometrics.linking.kolen_brennan import form_x

slopes = st.floats(0.2, 5.0)
intercepts = st.floats(-3.0, 3.0)


def link(slope: float, intercept: float, scale: float = 1.0) -> ScaleTransformation:
    return ScaleTransformation(
        slope=slope, intercept=intercept, covariance=scale * np.array([[0.004, 0.001], [0.001, 0.009]])
    )


def test_a_person_answers_as_before_on_the_new_scale() -> None:
    theta = np.linspace(-3.0, 3.0, 7)
    moved = link(1.3, -0.4)
    np.testing.assert_allclose(
        category_probabilities(moved.apply_theta(theta), moved.apply(form_x())),
        category_probabilities(theta, form_x()),
        atol=1e-12,
    )


@given(slope=slopes, intercept=intercepts)
def test_the_inverse_undoes_the_transformation_and_its_own_inverse_has_the_same_errors(
    slope: float, intercept: float
) -> None:
    there = link(slope, intercept)
    theta = np.array([-2.0, 0.0, 3.0])
    np.testing.assert_allclose(there.inverse().apply_theta(there.apply_theta(theta)), theta, atol=1e-9)
    np.testing.assert_allclose(there.inverse().inverse().covariance, there.covariance, rtol=1e-6, atol=1e-12)


@given(first=st.tuples(slopes, intercepts), second=st.tuples(slopes, intercepts))
def test_a_chain_is_one_link_after_the_other(first: tuple[float, float], second: tuple[float, float]) -> None:
    theta = np.array([-1.5, 0.0, 2.0])
    np.testing.assert_allclose(
        chain([link(*first), link(*second)]).apply_theta(theta),
        link(*second).apply_theta(link(*first).apply_theta(theta)),
        atol=1e-9,
    )


def test_a_chain_carries_the_errors_of_its_links() -> None:
    links = [link(1.2, 0.3, 0.01), link(0.9, -0.5, 0.02), link(1.1, 0.2, 0.01)]
    rng = np.random.default_rng(3)
    drawn = np.array(
        [rng.multivariate_normal([part.slope, part.intercept], part.covariance, size=200_000) for part in links]
    )
    slope, intercept = np.ones(200_000), np.zeros(200_000)
    for part in drawn:
        slope, intercept = slope * part[:, 0], part[:, 0] * intercept + part[:, 1]
    np.testing.assert_allclose(chain(links).covariance, np.cov(slope, intercept), rtol=0.02)


def test_errors_of_a_transformed_ability_are_smallest_near_the_anchors_centre() -> None:
    errors = link(1.1, 0.2).theta_standard_errors(np.array([-0.25, 0.0, 2.0]))
    np.testing.assert_allclose(errors**2, [0.009 - 2 * 0.25 * 0.001 + 0.0625 * 0.004, 0.009, 0.009 + 0.004 + 0.016])


def test_a_known_transformation_adds_no_error_and_an_unknown_one_says_null() -> None:
    assert ScaleTransformation.exact(1.2, 0.1).standard_errors == (0.0, 0.0)
    unknown = ScaleTransformation(slope=1.0, intercept=0.0, covariance=np.full((2, 2), np.nan))
    assert unknown.to_dict()["covariance"] is None
    with pytest.raises(ValueError, match="at least one link"):
        chain([])
