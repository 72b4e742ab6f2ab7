"""Words and their stems: English as far as no dataset matters."""

import re
from functools import cache

_TOKEN = re.compile(r"[a-z0-9]+(?:\.[0-9]+)?|[.,;:!?()]")
_REWRITES = (
    (re.compile("[\u2019`\u00b4]"), "'"),  # typographic apostrophes
    (re.compile(r"(?<=\w)n't\b"), " not"),
    (re.compile(r"\b(it|that|there|what)'s\b"), r"\1 is"),
    (re.compile(r"'s\b|(?<=s)'(?=\s)"), " possessive"),
    (re.compile(r"\s*(?:[-=]+>|→|⟶|➜|➝|⇒)\s*"), " to "),
    (re.compile("\\s(?:-+|\u2013)\\s|\u2014|--"), " , "),
    (re.compile(r"\b(e\.g|i\.e|etc|vs|approx)\."), r"\1 "),
)
# Forms whose stem no suffix tells, and words that only look like forms.
_FORMS = (
    "grow: grew grown; shrink: shrank shrunk shrunken; rise: rose risen; fall: fell fallen; spin: spun; slide: "
    "slid; become: became; go: went gone goes; get: got gotten; swing: swung; keep: kept; hold: held; begin: began "
    "begun; come: came; run: ran; sink: sank sunk; swell: swollen; lean: leant; be: is are was were been being; "
    "axis: axes axis; constantly: constantly; do: did does done; lowered: lowered lowering lowers; have: has had; "
    "during: during; nothing: nothing; something: something; series: series"
)
_IRREGULAR = {form: word for word, _, forms in (entry.partition(": ") for entry in _FORMS.split("; ")) for form in forms.split()}

# Words that may stand between the words of a phrase.
_FILLERS = (
    "a an the its their his her this these those to toward of in on at by with be very slight bit quite rather somewhat ever "
    "even still also just gradual slow steady continuous further more much own overall whole each every can will itself direction"
)

_UNDOUBLE = re.compile(r"([b-df-hj-np-tv-xz])\1$")


@cache
def stem(word: str) -> str:
    """A form shared by "move", "moves", "moved" and "moving"; crude, and applied to texts and phrases alike."""
    if word in _IRREGULAR:
        return _bare(_IRREGULAR[word])
    if word.endswith("ally") and len(word) > 6:
        return word[:-2]
    if len(word) > 4 and word.endswith(("ies", "ied")):
        return word[:-3] + "y"
    for suffix, shortest in (("ing", 5), ("ed", 4)):
        if word.endswith(suffix) and len(word) >= shortest and re.search("[aeiouy]", word[: -len(suffix)]):
            return _bare(word[: -len(suffix)])
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return _bare(word[:-2] if word.endswith(("shes", "ches", "xes", "sses")) else word[:-1])
    return _bare(word)


def _bare(word: str) -> str:
    return _UNDOUBLE.sub(r"\1", word.removesuffix("e") if len(word) > 3 else word)


def tokens(text: str) -> list[str]:
    """The words and marks of a text, in lower case, in order."""
    text = text.lower()
    for pattern, replacement in _REWRITES:
        text = pattern.sub(replacement, text)
    return _TOKEN.findall(text)


def is_filler(stemmed: str) -> bool:
    """Whether a word may stand inside a phrase without changing it."""
    return stemmed in _fillers() or (stemmed.endswith("ly") and len(stemmed) > 4)


@cache
def _fillers() -> frozenset[str]:
    return frozenset(map(stem, _FILLERS.split()))
