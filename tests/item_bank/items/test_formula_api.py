"""Formulas shown while they are typed."""

import pytest

from tests.conftest import ClientFactory

HALF = (
    '<math{}><semantics><mrow><mfrac><mn>1</mn><mn>2</mn></mfrac></mrow><annotation encoding="application/x-tex">'
    "\\frac12</annotation></semantics></math>"
)


@pytest.mark.parametrize(("body", "attributes"), [({}, ""), ({"display": True}, ' display="block"')])
async def test_an_author_sees_the_formula_as_candidates_will(
    body: dict[str, bool], attributes: str, client_for: ClientFactory
) -> None:
    author = await client_for("item_author")
    response = await author.post("/api/items/formulas", json={"latex": r"\frac12", **body})
    assert response.status_code == 200
    assert response.json() == {"mathml": HALF.format(attributes)}


async def test_a_fault_names_its_place_in_the_language_of_the_reader(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    response = await author.post("/api/items/formulas", json={"latex": r"a+\fooo"}, headers={"accept-language": "en"})
    problem = response.json()
    assert (response.status_code, problem["code"]) == (422, "latex_fault")
    (fault,) = problem["errors"]
    assert (fault["code"], fault["place"]) == ("latex_command_unknown", "3")
    assert r"\fooo" in fault["message"]
    assert fault["fix"]


@pytest.mark.parametrize(("length", "code"), [(2001, "latex_fault"), (20_001, "invalid_request")])
async def test_too_long_formulas_are_refused(length: int, code: str, client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    response = await author.post("/api/items/formulas", json={"latex": "x" * length})
    assert (response.status_code, response.json()["code"]) == (422, code)
