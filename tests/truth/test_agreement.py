from tests.truth.agreement import recovered

QUICK = {"references": 8, "steps": 5, "context": 3}
READER = {"bank": 5_000, "passes": 2}


def test_labels_of_an_exact_decoder_are_recovered_from_its_scenes() -> None:
    right = recovered("shapes3d", "exact_shapes3d_identity", READER, QUICK)
    assert sum(right.values()) / len(right) >= 0.9, right
