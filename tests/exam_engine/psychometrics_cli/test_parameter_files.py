from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.psychometrics.calibration import CalibrationError, calibrate
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.responses import ResponseMatrix
from exam_engine.psychometrics_cli.errors import CommandError
from exam_engine.psychometrics_cli.parameter_files import (
    ParameterTable,
    as_categories,
    read_models,
    read_parameters,
    write_parameters,
)
from tests.exam_engine.psychometrics.fit.reference import mixed_items
from tests.exam_engine.psychometrics.published import LSAT6_PATTERNS, pattern_responses
from tests.exam_engine.psychometrics_cli.files import text_file


def same(found: ItemParameters, items: ItemParameters) -> bool:
    return found.to_dict() == items.to_dict()


def test_every_model_is_read_back_to_the_last_digit(tmp_path: Path) -> None:
    guessed = ItemParameters.dichotomous(["g", "h"], [1.1, 0.7], [0.1, 2.0], [0.2, 1 / 3], [0.9, 1.0])
    items = ItemParameters.concatenate([mixed_items(), guessed])
    write_parameters(tmp_path / "p.csv", items)
    found = read_parameters(tmp_path / "p.csv")
    assert same(found.items, items)
    assert found.category_scores == tuple(tuple(range(int(n))) for n in items.n_categories)
    assert found.result is None


@given(
    a=st.floats(-3, 3, allow_subnormal=False),
    b=st.floats(-8, 8, allow_subnormal=False),
    c=st.floats(0, 0.5),
)
def test_any_three_parameter_item_is_read_back(
    a: float, b: float, c: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    items = ItemParameters.dichotomous(["x"], [a], [b], [c])
    path = tmp_path_factory.mktemp("p") / "p.csv"
    write_parameters(path, items)
    assert same(read_parameters(path).items, items)


def test_thresholds_alone_are_enough_and_models_follow_from_the_columns(tmp_path: Path) -> None:
    lines = ["Item;a;b;c;u", "x;1,5;-0,5;;", "y;1;0;0,2;", "z;0,8;1;0,1;0,95"]
    found = read_parameters(text_file(tmp_path / "p.csv", lines)).items
    assert found.models == ("2PL", "3PL", "4PL")
    assert found.b[:, 0] == pytest.approx([-0.5, 0.0, 1.0])
    assert (found.c.tolist(), found.u.tolist()) == ([0.0, 0.2, 0.1], [1.0, 1.0, 0.95])


def test_several_thresholds_need_the_name_of_the_model_in_any_case(tmp_path: Path) -> None:
    lines = ["name,model,a,b1,b2", "x,grm,1.2,-1,1", "y,Gpcm,0.7,0.5,"]
    found = read_parameters(text_file(tmp_path / "p.csv", lines)).items
    assert found.models == ("GRM", "GPCM")
    assert found.n_categories.tolist() == [3, 2]
    with pytest.raises(CommandError) as refused:
        read_parameters(text_file(tmp_path / "q.csv", ["name,a,b1,b2", "x,1.2,-1,1"]))
    assert refused.value.code == "command.model_missing"


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["name,a,b", "x,1,"], "incomplete_row"),
        (["name,a,b", "x,,1"], "incomplete_row"),
        (["name,a,b", ",1,1"], "incomplete_row"),
        (["name,model,a,b1,b2,b3", "x,GRM,1,-1,,1"], "incomplete_row"),
        (["name,model,s1,s2,d1,d2", "x,NRM,1,,0.5,0.2"], "incomplete_row"),
        (["name,a,b", "x,1,một"], "bad_number"),
        (["name,a,b", "x,inf,1"], "bad_number"),
        (["name,a,b,d1", "x,2,1,-1.9"], "parameters_contradict"),
        (["name,model,a,b", "x,5PL,1,1"], "unknown_model"),
        (["name,a,b,difficulty", "x,1,1,1"], "unknown_parameter"),
        (["a,b", "1,1"], "unknown_column"),
        (["name,a,b"], "empty_file"),
        ([], "empty_file"),
    ],
)
def test_a_table_that_says_too_little_or_contradicts_itself_is_refused(
    lines: list[str], code: str, tmp_path: Path
) -> None:
    path = tmp_path / "p.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(CommandError) as refused:
        read_parameters(path)
    assert refused.value.code == f"command.{code}"


def test_thresholds_and_intercepts_that_agree_are_taken(tmp_path: Path) -> None:
    found = read_parameters(text_file(tmp_path / "p.csv", ["name,a,b,d1", "x,2,1,-2.0000001"]))
    assert found.items.d[0, 0] == -2.0000001


def test_a_calibration_brings_its_parameters_and_their_covariance(tmp_path: Path) -> None:
    fit = calibrate(pattern_responses(LSAT6_PATTERNS))
    fit.save(tmp_path / "fit.json")
    found = read_parameters(tmp_path / "fit.json")
    assert same(found.items, fit.items)
    assert found.result is not None
    assert found.covariance is not None
    assert found.covariance.matrix == pytest.approx(fit.covariance)
    assert set(found.covariance.labels) == {(f"item_{j}", kind) for j in range(1, 6) for kind in ("a", "d1")}


@pytest.mark.parametrize("text", ["{}", '{"format": "other"}', "{broken"])
def test_other_json_is_no_calibration(text: str, tmp_path: Path) -> None:
    (tmp_path / "fit.json").write_text(text, encoding="utf-8")
    with pytest.raises(CalibrationError) as refused:
        read_parameters(tmp_path / "fit.json")
    assert refused.value.code == "unknown_format"


def test_raw_scores_become_the_categories_that_were_calibrated(tmp_path: Path) -> None:
    items = ItemParameters.polytomous(["x"], "GRM", [1.0], [[-1.0, 0.5]])
    write_parameters(tmp_path / "p.csv", items, [(1, 2, 4)])
    table = read_parameters(tmp_path / "p.csv")
    assert table.category_scores == ((1, 2, 4),)
    raw = ResponseMatrix.from_array(np.array([[1.0, 1.0], [4.0, 0.0], [np.nan, 1.0], [2.0, 0.0]]), ["x", "other"])
    found = as_categories(raw, table)
    assert found.item_names == ("x",)
    assert found.scores[:, 0].tolist() == [0, 2, -1, 1]
    with pytest.raises(CommandError) as refused:
        as_categories(ResponseMatrix.from_array([[1], [3]], ["x"]), table)
    assert refused.value.code == "command.score_without_category"
    assert (refused.value.params["row"], refused.value.params["score"]) == (3, 3)


def test_responses_to_other_items_are_refused() -> None:
    table = ParameterTable(ItemParameters.dichotomous(["x"], [1.0], [0.0]), ((0, 1),), None)
    with pytest.raises(CommandError) as refused:
        as_categories(ResponseMatrix.from_array([[1]], ["other"]), table)
    assert refused.value.code == "command.no_common_items"


def test_models_of_single_items_are_read_with_and_without_a_heading(tmp_path: Path) -> None:
    for lines in (["item,model", "x,grm", "y, 3pl "], ["x,grm", "", "y,3PL"]):
        assert read_models(text_file(tmp_path / "m.csv", lines)) == {"x": "GRM", "y": "3PL"}
    with pytest.raises(CommandError):
        read_models(text_file(tmp_path / "m.csv", ["x,grm,extra"]))
    with pytest.raises(CommandError):
        read_models(text_file(tmp_path / "m.csv", ["x,quadratic"]))
