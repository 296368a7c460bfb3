"""Scoring, linking, DIF and fit from the command line against published values."""

import csv
import json
from pathlib import Path

import pytest

from exam_engine.psychometrics.arrays import FloatArray
from tests.exam_engine.psychometrics.dif.simulated import ANCHORS as DIF_ANCHORS
from tests.exam_engine.psychometrics.dif.simulated import (
    GROUPS,
    ITEMS,
    LIKELIHOOD_RATIO_ALL_OTHERS,
    LOGISTIC_BOTH,
    MANTEL_HAENSZEL,
    SIBTEST,
    WALD_ANCHORED,
    simulated_responses,
)
from tests.exam_engine.psychometrics.linking.kolen_brennan import COMMON, FORM_X, FORM_Y, form_x
from tests.exam_engine.psychometrics.published import LSAT7_PATTERNS
from tests.exam_engine.psychometrics_cli.files import lsat_file, run, text_file, two_groups_file


@pytest.fixture(scope="module")
def lsat7(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """Return responses, parameters and calibration of LSAT 7."""
    folder = tmp_path_factory.mktemp("lsat7")
    responses, params, fit = lsat_file(folder / "r.csv", LSAT7_PATTERNS), folder / "p.csv", folder / "fit.json"
    assert run("calibrate", responses, "--params", params, "--json", fit).exit_code == 0
    return responses, params, fit


# R package mirt 1.45.1, fscores() of the pattern 11110 under the 2PL of LSAT 7.
@pytest.mark.parametrize(("method", "theta"), [("eap", 0.2821), ("MAP", 0.1959), ("mle", 0.4726), ("wle", -0.0056)])
def test_abilities_are_those_of_another_program(
    method: str, theta: float, lsat7: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    one = text_file(tmp_path / "one.csv", ["SBD,Item_1,Item_2,Item_3,Item_4,Item_5", "TS1,1,1,1,1,0"])
    for parameters in lsat7[1:]:
        done = run("score", one, "--params", parameters, "--method", method, "--id", "SBD", "--json", "-")
        document = json.loads(done.stdout)
        [candidate] = document["candidates"]
        assert candidate["candidate"] == "TS1"
        assert candidate["theta"] == pytest.approx(theta, abs=1e-3)
        assert document["method"] == method.upper()


def test_scores_go_to_standard_output_unless_a_file_is_named(lsat7: tuple[Path, Path, Path], tmp_path: Path) -> None:
    responses, params, _ = lsat7
    shown = run("score", responses, "--params", params, "--method", "mle", "--lang", "en")
    written = run(
        "score", responses, "--params", params, "--method", "mle", "--csv", tmp_path / "s.csv", "--lang", "en"
    )
    rows = list(csv.DictReader(shown.stdout.splitlines()))
    assert shown.stdout == (tmp_path / "s.csv").read_text(encoding="utf-8")
    assert len(rows) == 1000
    assert (rows[0]["candidate"], rows[0]["theta"], rows[0]["flags"]) == ("1", "-inf", "infinite")
    assert "infinite estimate (all right or all wrong): 320" in shown.stderr
    assert shown.stderr == written.stdout


def test_the_empirical_reliability_is_reported(lsat7: tuple[Path, Path, Path]) -> None:
    document = json.loads(run("score", lsat7[0], "--params", lsat7[1], "--json", "-").stdout)
    # R package mirt 1.45.1, empirical_rxx().
    assert document["empirical_reliability"] == pytest.approx(0.4523, abs=1e-3)
    assert document["populations"] == [{"name": "", "mean": pytest.approx(0.0), "sd": pytest.approx(1.0, abs=1e-6)}]


def test_each_group_is_scored_with_its_own_distribution(tmp_path: Path) -> None:
    responses = two_groups_file(tmp_path / "r.csv")
    fit = tmp_path / "fit.json"
    assert run("calibrate", responses, "--model", "rasch", "--group", "nhóm", "--json", fit).exit_code == 0
    same_answers = text_file(tmp_path / "two.csv", ["g,x,y,z", "B,1,1,0", "A,1,1,0", "B,1,1,0"])
    document = json.loads(run("score", same_answers, "--params", fit, "--group", "g", "--json", "-").stdout)
    theta = [candidate["theta"] for candidate in document["candidates"]]
    assert theta[0] == theta[2] > theta[1]
    without = run("score", same_answers, "--params", fit, "--skip", "g")
    assert without.exit_code == 1
    assert without.stderr.startswith("command.group_needed: ")
    other = text_file(tmp_path / "other.csv", ["g,x,y,z", "C,1,1,0"])
    assert run("score", other, "--params", fit, "--group", "g").stderr.startswith("command.group_not_calibrated: ")
    given = run("score", other, "--params", fit, "--group", "g", "--mean", "1", "--sd", "0.5", "--json", "-")
    assert json.loads(given.stdout)["populations"][0]["mean"] == pytest.approx(1.0)


def test_columns_without_parameters_are_left_aside_and_named(lsat7: tuple[Path, Path, Path], tmp_path: Path) -> None:
    lines = ["Item_1,Item_2,new,Item_3,Item_4,Item_5", "1,1,5,1,1,0"]
    done = run("score", text_file(tmp_path / "r.csv", lines), "--params", lsat7[1], "--json", "-", "--lang", "en")
    document = json.loads(done.stdout)
    assert document["items_without_parameters"] == ["new"]
    assert document["candidates"][0]["theta"] == pytest.approx(0.2821, abs=1e-3)
    assert "1 columns without parameters were left aside: new" in done.stderr


def test_a_score_that_an_item_does_not_have_is_refused_at_its_row(
    lsat7: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    lines = ["Item_1,Item_2,Item_3,Item_4,Item_5", "1,1,1,1,0", "1,1,2,1,0"]
    refused = run("score", text_file(tmp_path / "r.csv", lines), "--params", lsat7[1], "--lang", "en")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("command.score_without_category: Row 3, item Item_3: the score 2")


@pytest.mark.parametrize("method", ["EAP", "eapsum"])
def test_a_method_that_is_not_there_is_refused_and_others_are_found_in_any_case(
    method: str, lsat7: tuple[Path, Path, Path]
) -> None:
    assert run("score", lsat7[0], "--params", lsat7[1], "--method", method).exit_code == 0
    refused = run("score", lsat7[0], "--params", lsat7[1], "--method", "ability")
    assert refused.stderr.startswith("command.bad_choice: ")


def form_file(path: Path, table: FloatArray, prefix: str) -> Path:
    rows = [
        f"{f'common_{j + 1}' if j % 3 == 2 else f'{prefix}_{j + 1}'},{a},{b},{c}"
        for j, (a, b, c) in enumerate(table.tolist())
    ]
    return text_file(path, ["name,a,b,c", *rows])


# R package plink 1.5-1 with 40 equally weighted points on [-4, 4].
@pytest.mark.parametrize(
    ("arguments", "slope", "intercept"),
    [
        (["--method", "mm"], 1.217266, -0.557155),
        (["--method", "ms"], 1.168892, -0.515543),
        (["--method", "haebara"], 1.092919, -0.457488),
        (["--method", "SL"], 1.101547, -0.476496),
        (["--method", "sl", "--symmetric"], 1.099928, -0.474275),
    ],
)
def test_the_forms_of_kolen_and_brennan_are_linked_as_published(
    arguments: list[str], slope: float, intercept: float, tmp_path: Path
) -> None:
    new, old = form_file(tmp_path / "x.csv", FORM_X, "x"), form_file(tmp_path / "y.csv", FORM_Y, "y")
    done = run("link", new, old, "--scaling", "1.7", "--weights", "uniform", "--points", "40",
               "--params", tmp_path / "moved.csv", "--json", "-", *arguments)  # fmt: skip
    document = json.loads(done.stdout)
    assert document["slope"] == pytest.approx(slope, abs=1e-5)
    assert document["intercept"] == pytest.approx(intercept, abs=1e-5)
    assert len(document["anchors"]) == len(document["drift"]) == len(COMMON)
    rows = list(csv.DictReader((tmp_path / "moved.csv").read_text(encoding="utf-8").splitlines()))
    expected = document["slope"] * form_x().b[:, 0] + document["intercept"]
    assert [float(row["b"]) for row in rows] == pytest.approx(expected, abs=1e-9)


def test_drifted_anchors_are_left_out_and_said(tmp_path: Path) -> None:
    new, old = form_file(tmp_path / "x.csv", FORM_X, "x"), form_file(tmp_path / "y.csv", FORM_Y, "y")
    done = run("link", new, old, "--scaling", "1.7", "--purify", "--lang", "en", "--json", tmp_path / "l.json")
    document = json.loads((tmp_path / "l.json").read_text(encoding="utf-8"))
    assert document["dropped"]
    for item in document["dropped"]:
        [line] = [line for line in done.stdout.splitlines() if line.startswith(item["name"] + " ")]
        assert line.endswith("drifted, left out")
    assert len(document["anchors"]) + len(document["dropped"]) == len(COMMON)


def test_anchors_can_be_named_and_paired(tmp_path: Path) -> None:
    new = text_file(tmp_path / "new.csv", ["name,a,b", "n1,1,0", "n2,1.2,1", "n3,0.8,-1"])
    old = text_file(tmp_path / "old.csv", ["name,a,b", "o1,1,0.5", "o2,1.2,1.5", "o3,0.8,-0.5"])
    pairs = text_file(tmp_path / "pairs.csv", ["new,old", "n1,o1", "n2,o2", "n3,o3"])
    document = json.loads(run("link", new, old, "--anchors", pairs, "--method", "mm", "--json", "-").stdout)
    assert (document["slope"], document["intercept"]) == pytest.approx((1.0, 0.5))
    refused = run("link", new, old)
    assert (refused.exit_code, refused.stderr.split(":")[0]) == (1, "linking.too_few_anchors")


@pytest.fixture(scope="module")
def with_dif(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the simulated test with known differential functioning as a file."""
    scores = simulated_responses().scores
    rows = [f"{group},{','.join(map(str, row))}" for group, row in zip(GROUPS, scores.tolist(), strict=True)]
    return text_file(tmp_path_factory.mktemp("dif") / "dif.csv", ["group," + ",".join(ITEMS), *rows])


def statistics(path: Path, *arguments: object) -> dict[str, float | None]:
    done = run("dif", path, "--group", "group", "--reference", "R", "--focal", "F", "--json", "-", *arguments)
    assert done.exit_code == 0, done.stderr
    return {item["item"]: item["statistic"] for item in json.loads(done.stdout)["items"]}


def test_mantel_haenszel_and_logistic_regression_are_those_of_another_program(with_dif: Path) -> None:
    assert list(statistics(with_dif).values()) == pytest.approx(MANTEL_HAENSZEL, abs=1e-4)
    assert list(statistics(with_dif, "--method", "logistic").values()) == pytest.approx(LOGISTIC_BOTH, abs=1e-4)


def test_sibtest_and_wald_are_those_of_another_program(with_dif: Path) -> None:
    found = statistics(with_dif, "--method", "SIBTEST")
    assert found["Item_11"] == pytest.approx(SIBTEST["Item_11"][2], abs=1e-4)
    anchored = statistics(with_dif, "--method", "wald", "--anchors", ",".join(DIF_ANCHORS))
    assert anchored["Item_11"] == pytest.approx(WALD_ANCHORED["Item_11"], rel=0.02)


@pytest.mark.parametrize("method", ["mantel", "standardization", "breslow-day", "crossing-sibtest", "lord", "raju"])
def test_every_method_finds_the_item_with_large_dif(method: str, with_dif: Path) -> None:
    document = json.loads(
        run(
            "dif", with_dif, "--group", "group", "--reference", "R", "--focal", "F", "--method", method, "--json", "-"
        ).stdout
    )
    p = {item["item"]: item["p"] for item in document["items"]}
    # Item 17 differs in slope, which is what the Breslow–Day test looks for; item 11 in difficulty.
    assert p["Item_17" if method == "breslow-day" else "Item_11"] < 0.01
    assert (document["reference"], document["focal"]) == ("R", "F")


def test_the_likelihood_ratio_tests_items_that_are_no_anchors(with_dif: Path) -> None:
    anchors = [name for name in ITEMS if name != "Item_11"]
    found = statistics(with_dif, "--method", "lrt", "--anchors", ",".join(anchors))
    tested = {name: value for name, value in found.items() if value is not None}
    # To add the item to anchors that are all others and to drop it from them is the same comparison.
    assert tested == pytest.approx({"Item_11": LIKELIHOOD_RATIO_ALL_OTHERS["Item_11"]}, abs=1e-2)


def test_the_table_of_dif_names_class_and_direction(with_dif: Path) -> None:
    done = run("dif", with_dif, "--group", "group", "--reference", "R", "--focal", "F", "--purify", "--lang", "en")
    [row] = [line for line in done.stdout.splitlines() if line.startswith("Item_11 ")]
    assert row.split()[-2:] == ["C", "reference"]
    assert "anchors purified until they settled" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--reference", "R", "--focal", "X"], "dif.group_empty"),
        (["--reference", "R", "--focal", "R"], "dif.same_group"),
        (["--reference", "R", "--focal", "F", "--method", "chi"], "command.bad_choice"),
        (["--reference", "R", "--focal", "X", "--method", "lord"], "command.nobody_in_group"),
        (["--reference", "R", "--focal", "F", "--method", "wald", "--purify"], "command.wald_purify"),
        (["--reference", "R", "--focal", "F", "--anchors", "Item_99"], "dif.unknown_item"),
    ],
)
def test_dif_that_cannot_be_tested_is_refused(arguments: list[str], code: str, with_dif: Path) -> None:
    refused = run("dif", with_dif, "--group", "group", *arguments)
    assert (refused.exit_code, refused.stderr.split(": ")[0]) == (1, code)


def test_fit_is_that_of_another_program(lsat7: tuple[Path, Path, Path]) -> None:
    for parameters in lsat7[1:]:
        document = json.loads(run("fit", lsat7[0], "--params", parameters, "--json", "-").stdout)
        # R package mirt 1.45.1, itemfit() and M2() of the 2PL fit of LSAT 7.
        found = [item["statistic"] for item in document["s_x2"]["items"]]
        assert found == pytest.approx([4.7505, 14.4535, 1.2727, 5.2365, 0.9409], abs=1e-3)
        assert (document["m2"]["statistic"], document["m2"]["df"]) == (pytest.approx(11.9384, abs=1e-3), 5)
        assert document["m2"]["rmsea"] == pytest.approx(0.03727, abs=1e-4)
        assert document["refused"] == {}


def test_known_parameters_cost_no_degrees_of_freedom(lsat7: tuple[Path, Path, Path]) -> None:
    estimated = json.loads(run("fit", lsat7[0], "--params", lsat7[1], "--json", "-").stdout)
    known = json.loads(run("fit", lsat7[0], "--params", lsat7[1], "--known", "--json", "-").stdout)
    gained = [b["df"] - a["df"] for a, b in zip(estimated["s_x2"]["items"], known["s_x2"]["items"], strict=True)]
    assert gained == [2.0] * 5
    assert known["m2"]["df"] == estimated["m2"]["df"] + 10


def test_a_statistic_that_the_data_do_not_allow_is_named_with_its_reason(
    lsat7: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    few = text_file(tmp_path / "few.csv", lsat7[0].read_text(encoding="utf-8").splitlines()[:40])
    done = run("fit", few, "--params", lsat7[1], "--json", tmp_path / "f.json", "--lang", "en")
    document = json.loads((tmp_path / "f.json").read_text(encoding="utf-8"))
    assert document["s_x2"] is None
    assert document["refused"]["s_x2"] == "fit.too_few_candidates"
    assert "Not computed: S-X², because too few candidates were shown the same items." in done.stdout


def test_fit_says_how_good_it_is_in_both_languages(lsat7: tuple[Path, Path, Path]) -> None:
    assert "the model fits well" in run("fit", lsat7[0], "--params", lsat7[1], "--lang", "en").stdout
    assert "mô hình khớp tốt" in run("fit", lsat7[0], "--params", lsat7[1]).stdout
