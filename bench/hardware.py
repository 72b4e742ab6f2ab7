"""Where torch works and with how many threads: set for the time of one call, and checked before it."""

from collections.abc import Iterator
from contextlib import contextmanager

from bench.errors import ConfigError


@contextmanager
def torch_threads(threads: int) -> Iterator[None]:
    """Let torch use this many threads; afterwards as many as before."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def usable(device: str) -> str:
    """The name of the device. Raises `ConfigError` when torch cannot use it here."""
    import torch

    try:
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        reason = str(error).splitlines()[0]
        raise ConfigError(
            f"expected a device that torch can use here, got {device!r} ({reason}); set runtime.device=cpu"
        ) from error
    return device
