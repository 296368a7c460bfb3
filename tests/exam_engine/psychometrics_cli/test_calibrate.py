import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from exam_engine.psychometrics.calibration import CalibrationResult, Prior, Priors, calibrate
from exam_engine.psychometrics_cli.calibrate import priors_of
from exam_engine.psychometrics_cli.errors import CommandError
from exam_engine.psychometrics_cli.parameter_files import read_parameters
from tests.exam_engine.psychometrics import published
from tests.exam_engine.psychometrics_cli.files import lsat_file, run, text_file, two_groups_file


@pytest.fixture(scope="module")
def lsat6(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of LSAT 6."""
    return lsat_file(tmp_path_factory.mktemp("data") / "lsat6.csv")


def test_the_published_fit_is_in_the_json_and_in_the_summary(lsat6: Path, tmp_path: Path) -> None:
    done = run("calibrate", lsat6, "--model", "2pl", "--json", tmp_path / "fit.json", "--lang", "en")
    assert done.exit_code == 0
    assert done.stderr == ""
    assert "log-likelihood: -2466.6534" in done.stdout
    assert "AIC: 4953.3068; BIC: 5002.3843" in done.stdout
    assert "converged: yes" in done.stdout
    stored = json.loads((tmp_path / "fit.json").read_text(encoding="utf-8"))
    assert stored["log_likelihood"] == pytest.approx(published.LSAT6_LOG_LIKELIHOOD, abs=1e-4)
    assert stored["converged"] is True
    items = stored["items"]
    assert [item["a"] for item in items] == pytest.approx(published.LSAT6_A, abs=1e-3)
    assert [item["b"] for item in items] == pytest.approx(published.LSAT6_B, abs=1e-3)
    assert [item["se_a"] for item in items] == pytest.approx(published.LSAT6_SE_A, rel=0.01)
    assert [item["se_b"] for item in items] == pytest.approx(published.LSAT6_SE_B, rel=0.01)
    assert (stored["groups"][0]["mean"], stored["groups"][0]["variance"]) == (0.0, 1.0)
    assert stored["certificate"]["max_gradient"] < 1e-2
    assert stored["seconds"] > 0.0


@pytest.mark.parametrize(("language", "word"), [("vi", "log-hợp lý: -2466.9376"), ("en", "log-likelihood: -2466.9376")])
def test_model_names_are_understood_in_any_case(language: str, word: str, lsat6: Path) -> None:
    for name in ("1pl", "1PL", "Rasch", "RASCH"):
        assert word in run("calibrate", lsat6, "--model", name, "--se", "none", "--lang", language).stdout


def test_json_alone_goes_to_standard_output_and_words_to_the_other(lsat6: Path) -> None:
    done = run("calibrate", lsat6, "--model", "1pl", "--json", "-")
    stored = json.loads(done.stdout)
    assert stored["log_likelihood"] == pytest.approx(published.LSAT6_1PL_LOG_LIKELIHOOD, abs=1e-4)
    assert "hội tụ: có" in done.stderr
    assert CalibrationResult.from_dict(stored).items.a == pytest.approx(published.LSAT6_1PL_A, abs=1e-3)


def test_the_json_is_what_the_library_stores(lsat6: Path, tmp_path: Path) -> None:
    run("calibrate", lsat6, "--json", tmp_path / "fit.json")
    loaded = CalibrationResult.load(tmp_path / "fit.json")
    direct = calibrate(published.expanded_responses(published.LSAT6_PATTERNS))
    assert loaded.log_likelihood == pytest.approx(direct.log_likelihood, abs=1e-9)
    assert loaded.to_dict().keys() == direct.to_dict().keys()


def test_patterns_with_a_weight_column_are_as_good_as_candidates(tmp_path: Path) -> None:
    lines = ["n,a,b,c,d,e", *(f"{count},{','.join(p)}" for p, count in published.LSAT6_PATTERNS.items())]
    done = run("calibrate", text_file(tmp_path / "p.csv", lines), "--weight", "n", "--lang", "en")
    assert "5 items, 1000 candidates" in done.stdout
    assert "log-likelihood: -2466.6534" in done.stdout


def test_parquet_gives_the_fit_of_the_csv(tmp_path: Path) -> None:
    scores = published.expanded_responses(published.LSAT6_PATTERNS).scores
    pq.write_table(pa.table({f"i{j}": scores[:, j] for j in range(5)}), tmp_path / "r.parquet")
    done = run("calibrate", tmp_path / "r.parquet", "--lang", "en")
    assert "log-likelihood: -2466.6534" in done.stdout


def test_groups_have_means_of_their_own_on_the_scale_of_the_reference(tmp_path: Path) -> None:
    responses = two_groups_file(tmp_path / "g.csv")
    means = {}
    for reference in ("A", "B"):
        target = tmp_path / f"{reference}.json"
        done = run("calibrate", responses, "--model", "rasch", "--group", "nhóm", "--reference", reference,
                   "--json", target)  # fmt: skip
        assert done.exit_code == 0
        groups = json.loads(target.read_text(encoding="utf-8"))["groups"]
        assert (groups[0]["name"], groups[0]["mean"]) == (reference, 0.0)
        means[reference] = groups[1]["mean"]
        # Three items tell the means apart to about 0.1 logits.
        assert abs(abs(groups[1]["mean"]) - 1.0) < 0.3
    assert means["A"] == pytest.approx(-means["B"], abs=1e-3)


def test_fixed_items_keep_their_parameters(lsat6: Path, tmp_path: Path) -> None:
    anchors = text_file(tmp_path / "anchors.csv", ["name,a,b", "Item_1,0.8,-3.0", "Item_3,0.9,0.2"])
    run("calibrate", lsat6, "--fixed", anchors, "--params", tmp_path / "p.csv")
    found = read_parameters(tmp_path / "p.csv").items
    held = found.select(["Item_1", "Item_3"])
    assert held.a.tolist() == [0.8, 0.9]
    assert held.b[:, 0] == pytest.approx([-3.0, 0.2])


def test_items_can_have_models_of_their_own(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    theta = rng.normal(size=600)
    steps = (theta[:, None] + rng.logistic(size=(600, 3)) > np.array([-0.5, 0.0, 0.5])).astype(int)
    essay = (theta + rng.logistic(size=600) > 0).astype(int) + (theta + rng.logistic(size=600) > 1).astype(int)
    lines = ["x,y,z,essay", *(",".join(map(str, row)) for row in np.column_stack([steps, essay]))]
    models = text_file(tmp_path / "m.csv", ["item,model", "essay,GPCM"])
    responses = text_file(tmp_path / "r.csv", lines)
    run("calibrate", responses, "--item-models", models, "--params", tmp_path / "p.csv")
    assert read_parameters(tmp_path / "p.csv").items.models == ("2PL", "2PL", "2PL", "GPCM")
    refused = run("calibrate", responses, "--lang", "en")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("calibration.model_does_not_fit: ")
    assert "'essay' has 3 score categories" in refused.stderr


def test_what_was_left_out_and_what_is_doubtful_is_said(lsat6: Path, tmp_path: Path) -> None:
    lines = lsat6.read_text(encoding="utf-8").splitlines()
    longer = text_file(tmp_path / "r.csv", [lines[0] + ",easy", *(f"{line},1" for line in lines[1:]), ",,,,,"])
    done = run("calibrate", longer, "--lang", "en")
    assert "easy: everybody was right" in done.stdout
    assert "1 candidates have no response" in done.stdout
    assert "log-likelihood: -2466.6534" in done.stdout


def test_priors_are_read_in_the_words_of_the_field() -> None:
    assert priors_of(["c=beta(5, 17)", "a = LogNormal(0, 0.5)"]) == Priors(
        lower=Prior("beta", 5.0, 17.0), slope=Prior("lognormal", 0.0, 0.5)
    )
    for texts in (["c"], ["g=beta(5,17)"], ["c=beta(5,17)", "c=beta(2,2)"]):
        with pytest.raises(CommandError):
            priors_of(texts)
    with pytest.raises(ValueError, match="does not fit"):
        priors_of(["a=beta(5,17)"])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--model", "5pl"], "command.unknown_model"),
        (["--prior", "c:beta"], "command.bad_prior"),
        (["--prior", "c=beta(5;17)"], "command.bad_option"),
        (["--density", "gamma"], "command.bad_choice"),
        (["--se", "bootstrap"], "command.bad_choice"),
        (["--group", "nhóm"], "command.unknown_column"),
        (["--reference", "A"], "calibration.unknown_group"),
        (["--fixed", "nowhere.csv"], "command.file"),
        (["--json", "/nowhere/at/all.json"], "command.file"),
    ],
)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_cannot_be_done_is_said_with_a_code_and_an_exit_status(
    arguments: list[str], code: str, language: str, lsat6: Path
) -> None:
    refused = run("calibrate", lsat6, "--se", "none", *arguments, "--lang", language)
    assert refused.exit_code == 1
    assert refused.stdout == ""
    assert refused.stderr.startswith(f"{code}: ")
    assert "Traceback" not in refused.output
    assert "{" not in refused.stderr


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["x,y,z", "1,1,1", "1,1,1"], "calibration.no_responses"),
        (["x,y,z", "1,0,1", "0,1,0"], "calibration.too_few_candidates"),
        (["x,y", *["1,0", "0,1", "1,1", "0,0"] * 10], "calibration.too_few_items"),
        (["x,y,z", "1,0,một"], "command.bad_cell"),
    ],
)
def test_responses_that_cannot_be_calibrated_are_refused(lines: list[str], code: str, tmp_path: Path) -> None:
    refused = run("calibrate", text_file(tmp_path / "r.csv", lines))
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.startswith(f"{code}: ")


def test_a_refused_fit_leaves_no_file(tmp_path: Path) -> None:
    responses = text_file(tmp_path / "r.csv", ["x,y,z", "1,0,1", "0,1,0"])
    run("calibrate", responses, "--json", tmp_path / "fit.json", "--report", tmp_path / "fit.html")
    assert [path.name for path in tmp_path.iterdir()] == ["r.csv"]
