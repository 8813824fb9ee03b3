"""What the tutorial shows is what happens."""

import pytest
from conftest import ROOT
from transcripts import compared, run, steps

PAGES = ("sample_registry/README.md",)


@pytest.mark.parametrize("page", PAGES)
def test_every_command_prints_what_the_page_shows(page, tmp_path):
    for step in steps((ROOT / page).read_text()):
        printed, shown = compared(step, run(step, tmp_path))
        assert printed == shown, step.command
