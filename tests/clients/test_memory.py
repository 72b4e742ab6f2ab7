from pathlib import Path

import pytest

from bench.clients.window import START
from tests.clients.many_units import AT_ONCE, STATUS, UNITS, measured
from tests.loopback import Loopback

MOST = 1.5e9  # bytes
HELD = 2e8  # of pictures and requests of units under way, beside the traversals of all units: no more than 256 units' worth


@pytest.mark.skipif(not STATUS.is_file(), reason="only Linux tells the peak of a process")
def test_a_thousand_units_at_concurrency_64_stay_below_a_gigabyte_and_a_half(tmp_path: Path) -> None:
    with Loopback(delay=0.2) as server:
        found = measured(server.base_url, tmp_path, answers=1)
    assert sum(found["ended"].values()) == UNITS
    assert set(found["ended"]) <= {"answered", "abstained"}
    assert START < server.most_at_once <= AT_ONCE
    assert found["peak"] < MOST
    assert found["peak"] - found["before"] < HELD
