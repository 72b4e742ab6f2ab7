"""Marks with content: nouns that name factors, verbs that change them, classes and directions."""

from bench.metrics.parsing.claims import Claim
from bench.metrics.parsing.clauses import PREDICATES
from bench.metrics.parsing.lexicon import Mark
from bench.metrics.parsing.motion import turn
from bench.metrics.parsing.reading import Reading


def content(reading: Reading, mark: Mark) -> None:
    """Read a mark for what it says of factors."""
    if mark.nouns and not (mark.claims and mark.word.endswith(("s", "ed", "ing"))):
        noun(reading, mark)
    elif mark.claims:
        claim(reading, mark)
    elif not mark.turns:
        for kind in PREDICATES:
            if kind in mark.roles:
                predicate(reading, kind)
    if mark.values:
        value(reading, mark)
    else:
        reading.clause.journey.arriving = _is_copula(reading, mark)
    if mark.turns:
        direction(reading, mark)


def noun(reading: Reading, mark: Mark) -> None:
    """A factor is named. "The shape" is the object itself where it owns something or something is of it."""
    reading.latent = False
    after = reading.peek()
    owner = "possessive" in after.roles or (after.nouns and after.gap == 0)
    of = _before(reading)
    thing = reading.peek(of - 1)
    owned = "of" in reading.peek(of).roles and (thing.nouns - mark.nouns or thing.claims or "move" in thing.roles)
    if (owner or owned) and not mark.claims and not mark.nouns & reading.lexicon.directed:
        return
    reading.named.append(Claim(frozenset(mark.nouns), None))
    reading.clause.noun(mark)


def _before(reading: Reading) -> int:
    """Where the mark before a noun stands, its adjectives passed over ("of the purple object")."""
    at = -1
    while reading.peek(at).values and not reading.peek(at).nouns:
        at -= 1
    return at


def predicate(reading: Reading, kind: str) -> None:
    """A verb that says what a noun does, unless it is the latent that rises or falls."""
    if kind in ("rise", "fall") and (reading.latent or "latent" in reading.peek().roles):
        reading.clause.flip = -1 if kind == "fall" else reading.clause.flip
    elif not (kind == "same" and reading.peek().word.endswith("ing")):  # "keeps growing"
        reading.clause.predicate(kind)
    reading.latent = False


def claim(reading: Reading, mark: Mark) -> None:
    """A change told by one word. A comparative after another noun is that noun's ("the angle gets larger")."""
    clause, after = reading.clause, reading.peek()
    kind = next((kind for kind in ("rise", "fall") if kind in mark.roles), None)
    if _is_copula(reading, mark):
        clause.journey.head_for(becoming=True)
        return
    if kind and (reading.latent or "latent" in after.roles):
        predicate(reading, kind)
        return
    clause.queue = clause.subject()
    waiting = any(noun.factors & reading.lexicon.directed for noun in clause.queue)
    objects = (after.nouns & reading.lexicon.directed) - reading.lexicon.places if after.gap == 0 else set()
    if kind and (waiting or objects - mark.claims.keys()):
        clause.predicate(kind, mark.claims)
        return
    clause.queue = []
    # "Smaller on the left": the strip has the larger end on the right.
    far = mark.word.endswith("er") and after.word in ("left", "leftmost") and after.gap == 0 and not clause.moving
    for factor, sign in mark.claims.items():
        clause.emit(frozenset({factor}), -sign if far and sign else sign)
    clause.moving = bool(mark.claims.keys() & reading.lexicon.places)
    clause.tentative.clear()


def _is_copula(reading: Reading, mark: Mark) -> bool:
    """Whether "grows" or "turns" merely links to what follows: "grows smaller", "turns large"."""
    after = reading.peek()
    if not mark.claims or not mark.word.startswith(("grow", "turn")) or after.gap:
        return False
    if after.claims and after.roles & {"rise", "fall"} and after.word.endswith(("er", "more")):
        return True
    named = after.values.keys() - reading.lexicon.places
    return not mark.word.endswith("ing") and bool(named if mark.word.startswith("turn") else named & reading.lexicon.directed)


def value(reading: Reading, mark: Mark) -> None:
    """A class is named: a change where it ends a way from another class, or one of several alternatives."""
    clause, lexicon = reading.clause, reading.lexicon
    changed = clause.journey.name(mark, lexicon)
    # A word of several factors ("red") is about those that the clause names ("the floor").
    meant = mark.values.keys() & clause.named or mark.values.keys()
    if clause.last == "change":
        for factor in meant - (set() if clause.choice else lexicon.directed):
            clause.visited.setdefault(factor, set()).add(mark.values[factor])
    if changed and len(mark.values) > 1 and not mark.values.keys() & lexicon.places:
        clause.emit(frozenset(changed.keys() & meant), None)
        return
    for factor, sign in changed.items():
        clause.journey.arrived.add(factor)
        if factor in lexicon.places and not _travels(reading, factor):
            clause.stalled[factor] = sign
            continue
        clause.emit(frozenset({factor}), sign)
        clause.bare = clause.bare and factor not in lexicon.places


def _travels(reading: Reading, factor: str) -> bool:
    """Whether places told by "from ... to ..." are those of the object: it moves, and not already along another axis."""
    clause = reading.clause
    return clause.moving and not (clause.moved - {factor} and reading.peek(-1).word == "to")


def direction(reading: Reading, mark: Mark) -> None:
    """A direction; it counts before a verb of motion, too, where nothing stands between ("rightward motion")."""
    after = reading.peek()
    if "move" in after.roles and after.gap == 0:
        reading.clause.moving = True
    turn(reading.clause, mark)
