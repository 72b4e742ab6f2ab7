import pytest

from bench.datasets.vocabulary import load_vocabulary
from bench.metrics.statements import parse

SIGNS = {"increase": 1, "decrease": -1, "change": None}
CLAUSES = [
    (name, words.factor, change, clause)
    for name in ("celeba_hq", "afhq", "lsun_church")
    for words in load_vocabulary(name).factors
    for change, clauses in words.says.items()
    for clause in clauses
]


@pytest.mark.parametrize(("name", "factor", "change", "clause"), CLAUSES)
def test_every_clause_claims_its_factor_and_direction(name, factor, change, clause):
    words = load_vocabulary(name)
    assert dict(parse(f"{words.subject.capitalize()} {clause}.", words)) == {factor: SIGNS[change]}
