"""A truth in plain English: what a perfect answer would say, in several wordings."""

from collections.abc import Mapping, Sequence

from bench.artifacts import Effect, Truth
from bench.datasets.vocabulary import Change, FactorWords, Vocabulary
from bench.errors import DataError

FRAMES = (
    "{subject} {does}.",
    "Step by step, {subject} {does}.",
    "As the latent variable increases, {subject} {does}.",
    "Along the strip, {subject} {does}.",
)
_CHANGE: Mapping[int | None, Change] = {1: "increase", -1: "decrease", None: "change"}


def sentences(truth: Truth, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Full sentences that each name all factors of a truth, with directions where they are known; none for an inactive unit.

    The order is fixed and the first is the plainest. The condition of a truth comes first ("When the shape is a heart, ...").
    Raises `DataError` for a factor that the vocabulary lacks.
    """
    if not truth.effects:
        return ()
    clauses = [_clauses(effect, vocabulary) for effect in truth.effects]
    variants = max(map(len, clauses))
    said = [_listed([options[i % len(options)] for options in clauses]) for i in range(variants)]
    framed = [FRAMES[0].format(subject=vocabulary.subject, does=does) for does in said]
    framed += [FRAMES[1 + i % 3].format(subject=vocabulary.subject, does=does) for i, does in enumerate(said)]
    return tuple(dict.fromkeys(_conditioned(text, truth.condition) for text in framed))


def _listed(parts: Sequence[str]) -> str:
    """The parts in a row, as in "a, b and c"."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def _clauses(effect: Effect, vocabulary: Vocabulary) -> tuple[str, ...]:
    words: dict[str, FactorWords] = {words.factor: words for words in vocabulary.factors}
    if effect.factor not in words:
        known = ", ".join(words)
        raise DataError(f"the truth names {effect.factor!r}, the vocabulary has {known}; add its words to vocabulary.yaml")
    says = words[effect.factor].says
    return says.get(_CHANGE[effect.sign]) or says["change"]


def _conditioned(text: str, condition: str | None) -> str:
    if condition is not None:
        text = f"when {condition}, {text[:1].lower()}{text[1:]}"
    return text[:1].upper() + text[1:]
