"""``python -m item_bank.sample --out DIR`` writes the sample workbook, package, enemies and simulated pilot."""

from pathlib import Path
from typing import Annotated

import typer

from item_bank.sample.bank import write_sample_workbook
from item_bank.sample.package import write_sample_enemies, write_sample_package
from item_bank.sample.pilot import SEED, simulate_pilot, write_pilot


def main(
    out: Annotated[Path, typer.Option(help="Folder to write to; made when it is not there.")],
    seed: Annotated[int, typer.Option(help="Seed of the simulated pilot.")] = SEED,
) -> None:
    """Write the sample bank, simulated answers to it and the parameters they were drawn from."""
    out.mkdir(parents=True, exist_ok=True)
    write_sample_workbook(out / "cau-hoi-mau.xlsx")
    write_sample_package(out / "mo-dun-nang-cao-mau.zip")
    write_sample_enemies(out / "cau-loai-tru-nhau-mau.csv")
    write_pilot(simulate_pilot(seed), out / "thi-thu-mo-phong.csv", out / "tham-so-that-mo-phong.csv")
    for path in sorted(out.iterdir()):
        typer.echo(f"{path}  {path.stat().st_size} bytes")


if __name__ == "__main__":
    typer.run(main)
