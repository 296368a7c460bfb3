"""Who approves, who withdraws, who publishes, and how two assemblies are held against each other."""

from typing import Any

import pytest
from fastapi import FastAPI

from tests.conftest import ClientFactory
from tests.item_bank.assembly.banks import (
    approve,
    assemble,
    codes,
    make_blueprint,
    plan,
    read,
    small_bank,
    store_items,
)


def allowed(view: dict[str, Any], act: str) -> bool:
    return next(bool(permit["is_allowed"]) for permit in view["permits"] if permit["act"] == act)


async def test_neither_who_started_nor_who_changed_the_forms_approves_them(
    app: FastAPI, client_for: ClientFactory
) -> None:
    starter, editor, third = [await client_for("board_member") for _ in range(3)]
    ids = await store_items(app, small_bank())
    view = await assemble(starter, await make_blueprint(starter, plan(closeness=None)))
    path = f"/api/assemblies/{view['id']}"
    assert [allowed(await read(client, view["id"]), "approve") for client in (starter, editor)] == [False, True]
    taken = {code for form in codes(view) for code in form}
    position = next(n for n, code in enumerate(codes(view)[0], start=1) if code.startswith("IU03-NB"))
    other = next(f"IU03-NB{number}" for number in range(1, 5) if f"IU03-NB{number}" not in taken)
    swapped = await editor.put(f"{path}/forms/1/items/{position}", json={"item_id": str(ids[other]), "revision": 0})
    assert swapped.status_code == 200, swapped.text
    # Taking the swap back does not make the editor a stranger to the forms.
    await editor.post(f"{path}/undo", json={"revision": 1})
    stale = await third.post(f"{path}/approval", json={"revision": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "assembly_stale")
    for client in (starter, editor):
        refused = await approve(client, path)
        assert (refused.status_code, refused.json()["code"]) == (409, "second_person_needed")
        assert not allowed(await read(client, view["id"]), "approve")
    assert (await approve(third, path)).json()["status"] == "approved"


async def test_an_approval_can_be_withdrawn_until_publication_and_only_then_can_forms_change(
    app: FastAPI, client_for: ClientFactory
) -> None:
    one, other = await client_for("board_member"), await client_for("board_member")
    ids = await store_items(app, small_bank())
    view = await assemble(one, await make_blueprint(one, plan()))
    path = f"/api/assemblies/{view['id']}"
    not_yet = await one.delete(f"{path}/approval")
    assert (not_yet.status_code, not_yet.json()["code"]) == (409, "assembly_not_approved")
    approved = (await approve(other, path)).json()
    assert (approved["approved_by"], allowed(approved, "edit"), allowed(approved, "publish")) == (
        "Người thử",
        False,
        True,
    )
    swap = {"item_id": str(ids[codes(view)[1][0]]), "revision": 0}
    refused = await one.put(f"{path}/forms/1/items/1", json=swap)
    assert (refused.status_code, refused.json()["code"]) == (409, "assembly_not_editable")
    withdrawn = (await one.delete(f"{path}/approval")).json()
    assert (withdrawn["status"], withdrawn["approved_by"]) == ("assembled", None)
    assert (await one.post(f"{path}/publication")).json()["code"] == "assembly_not_approved"
    await approve(other, path)
    assert (await one.post(f"{path}/publication")).status_code == 200
    late = await other.delete(f"{path}/approval")
    assert (late.status_code, late.json()["code"]) == (409, "assembly_not_approved")


async def test_every_act_is_in_the_record(app: FastAPI, client_for: ClientFactory) -> None:
    one, other, inspector = [await client_for(role) for role in ("board_member", "board_member", "inspector")]
    await store_items(app, small_bank())
    view = await assemble(one, await make_blueprint(one, plan()))
    path = f"/api/assemblies/{view['id']}"
    await one.put(f"{path}/locks", json={"places": [{"form_number": 1, "position": 1}], "is_locked": True})
    await approve(other, path)
    await other.delete(f"{path}/approval")
    await approve(other, path)
    await one.post(f"{path}/publication")
    entries = (await inspector.get("/api/audit", params={"action": "assembly.", "limit": 50})).json()["items"]
    assert [entry["action"] for entry in reversed(entries)] == [
        "assembly.started",
        "assembly.assembled",
        "assembly.items_locked",
        "assembly.approved",
        "assembly.approval_withdrawn",
        "assembly.approved",
        "assembly.published",
    ]


async def test_an_inspector_reads_everything_and_changes_nothing(app: FastAPI, client_for: ClientFactory) -> None:
    board, inspector = await client_for("board_member"), await client_for("inspector")
    await store_items(app, small_bank())
    view = await assemble(board, await make_blueprint(board, plan()))
    seen = await read(inspector, view["id"])
    assert codes(seen) == codes(view)
    assert not any(permit["is_allowed"] for permit in seen["permits"])
    refused = await approve(inspector, f"/api/assemblies/{view['id']}")
    assert refused.status_code == 403


async def test_two_assemblies_are_held_against_each_other(app: FastAPI, client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    await store_items(app, small_bank())
    blueprint = await make_blueprint(board, plan())
    one, other = await assemble(board, blueprint), await assemble(board, blueprint, form_count=3)
    path = f"/api/assemblies/{one['id']}/comparison"
    found = (await board.get(path, params={"other": other["id"]})).json()
    figures = {(row["code"], row["theta"]): (row["one"], row["other"]) for row in found["figures"]}
    assert figures["objective", None] == (pytest.approx(one["objective"]), pytest.approx(other["objective"]))
    lowest = [min(form["figures"]["information"][0] for form in view["forms"]) for view in (one, other)]
    assert figures["information_minimum", one["points"][0]] == tuple(pytest.approx(value) for value in lowest)
    members = [{code for form in codes(view) for code in form} for view in (one, other)]
    assert found["shared_items"] == len(members[0] & members[1])
    assert [len(found["one_information"]), len(found["other_information"])] == [2, 3]
    empty = await assemble(board, await make_blueprint(board, plan(3, name="Không đủ")))
    refused = await board.get(path, params={"other": empty["id"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "assembly_without_forms")


async def test_the_health_of_the_bank_says_how_many_forms_and_what_to_write(
    app: FastAPI, client_for: ClientFactory
) -> None:
    board = await client_for("board_member")
    await store_items(app, [item for item in small_bank() if not item.code.endswith("VD4")])
    blueprint = await make_blueprint(board, plan(2))
    path = f"/api/blueprints/{blueprint}/health"
    found = (await board.get(path, params={"forms_per_sitting": 1, "sittings": 3, "wanted_forms": 2})).json()
    # Three items VD of each module and two of them in a form: one form and a half.
    assert (found["forms_possible"], found["forms_bound"]) == (1, pytest.approx(1.5))
    assert {row["data"]["where"]["level"] for row in found["binding"]} == {"VD"}
    assert {(row["module_code"], row["cognitive_level"], row["items"]) for row in found["to_write"]} == {
        ("IU03", "VD", 1),
        ("IU04", "VD", 1),
    }
    assert [row["is_supplied"] for row in found["forecast"]] == [True, False, False]
    assert found["runs_dry_at_sitting"] == 2
    cell = {"module_code": "IU06", "cognitive_level": "NB", "minimum": 1, "maximum": 1}
    nothing = await make_blueprint(board, plan(name="Trống", form_length=1, cells=[cell]))
    empty = (await board.get(f"/api/blueprints/{nothing}/health")).json()
    assert (empty["forms_possible"], empty["runs_dry_at_sitting"]) == (0, 1)
