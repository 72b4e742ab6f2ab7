"""Who does what in a clause: nouns wait for the predicate that governs them; denial and constancy cancel claims."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bench.metrics.parsing.claims import Claim
from bench.metrics.parsing.journeys import Journey
from bench.metrics.parsing.lexicon import Lexicon, Mark, Sign

PREDICATES = ("change", "rise", "fall", "same")
_SIGNS: dict[str, Sign] = {"change": None, "rise": 1, "fall": -1}


@dataclass(slots=True)
class Noun:
    """A factor named and not yet governed. `claims` holds when it is a change by itself ("rotation").

    A `quality` ("the hue") changes when it shifts; what has one ("the wall") moves.
    """

    factors: frozenset[str]
    claims: dict[str, Sign]
    part: int
    comma: int
    quality: bool = False


@dataclass
class Clause:
    """What has been read since the last boundary.

    Of nouns, `queue` waits for a predicate, `excepted` is said to be an exception, `carried` was governed by a verb of motion, and
    `tentative` factors changed unless an object follows ("the shape changes" its size). `pending` predicates wait for objects,
    `last` is the latest. `parts` and `commas` count the soft boundaries so far. Of motion, `moving` says that directions count,
    `bare` that none has come, `verb` in which part the verb stands, `moved` along which factors, and `stalled` holds places told
    without motion. `denying` holds until a noun follows the denial; `wavering` claims go both ways; `choice` announces
    alternatives, and `visited` has the classes named after a change. `flip` is -1 when the strip is read backwards.
    """

    lexicon: Lexicon
    flip: int = 1
    negated: bool = False
    denying: bool = False
    choice: bool = False
    queue: list[Noun] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    last: str | None = None
    parts: int = 0
    commas: int = 0
    tentative: set[str] = field(default_factory=set)
    excepted: list[Noun] | None = None
    named: set[str] = field(default_factory=set)
    carried: list[Noun] = field(default_factory=list)
    moving: bool = False
    bare: bool = False
    verb: int | None = None
    moved: set[str] = field(default_factory=set)
    stalled: dict[str, Sign] = field(default_factory=dict)
    wavering: bool = False
    journey: Journey = field(default_factory=Journey)
    visited: dict[str, set[int]] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)

    def emit(self, factors: frozenset[str], sign: Sign) -> None:
        """Claim a change, unless it is denied."""
        if not self.negated:
            self.claims.append(Claim(factors, None if sign is None else (1 if sign * self.flip > 0 else -1)))

    def noun(self, mark: Mark) -> None:
        """A factor is named: it waits for its predicate."""
        noun = Noun(frozenset(mark.nouns), mark.claims, self.parts, self.commas, mark.quality)
        self.named |= mark.nouns
        self.denying = False
        if self.excepted is not None:
            self.excepted.append(noun)
            return
        if mark.nouns & self.lexicon.places:
            if self.verb == self.parts:
                self.govern("change", [noun])
                return
            self.moving = self.moving or self.last != "same"
        self.queue.append(noun)

    def predicate(self, kind: str, override: dict[str, Sign] | None = None) -> None:
        """A verb arrives: it governs the nouns before it, or else waits for those after it."""
        subject = self.subject()
        self._exceptions(kind)
        self.last = kind
        self.carried = []
        if not self.at_places(subject):
            self.moving = False
        if any(self.directed(noun) for noun in subject):
            self.govern(kind, subject, override)
            return
        if kind == "change" and not self.negated:
            self.tentative |= {factor for noun in subject for factor in noun.factors}
        self.pending.append(kind)

    def subject(self) -> list[Noun]:
        """Take the waiting nouns; those that a waiting predicate governs as objects are settled first."""
        waiting, self.queue = self.queue, []
        if not waiting:
            return []
        if not self.pending:
            if self.last is None or self.parts == waiting[-1].part:
                return waiting
            self._alone(waiting)
            return []
        mine = self._mine(waiting)
        self._objects(mine)
        return waiting[len(mine) :]

    def _mine(self, waiting: list[Noun]) -> list[Noun]:
        """The nouns of the predicate before: up to the first comma, else up to the last "and", if a new statement begins there."""
        last = waiting[-1]
        if self.parts > last.part:
            return waiting
        if last.comma > waiting[0].comma:
            return [noun for noun in waiting if noun.comma == waiting[0].comma]
        return [noun for noun in waiting if noun.part < last.part] or waiting

    def govern(self, kind: str, nouns: Sequence[Noun], override: dict[str, Sign] | None = None) -> None:
        """Apply a predicate to nouns: constancy claims nothing, denied constancy claims a change."""
        if kind == "same":
            if self.negated and self.denying:
                self.negated = False
                self.govern("change", nouns)
                self.negated = True
            return
        for noun in nouns:
            if kind != "change" and not self.directed(noun):
                continue
            signs = {(override or {}).get(factor, _SIGNS[kind]) for factor in noun.factors}
            self.emit(noun.factors, signs.pop() if len(signs) == 1 else _SIGNS[kind])
            self.bare = self.bare and not noun.factors & self.lexicon.places

    def refer(self) -> None:
        """ "The size, which ...": the last noun waits for another verb, whatever governs it already."""
        noun = self.queue[-1]
        if self.pending:
            self._objects(self.queue)
            self.queue = [replace(noun, part=self.parts)]

    def confirm(self) -> None:
        """ "The shape changes and ..." tells of its form; "the shape changes size" does not."""
        if self.tentative and not self.queue and not self.claims:
            self.emit(frozenset(self.tentative), None)
            self.tentative = set()
            self.pending = []

    def close(self) -> list[Claim]:
        """The claims of the clause, now that nothing more can change them."""
        waiting, self.queue = self.queue, []
        if self.pending:
            self._objects(waiting)
        else:
            self._alone(waiting)
        if self.bare:
            self.emit(self.lexicon.places, None)
        for factor, ranks in self.visited.items():
            if len(ranks) > 1:
                self.emit(frozenset({factor}), None)
        if self.tentative and not self.claims:
            self.emit(frozenset(self.tentative), None)
        return [claim._replace(torn=True) for claim in self.claims] if self.wavering else self.claims

    def _alone(self, nouns: Sequence[Noun]) -> None:
        """Nouns that no verb of their own governs: changes by themselves ("rotation"), or more of what was said last."""
        changes = [noun for noun in nouns if noun.claims]
        others = [noun for noun in nouns if not noun.claims and (self.directed(noun) or not self.moving)]
        if self.last == "same":
            return
        for noun in changes:
            if len(noun.factors) > 1:
                self.emit(noun.factors, None)
            else:
                self.emit(noun.factors, *noun.claims.values())
        if self.last is not None or changes:
            self.govern(self.last or "change", others)

    def _objects(self, nouns: Sequence[Noun]) -> None:
        for kind in self.pending:
            self.govern(kind, nouns)
        if nouns:
            self.pending = []

    def _exceptions(self, kind: str) -> None:
        excepted, self.excepted = self.excepted or [], None
        if (kind == "same") != self.negated:
            was, self.negated = self.negated, False
            self.govern("change", excepted)
            self.negated = was

    def directed(self, noun: Noun) -> bool:
        """Whether a noun can rise or fall, or is a change by itself."""
        return bool(noun.factors & self.lexicon.directed) or bool(noun.claims)

    def at_places(self, nouns: Sequence[Noun]) -> bool:
        """Whether any of the nouns is where the object is."""
        return any(noun.factors & self.lexicon.places for noun in nouns)
