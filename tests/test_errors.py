from bench.errors import suggestion


def test_swapped_letters_come_before_other_near_names() -> None:
    assert suggestion("bais", ["basis", "bias"]) == "; did you mean 'bias'?"


def test_a_name_like_no_other_gets_no_suggestion() -> None:
    assert suggestion("zebra", ["basis", "bias"]) == ""
