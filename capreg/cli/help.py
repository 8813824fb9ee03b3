"""capreg help."""

import click

from capreg.cli import COMMANDS
from capreg.cli.options import session_options
from capreg.errors import MEANINGS, UsageError, nearest

QUERY = """\
A query is terms and words, and all of them must hold:
  process:milling                     a word of a vocabulary, with all below it
  process:milling,turning             a comma is OR
  ^certificate:nadcap                 ^ is NOT: no such certificate
  tolerance:..0.01mm                  a limit, or finer; with the unit, where there is one
  tolerance:it7 diameter:40mm         a grade of ISO 286, or iso2768-f, at the size asked
  employees:10..50   floor:1000m2..   ranges, open at either end; '>=10' works too
  size:500x400x300mm   mass:20kg      the part fits, in any of six orientations
  batch:200   batch:100..500          the firm's range holds it
  near:Bologna,100km                  a place, or 44.49,11.34, and a radius; near:Paris,US,50km
  near:"Reggio Emilia,60min"          at most so long by road, as an estimate
  hydraulic  "gear hobbing"  fresat*  a word, a phrase, a prefix in any text
  "(a OR b) AND NOT c"                the long form, quoted for the shell
One capability must meet all that is asked of it; a further process: opens a further part:
  process:milling material:aluminium tolerance:..0.01mm process:anodising
So it is with machine:, certificate: and skill:. Terms on the site (near, floor, crane,
country) mean one site. Terms before the first process: hold for every part.
What is not stated is no yes, and NOT of it is no yes either.
'capreg fields' lists every field with an example.
"""


@click.command()
@click.argument("topic", required=False)
@session_options
@click.pass_context
def help(context: click.Context, topic: str | None) -> None:
    """Explain a command, the query language or the exit codes.

    \b
    Examples:
      capreg help query
      capreg help exit-codes
      capreg help search
    """
    if topic is None:
        click.echo(context.parent.get_help())
    elif topic in TOPICS:
        click.echo(TOPICS[topic]().rstrip())
    elif topic in COMMANDS:
        command = context.parent.command.get_command(context.parent, topic)
        click.echo(command.get_help(click.Context(command, parent=context.parent, info_name=topic)))
    else:
        raise UsageError(f"no help on '{topic[:60]}'", nearest(topic, [*TOPICS, *COMMANDS]))


def exit_codes() -> str:
    """Return the exit codes with their meanings, a line each."""
    return "\n".join(f"{code.value:>3}  {meaning}" for code, meaning in MEANINGS.items())


TOPICS = {"query": lambda: QUERY, "exit-codes": exit_codes}
