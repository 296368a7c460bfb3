"""The tree against the published vectors of Certificate Transparency, and proofs against the tree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.sitting_log.merkle import MerkleTree, audit_path, leaf_hash, root_by_path, root_of

# Inputs and roots of merkletree/merkle_tree_test.cc in the reference implementation of RFC 6962.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
A = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
B = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
PATHS = (
    (
        1,
        8,
        (
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            A,
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ),
    ),
    (6, 8, (B, "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0", ROOTS[3])),
    (3, 3, (ROOTS[1],)),
    (2, 5, (ROOTS[0], A, B)),
    (1, 1, ()),
)


def test_the_empty_tree_is_the_hash_of_nothing() -> None:
    assert root_of([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_reference(size: int) -> None:
    assert root_of(LEAVES[:size]).hex() == ROOTS[size - 1]


@pytest.mark.parametrize(("leaf", "size", "path"), PATHS)
def test_paths_are_those_of_the_reference(leaf: int, size: int, path: tuple[str, ...]) -> None:
    hashes = [leaf_hash(content) for content in LEAVES[:size]]
    assert [node.hex() for node in audit_path(hashes, leaf - 1)] == list(path)


@given(st.integers(1, 70), st.data())
def test_every_leaf_is_proven_by_its_path_and_no_other(size: int, data: st.DataObject) -> None:
    leaves = [bytes([n]) for n in range(size)]
    root = root_of(leaves)
    index = data.draw(st.integers(0, size - 1))
    path = audit_path([leaf_hash(leaf) for leaf in leaves], index)
    assert root_by_path(leaves[index], index, size, path) == root
    assert root_by_path(b"other", index, size, path) != root
    assert root_by_path(leaves[index], index, size, [*path, root]) != root
    assert root_by_path(leaves[index], size, size, path) is None
    if path:
        assert root_by_path(leaves[index], index, size, path[:-1]) != root
    elsewhere = data.draw(st.integers(0, size - 1))
    if elsewhere != index:
        assert root_by_path(leaves[index], elsewhere, size, path) != root


def test_a_growing_tree_gives_the_root_at_every_size() -> None:
    tree = MerkleTree()
    for size in range(1, 9):
        tree.add(LEAVES[size - 1])
        assert tree.root().hex() == ROOTS[size - 1]


def test_there_is_no_path_to_a_leaf_that_is_not_there() -> None:
    with pytest.raises(IndexError):
        audit_path([leaf_hash(b"")], 1)
