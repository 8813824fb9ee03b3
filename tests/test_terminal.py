"""What a person sees at a real terminal, and what a pipe gets."""

import os
import signal
import subprocess
import sys

import pexpect
import pytest

COMMAND = [sys.executable, "-m", "capreg"]
COLOR = "\x1b["


def at_terminal(*arguments, columns=80, **surroundings) -> pexpect.spawn:
    """Start capreg at a terminal of its own."""
    env = {**os.environ, "TERM": "xterm-256color", **surroundings}
    return pexpect.spawn(
        sys.executable,
        ["-m", "capreg", *map(str, arguments)],
        env=env,
        dimensions=(40, columns),
        timeout=20,
        encoding="utf-8",
    )


def seen(child: pexpect.spawn) -> str:
    child.expect(pexpect.EOF)
    return child.before


def piped(*arguments, **surroundings) -> subprocess.CompletedProcess:
    env = {**os.environ, **surroundings}
    return subprocess.run([*COMMAND, *map(str, arguments)], env=env, capture_output=True, text=True, check=False)


def test_a_terminal_gets_a_table_in_colour(sample):
    shown = seen(at_terminal("-R", sample, "search", "process:hard-anodising"))
    assert COLOR in shown and "leghe-reggiane" in shown


def test_a_pipe_gets_whole_values_without_colour(sample):
    done = piped("-R", sample, "search", "process:hard-anodising")
    assert done.stdout.splitlines()[0].split("\t")[:2] == ["id", "name"] and COLOR not in done.stdout


@pytest.mark.parametrize(
    ("options", "surroundings", "colored"),
    [
        ([], {}, False),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
    ],
)
def test_the_flag_wins_over_no_color_and_that_over_force_color(sample, options, surroundings, colored):
    done = piped("-R", sample, "search", "process:hard-anodising", "-O", "table", *options, **surroundings)
    assert (COLOR in done.stdout) == colored


@pytest.mark.parametrize("columns", [40, 80, 160])
def test_no_line_is_wider_than_the_terminal_and_nothing_is_cut(sample, columns):
    shown = seen(at_terminal("-R", sample, "search", "process:milling", "--color", "never", columns=columns))
    assert max(map(len, shown.splitlines())) <= columns
    assert "…" not in shown


def test_a_sale_is_asked_for_and_no_means_no(sample):
    piped("-R", sample, "client", "add", "nordwerk")
    child = at_terminal("-R", sample, "profile", "officine-savena", "--client", "nordwerk")
    child.expect_exact("= 54.90 EUR? [y/N]")
    child.sendline("n")
    assert "Nothing was charged." in seen(child)
    assert piped("-R", sample, "ledger", "-O", "ndjson").stdout == ""


def test_yes_sells_and_shows(sample):
    piped("-R", sample, "client", "add", "nordwerk")
    child = at_terminal("-R", sample, "profile", "officine-savena", "--client", "nordwerk")
    child.expect_exact("[y/N]")
    child.sendline("y")
    assert "Ledger entry 1" in seen(child)


def test_an_interrupt_at_the_question_is_exit_130_and_charges_nothing(sample):
    piped("-R", sample, "client", "add", "nordwerk")
    child = at_terminal("-R", sample, "profile", "officine-savena", "--client", "nordwerk")
    child.expect_exact("[y/N]")
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert piped("-R", sample, "ledger", "-O", "ndjson").stdout == ""


def test_a_closed_pipe_is_silent(sample):
    program = f"{sys.executable} -m capreg -R {sample} fields -O ndjson; echo done >&2"
    done = subprocess.run(["sh", "-c", f"({program}) | head -n 1"], capture_output=True, text=True, check=False)
    assert (done.stdout.count("\n"), done.stderr) == (1, "done\n")


def test_an_interrupted_search_says_so_in_one_line(sample):
    slow = "engine.match = lambda *_: (print('asked', flush=True), time.sleep(30))"
    program = (
        f"import sys, time, capreg.index.engine as engine\n{slow}\nfrom capreg.cli.main import main\nmain(sys.argv[1:])"
    )
    command = [sys.executable, "-c", program, "-R", str(sample), "search", "process:milling", "-q", "-O", "ndjson"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "asked\n"
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=10)[1].strip() == "capreg: interrupted"
    assert process.returncode == 130
