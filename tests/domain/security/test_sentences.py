import pytest

from memoryd.domain.security.secrets import secrets_in

SAID = [
    "The password is bX7vbQ2m!",
    "password: bX7vbQ2m!",
    "The API key for staging is `bX7vbQ2mR4`.",
    "The **password**: `bX7vbQ2m`",
    'client_secret = "bX7vbQ2mR4"',
    "Das Passwort für das Wiki lautet bX7vbQ2m!",
    "Kennwort: Sonne-47!",
    "Le mot de passe est `bX7vbQ2m`",
    "La contraseña es bX7vbQ2m!",
    "A senha do banco é `bX7vbQ2m`",
    "Het wachtwoord is bX7vbQ2m!",
    "Hasło to bX7vbQ2m!",
    "Пароль: bX7vbQ2m!",
    "пароль от вики — `bX7vbQ2m`",
    "密码是 `bX7vbQ2m`",
    "パスワードは「bX7vbQ2m」",
    "비밀번호는 `bX7vbQ2m`",
]
NOT_SAID = [
    "The password is in the vault.",
    "Passwords are hashed with argon2id and a salt.",
    "password: required, at least 12 characters",
    "password: <your password>",
    "password = os.environ['DB_PASSWORD']",
    "passwd: /etc/passwd",
    "API key: see docs/api-keys.md",
    "The access token is valid for 3600s",
    "access token: 15min, refresh token: 30days",
    "The password is sha256-hashed",
    "api_key: config.api_key",
    "Das Passwort ist mindestens 8 Zeichen lang.",
    "password: hunter2",
    "The password is `changeme1`",
    "client_secret: ${CLIENT_SECRET_2}",
    "secret key is 9fceb02d0ae598e95dc970b74767f19372d61af8",
    "密码是必填的",
    "Le mot de passe est obligatoire",
]


@pytest.mark.parametrize("text", SAID)
def test_a_password_in_a_sentence_is_found(text: str) -> None:
    (secret,) = secrets_in(text.encode())
    assert not secret.is_certain
    assert secret.is_guessable
    assert secret.value.decode() in {
        "bX7vbQ2m",
        "bX7vbQ2mR4",
        "bX7vbQ2m!",
        "Sonne-47",
        "Sonne-47!",
    }


@pytest.mark.parametrize("text", NOT_SAID)
def test_what_only_speaks_of_passwords_holds_none(text: str) -> None:
    assert secrets_in(text.encode()) == ()
