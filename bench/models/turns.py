"""Parts of a pipeline take turns on a device that is too small for all of them at once."""

from dataclasses import dataclass
from typing import Any


@dataclass
class Turns:
    """Who is on `device`. Unless `offloaded`, everybody is, all the time; else one part at a time, the others in main memory.

    On the CPU, which works in main memory, nobody has to move, so that `offloaded` is without effect there and no error: one
    configuration then runs on every machine.
    """

    device: str
    offloaded: bool
    there: Any = None

    def given(self, part: Any) -> Any:
        """A part that was just loaded, where it has to wait."""
        return part if self._moving else part.to(self.device)

    def take(self, part: Any) -> Any:
        """The part, on the device; whoever was there has left."""
        import torch

        if self._moving and self.there is not part:
            with torch.inference_mode(False):  # weights that move in inference mode can have no gradients pass through them later
                if self.there is not None:
                    self.there.to("cpu")
                part.to(self.device)
            self.there = part
        return part

    @property
    def _moving(self) -> bool:
        return self.offloaded and not self.device.startswith("cpu")
