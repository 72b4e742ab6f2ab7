"""Sentences for changes, in drawn words. They are the generator's own: none is a clause that references are made of."""

from collections.abc import Mapping, Sequence

from numpy.random import Generator

Claim = tuple[str, int]  # a factor and its direction; 0 where there is none
Claims = tuple[Claim, ...]

NOTHING = "No clear explanation."
SILENCE = (NOTHING, NOTHING, NOTHING, "There is no clear pattern.", "No clear pattern of change.")

# The subject of each phrase comes first. `*` is the thing itself, for which a name is drawn.
SAYINGS: Mapping[str, Mapping[Claim, tuple[str, ...]]] = {
    "dsprites": {
        ("position_x", 1): ("*|moves right", "*|shifts to the right", "*|travels rightward"),
        ("position_x", -1): ("*|moves left", "*|shifts to the left", "*|travels leftward"),
        ("position_x", 0): ("*|moves sideways", "*|changes its horizontal location"),
        ("position_y", 1): ("*|moves downward", "*|sinks", "*|shifts down"),
        ("position_y", -1): ("*|moves upward", "*|rises", "*|shifts up"),
        ("position_y", 0): ("*|moves up and down", "*|changes its vertical location"),
        ("scale", 1): ("*|grows", "*|gets larger", "*|becomes bigger"),
        ("scale", -1): ("*|contracts", "*|gets tinier", "*|becomes ever smaller"),
        ("scale", 0): ("*|changes in size", "*|changes its scale"),
        ("orientation", 1): ("*|rotates anticlockwise", "*|turns counterclockwise"),
        ("orientation", -1): ("*|rotates in a clockwise direction", "*|tilts clockwise"),
        ("orientation", 0): ("*|rotates about its center", "*|turns around its center"),
        ("shape", 0): ("*|changes shape", "*|morphs into another shape", "*|changes its outline"),
    },
    "shapes3d": {
        ("floor_hue", 0): ("the floor|changes color", "the ground|takes on a different color"),
        ("wall_hue", 0): ("the wall|changes color", "the back wall|changes its color"),
        ("object_hue", 0): ("*|changes its color", "*|changes its hue"),
        ("scale", 1): ("*|grows", "*|gets larger", "*|becomes bigger"),
        ("scale", -1): ("*|contracts", "*|gets tinier", "*|becomes ever smaller"),
        ("scale", 0): ("*|changes in size", "*|changes its scale"),
        ("shape", 0): ("*|changes shape", "*|morphs into another shape", "*|changes its outline"),
        ("orientation", 1): ("the room|rotates clockwise", "the view|turns clockwise"),
        ("orientation", -1): ("the room|rotates counterclockwise", "the view|turns anticlockwise"),
        ("orientation", 0): ("the room|rotates", "the viewing angle|changes"),
    },
}
THINGS = {"dsprites": ("the shape", "the object", "the figure"), "shapes3d": ("the object",)}
FRAMES = ("{}", "{}", "{}", "from left to right , {}", "step by step , {}", "in each row , {}")
WHEN = "when {} , {}"


def sentence(claims: Claims, dataset: str, condition: str | None, rng: Generator) -> str:
    """One sentence that tells these changes and no other, in drawn words and order; `condition` may be told first."""
    if not claims:
        return str(rng.choice(SILENCE))
    thing = str(rng.choice(THINGS[dataset]))
    told = [str(rng.choice(SAYINGS[dataset][claim])).split("|") for claim in claims]
    clauses: dict[str, list[str]] = {}
    for subject, verb in told:
        clauses.setdefault(thing if subject == "*" else subject, []).append(verb)
    body = " while ".join(f"{subject} {_listed(verbs)}" for subject, verbs in clauses.items())
    framed = WHEN.format(condition, body) if condition else str(rng.choice(FRAMES)).format(body)
    return joined([*framed.split(), "."])


def spoken(text: str) -> list[str]:
    """A sentence as words in lower case; commas and the full stop are words."""
    return text.lower().replace(",", " ,").replace(".", " .").split()


def joined(words: Sequence[str]) -> str:
    """Words as a sentence: the inverse of `spoken` for what `sentence` says."""
    text = " ".join(words).replace(" ,", ",").replace(" .", ".")
    return text[:1].upper() + text[1:]


def every_word(conditions: Sequence[str]) -> tuple[str, ...]:
    """All words that a sentence may hold, sorted."""
    said = [saying.split("|") for table in SAYINGS.values() for sayings in table.values() for saying in sayings]
    texts = [part for saying in said for part in saying if part != "*"]
    texts += [*SILENCE, *FRAMES, WHEN, *conditions, "and while", *(name for names in THINGS.values() for name in names)]
    return tuple(sorted({word for text in texts for word in spoken(text)} - {"{}"}))


def _listed(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, (" , ".join(parts[:-1]), parts[-1])))
