"""What a reader of the plots sees: the data, labels of the language asked for, and nothing cut off."""

import io
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import imread

from exam_engine.psychometrics.calibration import GroupEstimate
from exam_engine.psychometrics.figures import density_figure, item_curve_figures, wright_map_figure
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.plots import draw_density, draw_item_curve, draw_pages, draw_wright_map
from exam_engine.psychometrics.plots.words import WORDS, number
from exam_engine.psychometrics.quadrature import Quadrature, normal_quadrature
from tests.exam_engine.psychometrics.plots.drawings import ITEMS, NAMES, make_drawings

Drawings = Mapping[str, Callable[..., Axes]]


@pytest.fixture(scope="module")
def drawings() -> Drawings:
    """Return all plots of a small test."""
    return make_drawings()


def texts(figure: Figure) -> str:
    """Everything written on the plot."""
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()


def pixels(figure: Figure) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    out = io.BytesIO()
    figure.savefig(out, format="png")
    out.seek(0)
    return (imread(out)[:, :, :3] * 255.0).round().astype(np.uint8)


def figure_of(axes: Axes) -> Figure:
    figure = axes.figure
    assert isinstance(figure, Figure)
    return figure


def test_the_library_does_without_matplotlib() -> None:
    program = "import sys, exam_engine.psychometrics.figures; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_every_plot_is_tried(drawings: Drawings) -> None:
    assert set(NAMES) == set(drawings)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_a_plot_is_cut_off(name: str, language: Literal["vi", "en"], drawings: Drawings) -> None:
    image = pixels(figure_of(drawings[name](language=language)))
    border = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    assert (border == 255).all()
    assert (image < 128).any()


@pytest.mark.parametrize("name", NAMES)
def test_both_axes_have_labels_or_names_of_items(name: str, drawings: Drawings) -> None:
    axes = drawings[name](language="en")
    for axis, label in ((axes.xaxis, axes.get_xlabel()), (axes.yaxis, axes.get_ylabel())):
        names = {tick.get_text() for tick in axis.get_ticklabels()}
        assert label or names & {*ITEMS.names, "Item_1"}


@pytest.mark.parametrize("name", NAMES)
def test_numbers_have_a_comma_in_vietnamese_and_a_point_in_english(name: str, drawings: Drawings) -> None:
    for language, wrong in (("vi", "."), ("en", ",")):
        axes = drawings[name](language=language)
        figure_of(axes).draw_without_rendering()
        ticks = [tick.get_text() for axis in (axes.xaxis, axes.yaxis) for tick in axis.get_ticklabels()]
        figures = [text for text in ticks if text.replace("−", "").replace(".", "").replace(",", "").isdigit()]
        assert not any(wrong in text for text in figures)


def test_the_curve_drawn_is_the_curve_of_the_figure_and_its_points() -> None:
    [figure, *_] = item_curve_figures(ITEMS)
    curve, *_ = draw_item_curve(figure).get_lines()
    assert np.asarray(curve.get_ydata()).tolist() == figure.expected.tolist()


def test_axes_given_are_drawn_on() -> None:
    own = Figure().subplots()
    assert draw_item_curve(item_curve_figures(ITEMS)[0], own) is own


def test_categories_differ_without_colour(drawings: Drawings) -> None:
    lines = [line for line in drawings["category_curves"](language="en").get_lines() if np.size(line.get_xdata()) > 100]
    assert len(lines) == 4
    assert len({str(line.get_linestyle()) for line in lines}) == 4


def test_a_population_that_is_not_normal_stands_beside_the_normal_one(drawings: Drawings) -> None:
    low, high = normal_quadrature(mean=-1.0, sd=0.6), normal_quadrature(mean=1.5, sd=0.6)
    mixture = Quadrature(low.nodes, 0.7 * low.weights + 0.3 * high.weights)
    group = GroupEstimate("", 120.0, mixture.mean, mixture.sd, None, None, mixture)
    legend = draw_density(density_figure([group]), language="en").get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == [
        "all candidates: mean −0.25, SD 1.29",
        "normal distribution of equal mean and SD",
    ]
    assert len(drawings["density"](language="en").get_lines()) == 2


@pytest.mark.parametrize(("n_items", "pages"), [(4, 1), (5, 2)])
def test_many_items_go_on_as_many_pages_as_they_need(n_items: int, pages: int) -> None:
    names = [f"item_{number_}" for number_ in range(n_items)]
    figures = item_curve_figures(ItemParameters.dichotomous(names, np.ones(n_items), np.zeros(n_items)))
    drawn = draw_pages(figures, draw_item_curve, x="ability", y="probability_right", language="en", columns=2, rows=2)
    assert len(drawn) == pages
    titles = [axes.get_title(loc="left") for page in drawn for axes in page.axes if axes.get_visible()]
    assert titles == [f"{name} (2PL)" for name in names]
    for page in drawn:
        assert page.get_supxlabel() == "Ability θ (logits)"
        image = pixels(page)
        assert (np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]]) == 255).all()


@pytest.mark.parametrize(("columns", "rows"), [(0, 5), (3, 0)])
def test_a_page_without_room_is_refused(columns: int, rows: int) -> None:
    with pytest.raises(ValueError, match="no room"):
        draw_pages(item_curve_figures(ITEMS), draw_item_curve, x="ability", y="probability", columns=columns, rows=rows)


def test_a_wright_map_of_hundreds_of_items_names_no_more_than_can_be_read() -> None:
    names = [f"item_{number_}" for number_ in range(300)]
    items = ItemParameters.dichotomous(names, np.ones(300), np.linspace(-3, 3, 300))
    axes = draw_wright_map(wright_map_figure(items, np.zeros(5)), language="en")
    assert 20 <= len(axes.get_xticks()) <= 48
    image = pixels(figure_of(axes))
    assert (np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]]) == 255).all()


def test_a_wright_map_says_how_many_candidates_are_outside(drawings: Drawings) -> None:
    assert "outside: " in texts(figure_of(drawings["wright_map"](language="en"))).replace("<!-- ", "")


def test_both_languages_have_the_same_words() -> None:
    assert set(WORDS["vi"]) == set(WORDS["en"])


@pytest.mark.parametrize(
    ("value", "decimals", "vietnamese", "english"),
    [(1.25, 2, "1,25", "1.25"), (-0.5, 1, "−0,5", "−0.5"), (-0.001, 2, "0,00", "0.00"), (12.0, 0, "12", "12")],
)
def test_numbers_are_written_as_the_language_does(value: float, decimals: int, vietnamese: str, english: str) -> None:
    assert number(value, decimals, "vi") == vietnamese
    assert number(value, decimals, "en") == english
