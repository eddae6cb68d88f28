"""Secrets that are valid in form and belong to nobody, made when a test runs: this repository holds none."""

import base64
import json
import string
from collections.abc import Callable
from random import Random

from memoryd.domain.security.proofs import base62_checksum, bech32_checksum

DIGITS, LOWER, UPPER, LETTERS = (
    string.digits,
    string.ascii_lowercase,
    string.ascii_uppercase,
    string.ascii_letters,
)
ALNUM, HEX = LETTERS + DIGITS, DIGITS + "abcdef"
WORD = ALNUM + "_-"
B64 = ALNUM + "+/"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def some(random: Random, letters: str, count: int) -> str:
    """So many letters; the first is a letter or digit and so is the last, as a person would select them."""
    inner = [random.choice(letters) for _ in range(count)]
    plain = [each for each in letters if each in ALNUM]
    inner[0], inner[-1] = random.choice(plain), random.choice(plain)
    return "".join(inner)


def uuid(random: Random) -> str:
    return "-".join(some(random, HEX, count) for count in (8, 4, 4, 4, 12))


def checked(random: Random) -> str:
    body = some(random, ALNUM, 30)
    return body + base62_checksum(body.encode()).decode()


def checked_long(random: Random) -> str:
    body = some(random, ALNUM, 70)
    return body + base62_checksum(body.encode()).decode()


def b64(raw: bytes, *, padded: bool = False) -> str:
    text = base64.b64encode(raw).decode()
    return text if padded else text.rstrip("=").replace("+", "-").replace("/", "_")


