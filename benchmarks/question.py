"""The one question that everything measured answers, as capreg is asked it and as others are."""

import json
from dataclasses import asdict, dataclass
from math import asin, cos, degrees, radians, sin

EARTH_RADIUS_KM = 6371.0088


@dataclass(frozen=True)
class Question:
    """A capability (process, material, tolerance), a certificate, the size of the firm, how near; the nearest first."""

    process: str = "milling"
    material: str = "aluminium"
    tolerance_mm: float = 0.05
    certificate: str = "iso-9001"
    least: int = 10
    most: int = 100
    place: str = "Bologna"
    latitude: float = 44.49381
    longitude: float = 11.33875
    radius_km: float = 100
    day: str = "2026-11-22"
    limit: int = 20

    @property
    def capreg(self) -> list[str]:
        """The arguments of `capreg search`."""
        return [
            f"process:{self.process}",
            f"material:{self.material}",
            f"tolerance:..{self.tolerance_mm}mm",
            f"certificate:{self.certificate}",
            f"employees:{self.least}..{self.most}",
            f"near:{self.place},{self.radius_km}km",
            *("--on", self.day, "--sort", "distance_km", "--limit", str(self.limit)),
        ]

    @property
    def json(self) -> str:
        """The question as JSON."""
        return json.dumps(asdict(self))

    @property
    def sql(self) -> str:
        """The question in SQL, to the tables that `prepare.py` makes; SQLite and DuckDB both understand it."""
        return SQL.format(**asdict(self), **self._box, diameter=2 * EARTH_RADIUS_KM)

    @property
    def jq(self) -> str:
        """The question as a program for jq that reads one firm a line; see `firms.ndjson` in `prepare.py`."""
        return JQ % {**asdict(self), "diameter": 2 * EARTH_RADIUS_KM}

    @property
    def _box(self) -> dict[str, float]:
        """The degrees between which all lies that is near."""
        angle = self.radius_km / EARTH_RADIUS_KM
        upwards, sideways = degrees(angle), degrees(asin(sin(angle) / cos(radians(self.latitude))))
        return {
            "south": self.latitude - upwards,
            "north": self.latitude + upwards,
            "west": self.longitude - sideways,
            "east": self.longitude + sideways,
        }


SQL = """
SELECT id, name, locality, country, employees, process, distance_km FROM (
  SELECT found, min(km) AS distance_km FROM (
    SELECT site.firm AS found, {diameter} * asin(sqrt(
      pow(sin(radians(latitude - {latitude}) / 2), 2)
      + cos(radians({latitude})) * cos(radians(latitude)) * pow(sin(radians(longitude - {longitude}) / 2), 2))) AS km
    FROM offer JOIN site ON site.firm = offer.firm AND (offer.site IS NULL OR offer.site = site.site)
    WHERE process = (SELECT number FROM word WHERE word = '{process}')
      AND material = (SELECT number FROM word WHERE word = '{material}') AND tolerance_mm <= {tolerance_mm}
      AND latitude BETWEEN {south} AND {north} AND longitude BETWEEN {west} AND {east}
      AND employees BETWEEN {least} AND {most}
      AND EXISTS (SELECT 1 FROM certificate
        WHERE certificate.firm = site.firm AND standard = (SELECT number FROM word WHERE word = '{certificate}')
          AND until >= '{day}' AND (since IS NULL OR since <= '{day}')
          AND (certificate.site IS NULL OR certificate.site = site.site))
  ) AS sites WHERE km <= {radius_km} GROUP BY found
) AS near JOIN firm ON firm.number = near.found ORDER BY distance_km, id LIMIT {limit}
"""

JQ = """
def radians: . * 3.141592653589793 / 180;
def here($site): .site == null or .site == $site;
def km: %(diameter)s * ((((.latitude - %(latitude)s | radians) / 2 | sin | . * .)
  + (%(latitude)s | radians | cos) * (.latitude | radians | cos)
  * ((.longitude - %(longitude)s | radians) / 2 | sin | . * .)) | sqrt | asin);
def met($firm): .id as $site
  | any($firm.capabilities[]; (.tolerance_mm != null and .tolerance_mm <= %(tolerance_mm)s) and here($site)
      and (.processes | index("%(process)s")) and (.materials | index("%(material)s")))
    and any($firm.certificates[]; (.standards | index("%(certificate)s")) and here($site)
      and (.since // "") <= "%(day)s" and (.until // "") >= "%(day)s");
[inputs | select(.employees >= %(least)s and .employees <= %(most)s) | . as $firm
  | ([.sites[] | select(met($firm)) | km | select(. <= %(radius_km)s)] | min) as $distance
  | select($distance) | [.id, .name, .locality, .country, .employees, .process, $distance]]
| sort_by(.[6], .[0]) | .[:%(limit)s][] | @tsv
"""

QUESTION = Question()
