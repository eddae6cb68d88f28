import re

from domain.security.samples import SAMPLES

from memoryd.domain.security.kinds import BEGINNING, INNER, LEAST_RUN, long_runs


def test_there_is_a_sample_of_every_kind() -> None:
    assert {kind.name for kind in (*BEGINNING, *INNER)} <= {kind for kind, _ in SAMPLES}
    assert len({kind.name for kind in (*BEGINNING, *INNER)}) >= 60


def test_every_kind_names_a_public_source() -> None:
    assert [kind.name for kind in (*BEGINNING, *INNER) if not re.fullmatch(r"https://\S+", kind.source)] == []


def test_secrets_without_white_space_are_in_long_runs() -> None:
    kinds = {kind.name: kind for kind in (*BEGINNING, *INNER)}
    for name, secret in SAMPLES:
        if name in kinds and kinds[name].is_one_run:
            assert len(secret) >= LEAST_RUN
            assert secret.encode() in long_runs(f"It is\n{secret} here".encode())
