"""An open line to a server: the SDK's client, for one event loop."""

from collections.abc import Callable
from types import TracebackType
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable


@runtime_checkable
class Sdk(Protocol):
    """What every SDK's client has."""

    async def close(self) -> Any: ...


S = TypeVar("S", bound=Sdk)


class Line(Generic[S]):
    """Opened by the first of its users and closed by the last, so that nothing is left open when an event loop ends."""

    def __init__(self, connect: Callable[[], S]) -> None:
        self._connect = connect
        self._users = 0
        self._sdk: S | None = None

    async def __aenter__(self) -> "Line[S]":
        if self._sdk is None:
            self._sdk = self._connect()
        self._users += 1
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._users -= 1
        if self._users == 0 and self._sdk is not None:
            sdk, self._sdk = self._sdk, None
            await sdk.close()

    @property
    def sdk(self) -> S:
        """The SDK's client; only users may ask for it."""
        assert self._sdk is not None
        return self._sdk