def web_token(random: Random) -> str:
    head = b64(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
    claims = {"sub": some(random, HEX, 12), "scope": "write", "exp": 1900000000}
    return f"{head}.{b64(json.dumps(claims).encode())}.{b64(random.randbytes(32))}"


def age_identity(random: Random) -> str:
    prefix = "age-secret-key-"
    values = [random.randrange(32) for _ in range(52)]
    values += bech32_checksum(prefix.encode(), values)
    return (prefix + "1" + "".join(BECH32[each] for each in values)).upper()


def private_key(random: Random, what: str, lines: int = 6) -> str:
    dashes = "-" * 5
    head, foot = (f"{dashes}{end} {what}PRIVATE KEY{dashes}" for end in ("BEGIN", "END"))
    body = [some(random, B64, 64) for _ in range(lines)]
    return "\n".join([head, *body, foot])


def pgp_key(random: Random) -> str:
    return private_key(random, "PGP ").replace("KEY-", "KEY BLOCK-")


def discord(random: Random) -> str:
    identity = "1" + some(random, DIGITS, 17)
    return f"{b64(identity.encode())}.{some(random, WORD, 6)}.{some(random, WORD, 38)}"


# Kind, and what makes one, from the public descriptions of the forms
MAKERS: list[tuple[str, Callable[[Random], str]]] = [
    ("GitHub token", lambda r: "ghp_" + checked(r)),
    ("GitHub token", lambda r: "gho_" + checked(r)),
    ("GitHub token", lambda r: "ghs_" + checked(r)),
    ("GitHub refresh token", lambda r: "ghr_" + checked_long(r)),
    ("GitHub fine-grained token", lambda r: f"github_pat_{some(r, ALNUM, 22)}_{some(r, ALNUM, 59)}"),
    ("GitLab token", lambda r: "glpat-" + some(r, WORD, 20)),
    ("GitLab token", lambda r: f"glpat-{some(r, WORD, 37)}.01.{some(r, LOWER + DIGITS, 9)}"),
    ("GitLab token", lambda r: "glrt-t1_" + some(r, WORD, 20)),
    ("GitLab token", lambda r: "gldt-" + some(r, WORD, 20)),
    ("npm token", lambda r: "npm_" + checked(r)),
    ("PyPI token", lambda r: "pypi-AgEIcHlwaS5vcmc" + some(r, WORD, 140)),
    ("RubyGems key", lambda r: "rubygems_" + some(r, HEX, 48)),
    ("crates.io token", lambda r: "cio" + some(r, ALNUM, 32)),
    ("Docker Hub token", lambda r: "dckr_pat_" + some(r, WORD, 27)),
    ("AWS access key", lambda r: "AKIA" + some(r, UPPER + "234567", 16)),
    ("AWS access key", lambda r: "ASIA" + some(r, UPPER + "234567", 16)),
    ("AWS secret key", lambda r: "aws_secret_access_key = " + some(r, B64, 40)),
    ("Google API key", lambda r: "AIza" + some(r, WORD, 35)),
    ("Google OAuth secret", lambda r: "GOCSPX-" + some(r, WORD, 28)),
    ("Azure client secret", lambda r: f"{some(r, ALNUM, 3)}8Q~{some(r, WORD, 34)}"),
    ("Azure storage key", lambda r: f"AccountName=shop;AccountKey={b64(r.randbytes(64), padded=True)}"),
    ("OpenAI key", lambda r: f"sk-{some(r, ALNUM, 20)}T3BlbkFJ{some(r, ALNUM, 20)}"),
    ("OpenAI key", lambda r: f"sk-proj-{some(r, WORD, 74)}T3BlbkFJ{some(r, WORD, 74)}"),
    ("Anthropic key", lambda r: f"sk-ant-api03-{some(r, WORD, 93)}AA"),
    ("Hugging Face token", lambda r: "hf_" + some(r, LETTERS, 34)),
    ("Groq key", lambda r: "gsk_" + some(r, ALNUM, 52)),
    ("xAI key", lambda r: "xai-" + some(r, ALNUM, 80)),
    ("OpenRouter key", lambda r: "sk-or-v1-" + some(r, HEX, 64)),
    ("Perplexity key", lambda r: "pplx-" + some(r, ALNUM, 48)),
    ("Replicate token", lambda r: "r8_" + some(r, ALNUM, 37)),
    ("LangSmith key", lambda r: f"lsv2_pt_{some(r, HEX, 32)}_{some(r, HEX, 10)}"),
    ("Stripe key", lambda r: "sk_live_" + some(r, ALNUM, 24)),
    ("Stripe key", lambda r: "rk_live_" + some(r, ALNUM, 99)),
    ("Stripe webhook secret", lambda r: "whsec_" + some(r, ALNUM, 32)),
    ("Square token", lambda r: "sq0atp-" + some(r, WORD, 22)),
    ("Shopify token", lambda r: "shpat_" + some(r, HEX, 32)),
    ("Slack token", lambda r: f"xoxb-{some(r, DIGITS, 12)}-{some(r, DIGITS, 13)}-{some(r, ALNUM, 24)}"),
    ("Slack token", lambda r: f"xoxp-{'-'.join(some(r, DIGITS, 12) for _ in range(3))}-{some(r, HEX, 32)}"),
    (
        "Slack app token",
        lambda r: f"xapp-1-A{some(r, UPPER + DIGITS, 10)}-{some(r, DIGITS, 13)}-{some(r, HEX, 64)}",
    ),
    (
        "Slack webhook",
        lambda r: (
            f"https://hooks.slack.com/services/T{some(r, UPPER + DIGITS, 10)}"
            f"/B{some(r, UPPER + DIGITS, 10)}/{some(r, ALNUM, 24)}"
        ),
    ),
    (
        "Discord webhook",
        lambda r: f"https://discord.com/api/webhooks/1{some(r, DIGITS, 18)}/{some(r, WORD, 68)}",
    ),
    ("Discord token", discord),
    (
        "Teams webhook",
        lambda r: (
            f"https://shop.webhook.office.com/webhookb2/{uuid(r)}@{uuid(r)}"
            f"/IncomingWebhook/{some(r, HEX, 32)}/{uuid(r)}"
        ),
    ),
    ("Telegram token", lambda r: f"7{some(r, DIGITS, 9)}:AA{some(r, WORD, 33)}"),
    ("SendGrid key", lambda r: f"SG.{some(r, WORD, 22)}.{some(r, WORD, 43)}"),
    ("Twilio key", lambda r: "SK" + some(r, HEX, 32)),
    ("Mailgun key", lambda r: "key-" + some(r, HEX, 32)),
    ("Mailchimp key", lambda r: some(r, HEX, 32) + "-us12"),
    ("Brevo key", lambda r: f"xkeysib-{some(r, HEX, 64)}-{some(r, ALNUM, 16)}"),
    ("Resend key", lambda r: f"re_{some(r, ALNUM, 8)}_{some(r, ALNUM, 24)}"),
    ("DigitalOcean token", lambda r: "dop_v1_" + some(r, HEX, 64)),
    ("Cloudflare origin key", lambda r: f"v1.0-{some(r, HEX, 24)}-{some(r, HEX, 146)}"),
    ("Heroku key", lambda r: "HRKU-AA" + some(r, WORD, 58)),
    ("Fly.io token", lambda r: "fm2_" + some(r, B64, 160)),
    ("Netlify token", lambda r: "nfp_" + some(r, ALNUM, 36)),
    ("Supabase token", lambda r: "sbp_" + some(r, HEX, 40)),
    ("PlanetScale token", lambda r: "pscale_tkn_" + some(r, WORD, 43)),
    ("Databricks token", lambda r: "dapi" + some(r, HEX, 32)),
    ("HashiCorp Vault token", lambda r: "hvs." + some(r, WORD, 100)),
    ("Terraform token", lambda r: f"{some(r, ALNUM, 14)}.atlasv1.{some(r, ALNUM, 67)}"),
    ("Pulumi token", lambda r: "pul-" + some(r, HEX, 40)),
    ("Doppler token", lambda r: "dp.pt." + some(r, ALNUM, 43)),
    ("Grafana token", lambda r: f"glsa_{some(r, ALNUM, 32)}_{some(r, HEX, 8)}"),
    ("New Relic key", lambda r: "NRAK-" + some(r, UPPER + DIGITS, 27)),
    ("Sentry token", lambda r: "sntryu_" + some(r, HEX, 64)),
    ("Linear key", lambda r: "lin_api_" + some(r, ALNUM, 40)),
    ("Notion token", lambda r: f"ntn_{some(r, DIGITS, 11)}{some(r, ALNUM, 35)}"),
    ("Atlassian token", lambda r: f"ATATT3xFfGF0{some(r, WORD, 171)}={some(r, HEX.upper(), 8)}"),
    ("Figma token", lambda r: "figd_" + some(r, WORD, 40)),
    ("Postman key", lambda r: f"PMAK-{some(r, HEX, 24)}-{some(r, HEX, 34)}"),
    ("Airtable token", lambda r: f"pat{some(r, ALNUM, 14)}.{some(r, HEX, 64)}"),
    ("Tailscale key", lambda r: f"tskey-auth-k{some(r, ALNUM, 11)}CNTRL-{some(r, ALNUM, 32)}"),
    ("1Password token", lambda r: "ops_eyJ" + some(r, ALNUM, 600)),
    ("age identity", age_identity),
    ("WireGuard key", lambda r: f"PrivateKey = {b64(r.randbytes(32), padded=True)}"),
    ("JSON web token", web_token),
    (
        "HTTP credentials",
        lambda r: "Authorization: Basic " + b64(b"ann:" + some(r, ALNUM, 14).encode(), padded=True),
    ),
    ("RSA private key", lambda r: private_key(r, "RSA ")),
    ("OPENSSH private key", lambda r: private_key(r, "OPENSSH ")),
    ("private key", lambda r: private_key(r, "")),
    ("encrypted private key", lambda r: private_key(r, "ENCRYPTED ")),
    ("PGP private key", pgp_key),
    ("password in a URL", lambda r: f"https://deploy:{some(r, ALNUM + '!._-', 14)}@ci.acme.io/shop.git"),
    ("password in a URL", lambda r: f"postgres://shop:{some(r, ALNUM, 16)}@db.acme.io:5432/shop"),
]


def seen(text: str) -> str:
    """What of a sample must not be shown: the secret itself, without a name before it."""
    for mark in (" = ", "AccountKey=", "Basic ", "/webhooks/", "/IncomingWebhook/", "/services/"):
        text = text.rpartition(mark)[2]
    return text.partition("://")[2].partition(":")[2].partition("@")[0] or text


def seeded(seed: object) -> Random:
    """A source of random numbers that are always the same."""
    return Random(str(seed))  # noqa: S311  # nothing depends on them


SAMPLES = [(kind, make(seeded(f"{kind} {number}"))) for number, (kind, make) in enumerate(MAKERS)]
"""Kind and text of a secret of each maker."""
