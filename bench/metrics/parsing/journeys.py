"""Changes told by where they start and end: "from a square to a heart", "starts small and ends large"."""

from dataclasses import dataclass, field

from bench.metrics.parsing.lexicon import Lexicon, Mark, Sign


@dataclass(slots=True)
class Journey:
    """Named classes on the way. `origin` holds the rank of each factor at the start, `recent` those of the words just before."""

    origin: dict[str, int] = field(default_factory=dict)
    recent: dict[str, int] = field(default_factory=dict)
    arrived: set[str] = field(default_factory=set)
    collecting: bool = False
    arriving: bool = False
    becoming: bool = False

    def depart(self) -> None:
        """ "From": the classes that follow are where the change starts."""
        self.collecting, self.arriving, self.origin = True, False, {}

    def head_for(self, becoming: bool) -> None:
        """ "To" or "becomes": the classes that follow are where the change ends."""
        if not self.origin:
            self.origin = dict(self.recent)
        self.collecting, self.arriving, self.becoming = False, True, becoming

    def pause(self) -> None:
        """A word that names no class ends the list of classes on either side."""
        self.recent, self.arriving = {}, False

    def name(self, mark: Mark, lexicon: Lexicon) -> dict[str, Sign]:
        """Classes are named; returns the factors that thereby changed, and which way."""
        changed: dict[str, Sign] = {}
        for factor, rank in mark.values.items():
            if self.collecting:
                self.origin.setdefault(factor, rank)
            elif self.arriving and self.origin.get(factor, rank) != rank:
                changed[factor] = _direction(factor, self.origin[factor], rank, lexicon)
            elif self.arriving and self.becoming and factor not in self.origin and factor not in lexicon.places:
                changed |= _become(factor, rank, lexicon)
        self.recent |= mark.values
        return changed


def _direction(factor: str, start: int, end: int, lexicon: Lexicon) -> Sign:
    if factor not in lexicon.directed:
        return None
    return 1 if end > start else -1


def _become(factor: str, rank: int, lexicon: Lexicon) -> dict[str, Sign]:
    """ "Becomes large" tells a rise, "becomes medium" nothing; "becomes a heart" tells that the shape changed."""
    if factor not in lexicon.directed:
        return {factor: None}
    if rank in (0, lexicon.last[factor]):
        return {factor: 1 if rank else -1}
    return {}
