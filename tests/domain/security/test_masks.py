import pytest
from domain.security.samples import SAMPLES, private_key, seeded

from memoryd.domain.security.masks import masked_source, without_secrets
from memoryd.domain.security.secrets import secrets_in

TOKEN = SAMPLES[0][1]
SOURCE = f"# Tokens\n\n- CI: {TOKEN}, since March\n".encode()


def test_stars_cover_a_secret_where_it_is() -> None:
    covered = masked_source(SOURCE)
    assert len(covered) == len(SOURCE)
    assert covered == SOURCE.replace(TOKEN.encode(), b"ghp_" + b"*" * 36)
    assert masked_source(b"nothing") == b"nothing"


def test_stars_leave_lines_of_a_key_as_long_as_they_are() -> None:
    source = private_key(seeded(1), "RSA ").encode()
    assert [len(line) for line in masked_source(source).split(b"\n")] == [
        len(line) for line in source.split(b"\n")
    ]


@pytest.mark.parametrize("shown", [TOKEN, TOKEN[:20] + "…", TOKEN[:9]])
def test_a_message_shows_no_secret_whole_or_cut_off(shown: str) -> None:
    told = without_secrets(f'"CI: {shown}" and {shown}', [SOURCE])
    assert told.startswith('"CI: ghp_…')
    assert TOKEN[4:9] not in told


def test_a_diff_shows_no_line_of_a_key() -> None:
    key = private_key(seeded(1), "")
    told = without_secrets("".join(f"+{line}\n" for line in key.split("\n")), [key.encode()])
    assert [line for line in key.split("\n") if line in told] == []


@pytest.mark.parametrize(("kind", "text"), SAMPLES)
def test_what_masks_leave_is_no_secret(kind: str, text: str) -> None:
    assert secrets_in(masked_source(text.encode())) == (), kind
    assert secrets_in(without_secrets(text, [text.encode()]).encode()) == ()
