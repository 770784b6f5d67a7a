"""Help texts on narrow terminals: each name stands above its words, because beside them both would be cut."""

from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    Base = TyperCommand
else:
    Base = object
ALIASES = {"create": "add", "delete": "remove"}
NARROW = 60  # columns; the longest option, its value and six words beside them need as many


class _NarrowHelp(Base):
    def format_help(self, ctx: Any, formatter: Any) -> None:
        columns = get_terminal_size().columns
        if columns >= NARROW:
            return super().format_help(ctx, formatter)
        formatter.width = columns
        self.format_usage(ctx, formatter)
        self.format_help_text(ctx, formatter)
        for kind in ("argument", "option"):
            told = [one.get_help_record(ctx) for one in self.get_params(ctx) if one.param_type_name == kind]
            _put(formatter, f"{kind.title()}s", [record for record in told if record])
        commands = getattr(self, "commands", {}).items()
        _put(formatter, "Commands", [(name, (one.help or "").partition("\n\n")[0]) for name, one in commands])
        self.format_epilog(ctx, formatter)


def _put(formatter: Any, title: str, rows: list[tuple[str, str]]) -> None:
    if not rows:
        return
    with formatter.section(title):
        for name, words in rows:
            formatter.write_text(name)
            with formatter.indentation():
                formatter.write_text(words)


class Command(_NarrowHelp, TyperCommand):
    """A command whose help is readable at every width."""


class Group(_NarrowHelp, TyperGroup):
    """The same for a group of commands, some of which are also found by another usual name."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return super().get_command(ctx, cmd_name) or super().get_command(ctx, ALIASES.get(cmd_name, cmd_name))
