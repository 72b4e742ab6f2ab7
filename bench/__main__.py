"""The command `latentbench`. Verbs that are not runs go to `verbs.py`; everything else is a run, composed by Hydra."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.errors import BenchError

USAGE_ERROR = 2
OTHER_OPTIONS = ("--config-dir", "-cd", "hydra.searchpath", "--shell-completion", "-sc")  # options that are not in conf/
VERBS = (
    "plan",
    "table",
    "compare",
    "published",
    "report",
    "cache",
    "freeze",
    "truth",
    "disentanglement",
    "submit",
    "verify",
    "leaderboard",
    "gauntlet",
    "sensitivity",
    "annotate",
    "docs",
    "doctor",
)


def main() -> None:
    """Entry point: exit code 0 when all went well, 1 when something failed on the way, 2 when the user has something to mend."""
    try:
        code = _dispatch(sys.argv[1:])
    except BenchError as error:
        print(f"latentbench: {error}", file=sys.stderr)
        code = USAGE_ERROR
    except KeyboardInterrupt:
        print("latentbench: interrupted; finished stages are kept, run the same command to go on", file=sys.stderr)
        code = 130
    sys.exit(code)


def _dispatch(arguments: list[str]) -> int:
    if arguments and arguments[0] in ("-h", "--help"):
        from bench.options import help_text

        print(help_text(VERBS))
        return 0
    if arguments and arguments[0] in VERBS:
        from bench.verbs import verb

        return verb(arguments[0], arguments[1:])
    return _hydra(arguments or ["+experiment=quickstart"])


def _hydra(arguments: Sequence[str]) -> int:
    """Run under Hydra, with its flags (`-m`, `--cfg`, `--config-dir`, tab completion). Its own errors are the user's to mend."""
    from bench.options import check

    if not any(argument.startswith(OTHER_OPTIONS) for argument in arguments):
        check([argument for argument in arguments if "=" in argument and not argument.startswith("-")])
    import hydra
    from omegaconf import DictConfig

    codes: list[int] = []

    @hydra.main(version_base="1.3", config_path="pkg://bench.conf", config_name="config")
    def task(config: DictConfig) -> None:  # noqa: ARG001
        codes.append(_job())

    sys.argv = [sys.argv[0], *arguments]
    os.environ.setdefault("HYDRA_FULL_ERROR", "0")
    try:
        task()
    except SystemExit as stop:
        if stop.code not in (None, 0):
            return USAGE_ERROR
    return max(codes, default=0)


def _job() -> int:
    from hydra.core.hydra_config import HydraConfig
    from hydra.types import RunMode

    from bench.session import run

    config = HydraConfig.get()
    folder, sweep = Path(config.runtime.output_dir), config.mode == RunMode.MULTIRUN
    try:
        return run(list(config.overrides.task), folder, "sweep " + "/".join(folder.parts[-3:-1]) if sweep else None)
    except BenchError as error:
        if sweep:
            raise
        print(f"latentbench: {error}", file=sys.stderr)
        return USAGE_ERROR


if __name__ == "__main__":
    main()
