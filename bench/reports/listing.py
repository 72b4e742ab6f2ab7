"""A plain table of words and numbers, for Markdown and for the terminal."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table as RichTable
from rich.text import Text

from bench.reports.markdown import escaped
from bench.reports.printable import printable


@dataclass(frozen=True)
class Listing:
    """Heads, lines of as many words, and notes below. The first `names` columns are names, the others numbers.

    Rich prints it as it is; text of others can neither move the cursor nor change colours.
    """

    heads: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    names: int

    def markdown(self) -> str:
        """A pipe table, its notes below."""
        rules = ["---" if i < self.names else "---:" for i in range(len(self.heads))]
        rows = [_row(_escaped(self.heads)), _row(rules), *(_row(_escaped(line)) for line in self.lines)]
        notes = "\n".join(f"* {escaped(note)}" for note in self.notes)
        return "\n".join(rows if self.lines else ["Nothing to compare."]) + f"\n\n{notes}\n"

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        drawn = RichTable(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
        for i, head in enumerate(self.heads):
            drawn.add_column(Text(printable(head)), justify="left" if i < self.names else "right", overflow="fold")
        for line in self.lines:
            drawn.add_row(*(Text(printable(word)) for word in line))
        yield drawn if self.lines else Text("Nothing to compare.")
        yield from (Text(printable(note), style="dim") for note in ("", *self.notes))


def _escaped(words: Sequence[str]) -> list[str]:
    return [escaped(word) for word in words]


def _row(words: Sequence[str]) -> str:
    return f"| {' | '.join(words)} |"
