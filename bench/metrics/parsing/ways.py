"""How changes are told by their ends, by alternatives and by motion."""

from bench.metrics.parsing.clauses import Clause
from bench.metrics.parsing.contents import value
from bench.metrics.parsing.lexicon import Mark
from bench.metrics.parsing.motion import move
from bench.metrics.parsing.reading import NOTHING, Reading


def choice(reading: Reading, _: Mark) -> None:
    """ "Whether it is large or small", "between left and right": alternatives follow."""
    reading.clause.choice = True
    if reading.clause.last is None:
        reading.clause.predicate("change")


def undo(reading: Reading, _: Mark) -> None:
    """ "Back and forth", "oscillates": a change that goes both ways."""
    if reading.clause.queue:
        reading.clause.predicate("change")  # "its size oscillates" says nothing of other changes
        return
    reading.clause.wavering = True
    if not reading.clause.moving and not reading.clause.claims:
        reading.clause.predicate("change")
        reading.clause.moving = True


def start(reading: Reading, mark: Mark) -> None:
    """ "From": where a change starts, unless the sentence opens with how the strip is read."""
    opening = all(before.roles & {"reader", "as", "move", "drift", "from"} for before in reading.marks[: reading.at])
    if opening and reading.strip_ahead() and reading.at + 4 < len(reading.marks):
        reading.skip("reader")
        reading.clause = Clause(reading.lexicon, reading.clause.flip)
        return
    reading.clause.journey.depart()
    reading.clause.moving = reading.clause.moving or mark.word != "from"


def end(reading: Reading, mark: Mark) -> None:
    """ "To": where a change ends."""
    changed = "change" in reading.peek(-1).roles and reading.marks[reading.at].gap == 0
    reading.clause.journey.head_for(becoming=changed)
    reading.latent = False
    reading.clause.moving = reading.clause.moving or mark.word != "to"


def early(reading: Reading, _: Mark) -> None:
    """ "A square in the first frame": where a change starts is told before or after."""
    journey = reading.clause.journey
    if journey.recent:
        journey.origin = dict(journey.recent)
    else:
        journey.depart()
    reading.clause.moving = True


def late(reading: Reading, _: Mark) -> None:
    """ "A heart in the last frame": where a change ends is told before or after."""
    journey = reading.clause.journey
    recent = journey.recent
    journey.head_for(becoming=False)
    if recent and recent != journey.origin:
        value(reading, Mark(values=recent))
        journey.arriving = False


def become(reading: Reading, _: Mark) -> None:
    """ "Becomes", "turns into": a change by itself."""
    journey = reading.clause.journey
    journey.head_for(becoming=True)
    if reading.peek().turns or journey.origin.keys() & reading.lexicon.places:
        reading.clause.moving = True


def motion(reading: Reading, mark: Mark) -> None:
    """ "Moves", "goes": of the object, of a noun ("a shift in size"), or of the latent."""
    after = reading.peek()
    if reading.latent and (after.turns or after is NOTHING or "comma" in after.roles):
        reading.skip("when", "latent")
        return
    object_noun = after.nouns and after.gap == 0 and not after.nouns & reading.lexicon.places
    if object_noun and after.nouns & reading.lexicon.directed:
        reading.clause.predicate("change")
        return
    reading.clause.journey.collecting = False
    stalled = reading.clause.stalled if reading.peek(-1).values and mark.gap == 0 else {}
    move(reading.clause, strong="move" in mark.roles)
    for factor, sign in stalled.items():
        reading.clause.emit(frozenset({factor}), sign)
        reading.clause.bare = False
