"""What the tutorial shows is what happens."""

from datetime import date

import pytest
from conftest import ROOT
from transcripts import WRITTEN_ON, run, steps, undated

PAGES = ("sample_registry/README.md",)


@pytest.mark.parametrize("page", PAGES)
def test_every_command_prints_what_the_page_shows(page, tmp_path):
    for step in steps((ROOT / page).read_text()):
        assert undated(run(step.command, tmp_path), date.today()) == undated(step.output, WRITTEN_ON), step.command
