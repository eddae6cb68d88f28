from domain.security.samples import SAMPLES

from memoryd.domain.security.found import named_secrets, secrets_in_texts

TOKEN = SAMPLES[0][1]
PASSWORD = dict(SAMPLES)["password in a URL"]


def test_a_secret_is_one_however_often_it_occurs() -> None:
    (found,) = named_secrets(f"{TOKEN}\n\n{TOKEN}\n".encode(), "/m/MEMORY.md")
    assert len(found.secrets) == 2
    assert found.fingerprint in found.identity


def test_the_identity_of_a_password_is_the_same_on_every_machine() -> None:
    (here,) = named_secrets(PASSWORD.encode(), "/a/MEMORY.md")
    (there,) = named_secrets(PASSWORD.encode(), "/b/MEMORY.md")
    assert here.identity == there.identity == "password in a URL 0"
    assert here.fingerprint != there.fingerprint


def test_what_leaves_the_machine_is_named_without_being_shown() -> None:
    texts = {"/m/a.md": f"# A\n\n- {TOKEN}\n".encode(), "/m/b.md": b"The password is `bX7vbQ2m`.\n"}
    (exposed,) = secrets_in_texts(texts)
    assert str(exposed) == f"/m/a.md:3: GitHub token, ghp_… (fingerprint {exposed.fingerprint})"
    assert TOKEN not in repr(exposed)
