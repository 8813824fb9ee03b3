"""Groups of commands."""

import click


class DefaultGroup(click.Group):
    """A group that, where no command of it is named, runs the one that is called `list`."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Put `list` before arguments that name no command."""
        if not args or args[0] not in (*self.commands, *context.help_option_names):
            args = ["list", *args] if not args or args[0].startswith("-") else args
        return super().parse_args(context, args)
