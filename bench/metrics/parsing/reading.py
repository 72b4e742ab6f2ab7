"""Where a reader is in a sentence: the clause under way, what lies ahead, and the words that are passed over."""

from bench.metrics.parsing.claims import Claim
from bench.metrics.parsing.clauses import PREDICATES, Clause
from bench.metrics.parsing.lexicon import Lexicon, Mark
from bench.metrics.parsing.motion import leave

NOTHING = Mark()
_VERBS = frozenset({"move", *PREDICATES})
_LANDMARKS = {"late": "last", "early": "first", "latent": "latent", "fall": "fall"}


class Reading:
    """The state while one sentence is read.

    `skipping` says why words are passed over: "when" for a condition, "reader" for how the strip is read, "aside" for what is named
    to be set aside; `skipped` are they.
    `until_comma` clauses end at the next comma. `latent` holds while the latent itself is the subject, `denial` is the last word of
    denial, and `named` has all nouns of factors, in case that nothing is claimed of them.
    """

    def __init__(self, marks: list[Mark], lexicon: Lexicon) -> None:
        self.marks = marks
        self.lexicon = lexicon
        self.clause = Clause(lexicon)
        self.claims: list[Claim] = []
        self.named: list[Claim] = []
        self.skipping = ""
        self.skipped: list[str] = []
        self.denial = ""
        self.until_comma = False
        self.latent = False
        self.at = 0

    def peek(self, ahead: int = 1) -> Mark:
        """The mark some places ahead (or behind), or an empty one beyond the ends."""
        return self.marks[self.at + ahead] if 0 <= self.at + ahead < len(self.marks) else NOTHING

    def boundary(self) -> None:
        """A clause ends: keep its claims. How the strip is read, and where a change started, hold for the next one too."""
        flip, origin = self.clause.flip, self.clause.journey.origin
        leave(self.clause)
        self.claims += self.clause.close()
        self.clause = Clause(self.lexicon, flip)
        self.clause.journey.origin = origin
        self.until_comma = self.latent = False

    def skip(self, why: str, *words: str) -> None:
        """Start to pass over words; `words` are those already read."""
        self.skipping, self.skipped = why, list(words)

    def skips(self, mark: Mark) -> bool:
        """Pass over a mark; false when it must be read after all."""
        if "comma" in mark.roles:
            self._resume()
            return True
        told = mark.roles & {"it", "clause"} or mark.nouns or mark.claims or mark.values.keys() - self.lexicon.places
        if (self.skipping == "reader" and told) or (self.skipping == "when" and "it" in mark.roles and len(self.skipped) > 1):
            self._resume()
            return False
        self.skipped.append(next((word for role, word in _LANDMARKS.items() if role in mark.roles), mark.word))
        return True

    def _resume(self) -> None:
        way = [word for word in self.skipped if word in ("left", "right", "first", "last")][:2]
        backwards = self.skipping == "reader" and way in (["right", "left"], ["last", "first"])
        if backwards or self.skipped[:2] == ["latent", "fall"]:
            self.clause.flip = -1
        self.skipping = ""

    def strip_ahead(self) -> bool:
        """Whether "left to right" or "right to left" follows, with nothing between the words."""
        first, middle, last = (self.peek(step) for step in (1, 2, 3))
        return {first.word, last.word} == {"left", "right"} and "to" in middle.roles

    def denial_opens(self) -> bool:
        """Whether the sentence opened with a denial and this is its first comma ("without turning, it grows")."""
        before = self.marks[: self.at]
        return "not" in before[0].roles and not any("comma" in mark.roles for mark in before)

    def positive_ahead(self) -> bool:
        """Whether a new statement follows a denial: a verb in the third person, or a noun with its own verb."""
        ahead = 2 if "and" in self.peek().roles else 1
        after = self.peek(ahead)
        if not after.nouns:
            return bool(after.claims or after.roles & _VERBS) and self.denial == "not" and _third_person(after)
        for mark in self.marks[self.at + ahead :]:
            if mark.roles & {"comma", "clause", "not"}:
                return False
            if "same" in mark.roles or (mark.roles & set(PREDICATES) and _third_person(mark)):
                return True
        return False


def _third_person(mark: Mark) -> bool:
    return mark.word.endswith("s") and not mark.word.endswith("ss")
