"""Time the page index.html in a headless Chromium: `python benchmarks/page.py [FIRMS]`, 10,000 unless given.

The registry is made under build/bench and used again. Times are medians of what the page takes from Enter to the last card.
"""

import gzip
import json
import shutil
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from browser import Browser  # noqa: E402
from generate import generate  # noqa: E402

from capreg.exchange.page import NAME, page_files  # noqa: E402
from capreg.index.catalogue import Catalogue  # noqa: E402

ROUNDS = 9
QUERIES = [
    "process:milling material:aluminium near:Bologna,100km",
    "certificate:iso-9001 ^process:milling employees:10..50",
    "hydraulic",
    "hydralic",
    '"printed metal parts"',
    "fresat*",
    "",
]
ENTER = """(() => {
  const started = performance.now();
  document.getElementById('form').requestSubmit();
  document.body.offsetHeight;
  return performance.now() - started;
})()"""


def _main() -> None:
    firms = int(sys.argv[1]) if sys.argv[1:] else 10_000
    registry = ROOT / "build" / "bench" / str(firms)
    if not registry.exists():
        draft = registry.parent / "draft" / str(firms)
        shutil.rmtree(draft, ignore_errors=True)
        generate(draft, firms)
        draft.rename(registry)
    catalogue = Catalogue(str(registry))
    catalogue.current(thorough=False)
    started = perf_counter()
    content = page_files(catalogue, "en")[NAME]
    print(
        f"made in {perf_counter() - started:.1f} s; {len(content) / 1e6:.1f} MB, {len(gzip.compress(content)) / 1e6:.1f} MB packed"
    )
    with TemporaryDirectory() as folder:
        path = Path(folder, NAME)
        path.write_bytes(content)
        _time(path, Path(folder, "browser"))


def _time(path: Path, profile: Path) -> None:
    browser = Browser(profile)
    started = perf_counter()
    browser.open(path)
    print(
        f"opened in {perf_counter() - started:.2f} s\n\n| query | hits | first, ms | median, ms | of it the search |\n| --- | --: | --: | --: | --: |"
    )
    browser.value("new Promise(done => setTimeout(done, 1500))")
    for query in QUERIES:
        browser.value(f"document.getElementById('query').value = {json.dumps(query)}; 1")
        times, searches = [], []
        for _ in range(ROUNDS):
            times.append(browser.value(ENTER))
            searches.append(int(browser.value("document.querySelector('#count .quiet').textContent.match(/\\d+/)[0]")))
        hits = browser.value("document.querySelector('#count b').textContent.split(' ')[0]")
        print(f"| `{query}` | {hits} | {times[0]:.0f} | {median(times):.0f} | {median(searches):.0f} |")
    browser.close()


if __name__ == "__main__":
    _main()
