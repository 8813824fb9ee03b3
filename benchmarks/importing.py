"""What importing a register costs, beside a straight script that reads it, builds the same records and writes them.

python benchmarks/importing.py ../shared/data/faa_repair_stations.csv
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from ruamel.yaml import YAML

ROOT = Path(__file__).parent.parent
CAPREG = Path(sys.executable).with_name("capreg")
MAPPING = ROOT / "examples" / "repair_stations.yaml"
ROUNDS = 3
# No check, no notes, no lock, no history: the least that makes the same records.
STRAIGHT = """
import csv, json, os, sys
import orjson
rows, folder, words = sys.argv[1:]
words = json.loads(words)
from datetime import datetime
def day(text):
    try:
        return datetime.strptime(text, "%d-%b-%Y").date().isoformat()
    except ValueError:
        return None
def slug(*texts):
    return "-".join("".join(c if c.isalnum() else " " for text in texts for c in text + " ").lower().split())[:64]
seen = {}
with open(rows, newline="") as file:
    for row in csv.DictReader(file):
        row = {key: value.strip() for key, value in row.items()}
        key = tuple(row[one].casefold() for one in ("Name", "AddressLine1", "City", "State"))
        standards = [{"standard": "faa-part-145", "issuer": "Federal Aviation Administration", "number": row["CertificateNumber"],
                      "issued_on": day(row["Original_Issue_Date"])}]
        if row["EASA_Certificate_Number"]:
            standards.append({"standard": "easa-part-145", "issuer": "European Union Aviation Safety Agency",
                              "number": row["EASA_Certificate_Number"], "valid_until": day(row["EASA_Expiration_Date"])})
        if key in seen:
            seen[key]["certificates"] += standards
            continue
        seen[key] = {
            "kind": "firm", "id": slug(row["Name"], row["DesignatorCode"]), "name": row["Name"],
            "identifiers": [{"scheme": "FAA designator", "id": row["DesignatorCode"]}],
            "sites": [{"id": "main", "address": {
                "street": ", ".join(row[one] for one in ("AddressLine1", "AddressLine2", "AddressLine3") if row[one]),
                "postal_code": row["ZipCode"], "locality": row["City"], "region": row["State"], "country": "US"},
                "position": {"latitude": float(row["lat"] or 0), "longitude": float(row["long"] or 0)}}],
            "people": {"total": int(float(row["Total_Employees"] or 0)), "skills": [
                {"skill": skill, "count": int(float(row[column] or 0))} for skill, column in (
                    ("certificated-mechanic", "Certificated_Mechanics"), ("certificated-repairman", "Repairmen"),
                    ("non-certificated-technician", "Non_Certificated"))]},
            "capabilities": [{"id": word, "process": word} for column, word in words.items() if row[column] == "Y"],
            "certificates": standards,
        }
os.makedirs(folder)
for record in seen.values():
    with open(os.path.join(folder, record["id"] + ".json"), "wb") as file:
        file.write(orjson.dumps(record, option=orjson.OPT_INDENT_2))
print(len(seen))
"""


def seconds(command: list) -> float:
    """Return how long a command takes, in seconds of the clock."""
    began = perf_counter()
    subprocess.run(list(map(str, command)), check=True, capture_output=True)
    return perf_counter() - began


def main(register: Path) -> None:
    """Time both in turn, and print the medians and their ratio."""
    words = json.dumps(YAML(typ="safe").load(MAPPING)["record"]["capabilities"][0]["each"])
    times: dict[str, list[float]] = {"straight": [], "import": [], "again": []}
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            registry = Path(folder) / "registry"
            subprocess.run([CAPREG, "init", registry], check=True, capture_output=True)
            importing = [
                CAPREG,
                "-R",
                registry,
                "import",
                register,
                "--mapping",
                MAPPING,
                "-o",
                Path(folder) / "report.csv",
            ]
            times["straight"].append(seconds([sys.executable, "-c", STRAIGHT, register, Path(folder) / "plain", words]))
            os.sync()
            times["import"].append(seconds(importing))
            times["again"].append(seconds(importing))
    taken = {name: median(values) for name, values in times.items()}
    ratios = {f"{name} / straight": round(taken[name] / taken["straight"], 2) for name in ("import", "again")}
    print(
        json.dumps(
            {name: round(value, 2) for name, value in taken.items()} | ratios | {"cores": os.cpu_count()}, indent=2
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
