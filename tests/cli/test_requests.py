from pathlib import Path

import pytest

from memoryd.cli.requests import ChangeRequest, CheckRequest, OutputRequest
from memoryd.errors import MemorydError
from memoryd.runtime import Selection

ASKED = CheckRequest(Selection())


@pytest.mark.parametrize(
    ("changing", "printing"),
    [
        (ChangeRequest(fix=True, diff=True), OutputRequest()),
        (ChangeRequest(unsafe=True), OutputRequest()),
        (ChangeRequest(baseline=True), OutputRequest()),
        (ChangeRequest(diff=True), OutputRequest("sarif")),
        (ChangeRequest(), OutputRequest("json", statistics=True)),
        (ChangeRequest(), OutputRequest(quiet=True, verbose=True)),
    ],
)
def test_what_contradicts_itself_is_refused(changing: ChangeRequest, printing: OutputRequest) -> None:
    def demand() -> None:
        printing.demand_sense()
        changing.demand_sense(ASKED, printing)

    with pytest.raises(MemorydError) as caught:
        demand()
    assert caught.value.hint


def test_what_makes_sense_is_accepted() -> None:
    ChangeRequest(fix=True, unsafe=True).demand_sense(ASKED, OutputRequest("json"))
    ChangeRequest(diff=True, suppress=True).demand_sense(ASKED, OutputRequest())
    baseline = CheckRequest(Selection(), baseline=Path("b.json"))
    ChangeRequest(baseline=True).demand_sense(baseline, OutputRequest())
