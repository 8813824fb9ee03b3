"""The entry point: runs a command, and turns every failure into sentences and an exit code."""

import os
import sys
from importlib import import_module

import click

import capreg
from capreg.cli import COMMANDS
from capreg.cli.options import grant_options, session_options
from capreg.cli.parsing import ShortNamesFirst
from capreg.errors import CapregError, ExitCode, UsageError, nearest
from capreg.interrupts import let_through
from capreg.model.text import plain


class LazyGroup(ShortNamesFirst, click.Group):
    """A group that loads a command's module only when the command runs; `--help` loads none."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the names of all commands, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, context: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by name, None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        module, _, function = COMMANDS[cmd_name][0].partition(":")
        command = getattr(import_module(module), function)
        let_through()
        return command

    def resolve_command(self, context: click.Context, args: list[str]):
        """Return the command that the arguments begin with; an unknown one names the nearest."""
        if args[0] not in COMMANDS:
            raise click.UsageError(
                f"unknown command '{args[0]}'. {nearest(args[0], COMMANDS)} See: capreg --help".replace("  ", " ")
            )
        return super().resolve_command(context, args)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands with their first lines, from the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(capreg.__version__, message="capreg %(version)s")
@grant_options
@session_options
@click.pass_context
def cli(context: click.Context) -> None:
    """capreg: a registry of firms' technical profiles, searched from a terminal.

    Make one with 'capreg init DIR --sample' and look around in it: 'capreg search process:milling'.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run capreg on the arguments of the command line, and exit with the code of what happened."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - it stays open until the process ends
    sys.exit(int(_run(sys.argv[1:] if arguments is None else list(arguments))))


def _run(arguments: list[str]) -> int:
    try:
        _refuse_other_encodings(arguments)
        # Not cli.main(): that one answers a closed pipe with exit code 1.
        with cli.make_context("capreg", list(arguments)) as context:
            cli.invoke(context)
        sys.stdout.flush()
        return ExitCode.DONE
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return ExitCode.USAGE
    except BrokenPipeError:
        return _closed_pipe()
    except (click.Abort, KeyboardInterrupt, EOFError):
        return _tell("interrupted", ExitCode.INTERRUPTED)
    except Exception as error:
        if "--debug" in arguments:
            sys.__excepthook__(*sys.exc_info())
        return _failed(error)


def _refuse_other_encodings(arguments: list[str]) -> None:
    """Raise UsageError for an argument that is not UTF-8, which Python hands over with lone surrogates."""
    for argument in arguments:
        if not argument.isprintable() and any("\ud800" <= character <= "\udfff" for character in argument):
            raise UsageError(f"the argument {argument!a} is not UTF-8")


def _failed(error: Exception) -> int:
    if isinstance(error, CapregError):
        return _tell(f"{error.sentence}\n{error.way_out}".rstrip(), error.exit_code)
    if isinstance(error, click.ClickException):
        return _tell(error.format_message(), ExitCode.USAGE)
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return _tell(f"{where}{error.strerror or error}", ExitCode.FAILED)
    return _tell(
        f"an unexpected fault: {type(error).__name__}: {error}\nRun it again with --debug to see where.",
        ExitCode.FAILED,
    )


def _tell(sentences: str, code: ExitCode) -> int:
    """Write an error to standard error, harmless for a terminal, and return its exit code."""
    text = "\n".join(plain(line) for line in sentences.split("\n"))
    click.echo(f"capreg: {text}", err=True)
    return code


def _closed_pipe() -> int:
    """The reader has gone; what Python would still flush goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ExitCode.DONE
