import numpy as np
import pytest

from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.linking import LinkingError, ScaleTransformation, link_scales, link_simultaneously
from tests.exam_engine.psychometrics.linking.kolen_brennan import form_x, form_y


def bank() -> ItemParameters:
    rng = np.random.default_rng(2)
    return ItemParameters.concatenate(
        [
            ItemParameters.dichotomous(
                [f"q{j}" for j in range(12)], rng.uniform(0.6, 1.8, 12), rng.normal(0.0, 1.0, 12)
            ),
            ItemParameters.polytomous(["p1", "p2"], "GPCM", [0.9, 1.2], [[-0.5, 0.4], [0.0, 1.1]]),
        ]
    )


def test_forms_that_are_linked_through_others_come_to_the_scale_of_the_reference() -> None:
    items = bank()
    truth = {"2024": (1.0, 0.0), "2025": (1.3, 0.4), "2026": (0.8, -0.6)}
    forms = {
        "2024": items.take(np.arange(6)),
        "2025": items.take(np.arange(3, 14)),
        "2026": items.take(np.arange(8, 14)),
    }
    own_scales = {
        year: form.transformed(1.0 / truth[year][0], -truth[year][1] / truth[year][0]) for year, form in forms.items()
    }
    result = link_simultaneously(own_scales, reference="2024")
    for year, (slope, intercept) in truth.items():
        assert result.transformations[year].slope == pytest.approx(slope)
        assert result.transformations[year].intercept == pytest.approx(intercept)
    np.testing.assert_allclose(result.threshold_residuals, 0.0, atol=1e-10)


def test_two_forms_give_the_ratio_of_geometric_means_of_the_slopes() -> None:
    names = [name for name in form_x().names if name in form_y().names]
    x, y = form_x().select(names), form_y().select(names)
    link = link_simultaneously({"y": form_y(), "x": form_x()}, reference="y").transformations["x"]
    assert link.slope == pytest.approx(float(np.exp(np.log(x.a).mean() - np.log(y.a).mean())))
    assert link.intercept == pytest.approx(float((y.b - link.slope * x.b).mean()))
    assert link.slope == pytest.approx(link_scales(x, y, method="mean-mean").transformation.slope, rel=0.05)


def test_the_reference_keeps_its_scale() -> None:
    result = link_simultaneously({"a": bank(), "b": bank().transformed(1.2, 0.1)}, reference="b")
    assert isinstance(result.transformations["b"], ScaleTransformation)
    assert result.transformations["b"].slope == 1.0
    assert result.transformations["b"].intercept == 0.0


@pytest.mark.parametrize(
    ("calibrations", "code"),
    [
        ({"a": bank()}, "anchor_missing"),
        ({"reference": bank().take(np.arange(4)), "b": bank().take(np.arange(6, 9))}, "too_few_anchors"),
        (
            {
                "reference": ItemParameters.polytomous(["q"], "PCM", 1.0, [[0.0, 1.0]]),
                "b": ItemParameters.polytomous(["q"], "PCM", 1.0, [[0.0, 1.0, 2.0]]),
            },
            "anchor_items_differ",
        ),
    ],
)
def test_forms_that_cannot_be_linked_are_refused(calibrations: dict[str, ItemParameters], code: str) -> None:
    with pytest.raises(LinkingError) as caught:
        link_simultaneously(calibrations, reference="reference")
    assert caught.value.code == code
