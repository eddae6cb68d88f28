from domain.security.samples import SAMPLES

from memoryd.domain.hooks.new_secrets import new_secrets, refusal_of_secrets

TOKENS = [text for _, text in SAMPLES[:5]]
TOKEN = TOKENS[0]


def test_only_what_is_new_is_named() -> None:
    assert new_secrets(b"", f"- {TOKEN}\n".encode()) == "GitHub token, ghp_…"
    assert new_secrets(f"{TOKEN}\n".encode(), f"- {TOKEN}\n".encode()) == ""
    assert new_secrets(b"", b"- the password is `bX7vbQ2m`\n") == ""  # only a sentence says so


def test_a_few_are_named_and_the_rest_are_counted() -> None:
    named = new_secrets(b"", "\n".join(TOKENS).encode())
    assert named.count("…") == 3
    assert named.endswith(" and 2 more")


def test_a_comment_allows_them() -> None:
    for comment in ("ignore[X001]", "ignore-file[L001, secret] of the sandbox"):
        assert new_secrets(b"", f"<!-- memoryd: {comment} -->\n{TOKEN}\n".encode()) == ""


def test_a_reason_shows_no_secret() -> None:
    reason = refusal_of_secrets("MEMORY.md", new_secrets(b"", TOKEN.encode()), is_shared=True)
    assert "shared through git: GitHub token, ghp_…" in reason
    assert TOKEN[4:10] not in reason


def test_of_a_large_text_the_new_lines_are_read_first() -> None:
    old = b"".join(b"- fact %d\n" % number for number in range(50_000))
    new = f"- {TOKEN}\n".encode()
    assert new_secrets(old, old + new) == "GitHub token, ghp_…"
    assert new_secrets(old + new, old + b"- one more\n" + new) == ""
    assert new_secrets(b"", b"word " * 20_000 + new) == ""  # too far away for an answer in time
    assert new_secrets(b"word " * 20_000 + new, new + b"word " * 30_000) == ""
