"""Fresh pools and instances, and the runner for personal forms."""

from pathlib import Path

import numpy as np

from benchmarks.assembly.instances import instance_ids, read_instance, read_pool
from benchmarks.assembly.loft import banded_specification
from benchmarks.assembly.pool_instances import P300
from benchmarks.assembly.pools import write_folder, write_pool
from exam_engine.psychometrics.assembly import Information


def test_a_folder_reads_back_with_all_its_instances(tmp_path: Path) -> None:
    write_folder(tmp_path, 3, with_hard=False)
    ids = instance_ids(tmp_path)
    assert len(ids) == 17
    sizes = {read_instance(tmp_path, name).pool_name: len(read_instance(tmp_path, name).pool.item_ids) for name in ids}
    assert sizes == {"P300": 300, "P1000": 1000, "P5000": 5000}
    loft = banded_specification(read_instance(tmp_path, "c1000_P5000"))
    bands = [row for row in loft.ranges if isinstance(row.measure, Information)]
    assert [round(row.maximum / row.minimum, 4) for row in bands] == [round(1.05 / 0.95, 4)] * 3


def test_a_seed_decides_the_pool(tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        (tmp_path / name).mkdir()
        write_pool(tmp_path / name, P300, seed)
    one, again, other = (read_pool(tmp_path / name, "P300").parameters.a for name in ("one", "again", "other"))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_stimuli_and_enemies_stay_within_a_module(tmp_path: Path) -> None:
    write_pool(tmp_path, P300, 5)
    pool = read_pool(tmp_path, "P300")
    module = dict(zip(pool.item_ids, pool.attributes["module"], strict=True))
    sets = [
        {module[item] for item, own in zip(pool.item_ids, pool.stimuli, strict=True) if own == stimulus}
        for stimulus in pool.stimulus_ids
    ]
    sets += [{module[item] for item in enemies} for enemies in pool.enemies]
    assert len(sets) == P300.n_stimuli + P300.n_enemy_sets
    assert all(len(modules) == 1 for modules in sets)
