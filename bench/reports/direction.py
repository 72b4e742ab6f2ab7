"""Which way a metric is better: up, down, or towards 0 from either side."""


def goodness(value: float, higher_is_better: bool | None) -> float:
    """A number that is higher for a better value; 0 is best where `higher_is_better` is `None`."""
    return -abs(value) if higher_is_better is None else value if higher_is_better else -value


def arrow(higher_is_better: bool | None) -> str:
    """The sign of the direction, as tables show it."""
    return "→0" if higher_is_better is None else "↑" if higher_is_better else "↓"
