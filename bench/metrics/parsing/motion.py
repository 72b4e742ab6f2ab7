"""Motion: verbs, the directions after them, and places that are left."""

from bench.metrics.parsing.clauses import Clause
from bench.metrics.parsing.lexicon import Mark


def move(clause: Clause, strong: bool) -> None:
    """A verb of motion: of the object, or of a noun that is no place ("the size shifts"). Weak ones need a direction ("goes")."""
    subject = clause.subject()
    if any(clause.directed(noun) or noun.quality for noun in subject) and not clause.at_places(subject):
        clause.govern("change", subject)
        clause.carried, clause.last = subject, "change"
        return
    places = [noun for noun in subject if noun.factors & clause.lexicon.places]
    clause.govern("change", places)
    clause.bare = strong and not places and not clause.negated
    clause.verb, clause.moved = clause.parts, set()
    clause.moving, clause.last, clause.pending = True, "change", []
    clause.tentative.clear()


def turn(clause: Clause, mark: Mark) -> None:
    """A direction: it counts after a verb of motion, or tells which way a noun goes ("the size goes up")."""
    if clause.journey.collecting:
        return
    if clause.moving:
        for factor, sign in mark.turns.items():
            if factor not in clause.journey.arrived:
                clause.emit(frozenset({factor}), sign)
            clause.moved |= {factor} if sign else set()
        clause.bare = False
        return
    nouns = clause.carried or [noun for noun in clause.queue if clause.directed(noun)]
    for kind in mark.roles & {"rise", "fall"} if nouns else ():
        clause.govern(kind, nouns)
        clause.queue = []


def leave(clause: Clause) -> None:
    """Motion away from an edge, with no word on where to, goes to the other side."""
    origin = clause.journey.origin
    if not (clause.journey.collecting and clause.moving) or clause.moved:
        return
    for factor in clause.lexicon.places & origin.keys():
        if origin[factor] in (0, clause.lexicon.last[factor]):
            clause.emit(frozenset({factor}), -1 if origin[factor] else 1)
            clause.bare = False
