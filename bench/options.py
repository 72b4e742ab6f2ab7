"""The groups of `conf/` and their options, read from file names: what `--help` shows and what overrides are checked against."""

from collections.abc import Iterator, Sequence
from functools import cache

from bench.errors import ConfigError, suggestion
from bench.shipped import shipped

SETTINGS = ("name", "seed", "until", "grid", "controls", "sensitivity")
SILENT = (
    "metric",
    "tracker",
    "runtime",
    "experiment",
    "hydra",
    *(name for name in SETTINGS if name != "seed"),
)  # not in a name


def check(overrides: Sequence[str]) -> None:
    """Raise one `ConfigError` naming every override that picks an unknown group or option, with the valid ones."""
    faults = [fault for override in overrides for fault in _faults(override)]
    if faults:
        raise ConfigError("\n".join(faults))


@cache
def groups() -> dict[str, list[str]]:
    """Every group of `conf/` with its options, by name."""
    root = shipped("conf")
    return {
        folder.name: sorted(path.stem for path in folder.glob("*.yaml"))
        for folder in sorted(root.iterdir())
        if folder.is_dir() and any(folder.glob("*.yaml"))
    }


def _faults(override: str) -> Iterator[str]:
    key, separator, value = override.lstrip("+").partition("=")
    known = groups()
    group = key.split("@")[0]
    if not separator or "." in group or group.startswith(("hydra", "~")):
        return
    if group in known:
        for option in value.strip("[]").split(","):
            if option.strip() not in (*known[group], "null"):
                yield f"{group}: expected one of {', '.join(known[group])}, got {option.strip()!r}"
    elif group not in SETTINGS:
        hint = suggestion(group, known)
        yield f"{group}: no such group or key{hint} Groups: {', '.join(known)}"


def help_text(verbs: Sequence[str]) -> str:
    """What `latentbench --help` prints: how to call it, and every group with its options."""
    width = max(len(group) for group in groups())
    listed = "\n".join(f"  {group:<{width}}  {', '.join(options)}" for group, options in groups().items())
    return f"""latentbench: how good are explanations of the latent variables of generative models?

  latentbench                                         the quickstart experiment: a table, a report, rows
  latentbench explainer=pixel_change bias=none        one cell: one option of each group
  latentbench -m explainer=pixel_change,oracle seed=0,1,2
  latentbench +experiment=quickstart                  a grid of cells, planned as a whole
  latentbench plan +experiment=quickstart             what would run, and what it would cost; nothing is run
  latentbench {" | ".join(verbs)} --help

Groups and their options (group=option; group.key=value sets a value):
{listed}

Settings: seed=0  until=fit|traverse|explain|score  name=...
Hydra: -m (multirun), --cfg job (show the composed config), --config-dir DIR (options of your own), --hydra-help, -sc install=bash
"""
