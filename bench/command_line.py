"""What all verbs of the command share: how they read their arguments, and how they answer."""

import argparse
import sys


def parser_of(name: str, about: str) -> argparse.ArgumentParser:
    """The parser of one verb, with `--json`."""
    parser = argparse.ArgumentParser(prog=f"latentbench {name}", description=about)
    parser.add_argument("--json", action="store_true", help="for programs instead of people")
    return parser


def listed(text: str) -> list[str]:
    """The parts of a comma-separated argument, blanks left out."""
    return [part.strip() for part in text.split(",") if part.strip()]


def say(text: str) -> None:
    """Print to standard output, with one line end."""
    sys.stdout.write(text.rstrip("\n") + "\n")
