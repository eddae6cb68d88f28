from dataclasses import fields, is_dataclass
from inspect import getmembers, isclass
from re import MULTILINE, findall

import pytest

from memoryd.domain.report import model

CLASSES = [each for _, each in getmembers(model, isclass) if is_dataclass(each)]


@pytest.mark.parametrize("found", CLASSES)
def test_every_value_says_what_it_is(found: type) -> None:
    assert is_dataclass(found)
    told = findall(r"^ {8}(\w+): ", found.__doc__ or "", flags=MULTILINE)
    assert told == [each.name for each in fields(found)]
