"""Where clauses begin and end, which of them count, and what is denied."""

from bench.metrics.parsing.clauses import Clause
from bench.metrics.parsing.lexicon import Mark
from bench.metrics.parsing.reading import Reading


def comma(reading: Reading, _: Mark) -> None:
    """A comma goes on with a list, unless a new statement follows."""
    clause, after = reading.clause, reading.peek()
    reading.latent = False
    clause.commas += 1
    clause.parts += 1
    listing = clause.negated and after.nouns and reading.peek(2).roles & {"comma", "and"}
    ended = reading.until_comma and not listing
    affirmed = clause.negated and (reading.denial_opens() or reading.positive_ahead())
    if ended or affirmed or "it" in after.roles:
        reading.boundary()


def conjunction(reading: Reading, _: Mark) -> None:
    """ "And": goes on with a list, unless a new statement follows a denial."""
    reading.clause.parts += 1
    reading.clause.journey.pause()
    reading.clause.confirm()
    if reading.clause.negated and reading.positive_ahead():
        reading.boundary()


def cut(reading: Reading, _: Mark) -> None:
    """ "But", "while": denials hold no more. "Not the size but the shape": the noun has the verb of the one denied."""
    verb = reading.clause.last if reading.clause.negated else None
    reading.boundary()
    reading.clause.last = verb


def which(reading: Reading, _: Mark) -> None:
    """ "That": goes on with a noun that still waits for its verb; before a noun ("which shape", "that of the wall"), nothing."""
    if (reading.peek().nouns or "of" in reading.peek().roles) and reading.peek().gap == 0:
        return
    if reading.clause.queue:
        reading.clause.refer()
    elif reading.clause.last or reading.clause.claims:
        reading.boundary()


def rows(reading: Reading, _: Mark) -> None:
    """What differs from row to row does not change along the strip."""
    reading.clause = Clause(reading.lexicon, reading.clause.flip)


def as_clause(reading: Reading, _: Mark) -> None:
    """ "As it turns, ...": a clause that ends at the next comma. "As a square" is none."""
    if not reading.peek().values:
        reading.boundary()
        reading.until_comma = True


def when(reading: Reading, _: Mark) -> None:
    """ "When the shape is a heart": a condition, and no claim."""
    reading.boundary()
    reading.skip("when")


def for_case(reading: Reading, mark: Mark) -> None:
    """ "For hearts": a condition, where a class follows."""
    if set(reading.peek().values) - reading.lexicon.places:
        when(reading, mark)


def denial(reading: Reading, mark: Mark) -> None:
    """ "Not", "without": what follows is no claim; what came before its comma stays one ("the shape changes, not the size")."""
    reading.denial = mark.word
    if "comma" in reading.peek(-1).roles:
        reading.clause.confirm()
    reading.clause.queue = reading.clause.subject()
    reading.clause.negated = reading.clause.denying = True


def whatever(reading: Reading, mark: Mark) -> None:
    """ "Regardless of its shape", "rather than the size": a denial that ends at the next comma."""
    if reading.clause.queue and "comma" in reading.peek(-1).roles:
        reading.skip("aside")
        return
    denial(reading, mark)
    reading.until_comma = True


def exception(reading: Reading, _: Mark) -> None:
    """ "Except": turns round what was said before, or what comes after."""
    clause = reading.clause
    if clause.last is None and not clause.negated:
        clause.excepted = []
        return
    denied = clause.negated or clause.last == "same"
    reading.boundary()
    reading.clause.negated = not denied
    reading.clause.pending = ["change"] if denied else []


def halt(reading: Reading, _: Mark) -> None:
    """ "In place": complete by itself."""
    reading.boundary()


def latent(reading: Reading, _: Mark) -> None:
    """ "The latent variable": not a thing in the picture, where it is a subject."""
    reading.latent = not reading.clause.queue


def pronoun(reading: Reading, mark: Mark) -> None:
    """ "It is the size": names what changes."""
    reading.latent = False
    if mark.word == "it" and reading.peek().nouns and reading.peek().gap == 0 and reading.clause.last is None:
        reading.clause.last = "change"


def reader(reading: Reading, mark: Mark) -> None:
    """ "We go from left to right": how the strip is read, not what is seen."""
    canvas = mark.word in ("image", "frame", "picture", "panel")
    goes = reading.peek().roles & {"move", "drift", "from", "change"} or reading.strip_ahead()
    if not canvas and goes and not reading.clause.moving and not reading.clause.queue:
        reading.skip("reader")
