import re

from domain.security.samples import MAKERS

from memoryd.domain.security.kinds import BEGINNING, INNER


def test_there_is_a_sample_of_every_kind() -> None:
    assert {kind.name for kind in (*BEGINNING, *INNER)} <= {kind for kind, _ in MAKERS}
    assert len({kind.name for kind in (*BEGINNING, *INNER)}) >= 60


def test_every_kind_names_a_public_source() -> None:
    assert [kind.name for kind in (*BEGINNING, *INNER) if not re.fullmatch(r"https://\S+", kind.source)] == []
