"""Forms of secrets: beginning, alphabet, length and checksum."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from memoryd.domain.security.proofs import (
    begins_with_snowflake,
    has_base62_checksum,
    has_bech32_checksum,
    is_basic_credentials,
    is_signed_claim,
    is_storage_key,
)
from memoryd.values import dataclass, regex

# A secret begins after anything but a letter or a digit, or after an escape such as `\n` or `%3D`.
_BEFORE = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt])|(?<=%[0-9A-F]{2}))"
_AFTER = r"(?![A-Za-z0-9])"
_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


LEAST_RUN = 16
"""Bytes: no kind of secret in one run without white space is shorter."""


@dataclass(frozen=True, slots=True)
class SecretKind:
    """A kind of secrets.

    Attributes:
        name: A noun for it: "GitHub token".
        marks: Texts; it contains one of them, and begins with it if it is among `BEGINNING`.
        shape: Matches it; its first group, if it has one, is the secret itself.
        source: Address of a public description of the form.
        is_one: Returns whether a match is a secret indeed; None where the form says enough.
        is_one_run: It has no white space in it.
    """

    name: str
    marks: tuple[bytes, ...]
    shape: re.Pattern[bytes]
    source: str
    is_one: Callable[[bytes], bool] | None
    is_one_run: bool


# Name and beginnings, the form of the rest, and where the form is described.
_TABLE = r"""
GitHub token: ghp_ gho_ ghu_ ghs_
    [0-9A-Za-z]{36}
    https://github.blog/engineering/behind-githubs-new-authentication-token-formats/
GitHub refresh token: ghr_
    [0-9A-Za-z]{76}
    https://github.blog/engineering/behind-githubs-new-authentication-token-formats/
GitHub fine-grained token: github_pat_
    [0-9A-Za-z]{22}_[0-9A-Za-z]{59}
    https://github.blog/engineering/behind-githubs-new-authentication-token-formats/
GitLab token: glpat- gldt- glrt- glcbt- glptt- glft- glsoat- glimt- glagent- gloas- glffct-
    (?:t\d_)?[0-9A-Za-z_-]{20,300}(?:\.[0-9a-z]{2}\.?[0-9a-z]{7,9})?
    https://docs.gitlab.com/security/tokens/
npm token: npm_
    [0-9A-Za-z]{36}
    https://github.blog/security/supply-chain-security/announcing-npms-new-access-token-format/
PyPI token: pypi-AgEIcHlwaS5vcmc pypi-AgENdGVzdC5weXBpLm9yZw
    [\w-]{50,1000}
    https://docs.pypi.org/api/secrets/
RubyGems key: rubygems_
    [0-9a-f]{48}
    https://guides.rubygems.org/api-key-scopes/
crates.io token: cio
    [0-9A-Za-z]{32}
    https://github.com/rust-lang/crates.io
Docker Hub token: dckr_pat_ dckr_oat_
    [0-9A-Za-z_-]{27,32}
    https://docs.docker.com/security/access-tokens/
AWS access key: AKIA ASIA ABIA ACCA
    [A-Z2-7]{16}
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
AWS secret key: aws_secret_access_key AWS_SECRET_ACCESS_KEY aws_secret_key SecretAccessKey secretAccessKey
    [\"'`]?[ \t]*[:=][ \t]*[\"'`]?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html
Google API key: AIza
    [0-9A-Za-z_-]{35}(?![\w-])
    https://cloud.google.com/docs/authentication/api-keys
Google OAuth secret: GOCSPX-
    [0-9A-Za-z_-]{28}(?![\w-])
    https://developers.google.com/identity/protocols/oauth2
Azure storage key: AccountKey=
    ([A-Za-z0-9+/]{86}==)
    https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string
OpenAI key: sk-
    (?:(?:proj|svcacct|admin)-)?[0-9A-Za-z_-]{20,90}T3BlbkFJ[0-9A-Za-z_-]{20,90}
    https://platform.openai.com/docs/api-reference/authentication
Anthropic key: sk-ant-api03- sk-ant-admin01- sk-ant-oat01- sk-ant-ort01- sk-ant-sid01-
    [0-9A-Za-z_-]{80,120}AA
    https://platform.claude.com/docs/en/api/overview
Hugging Face token: hf_ api_org_
    [A-Za-z]{34}
    https://huggingface.co/docs/hub/security-tokens
Groq key: gsk_
    [0-9A-Za-z]{52}
    https://console.groq.com/docs/quickstart
xAI key: xai-
    [0-9A-Za-z]{80}
    https://docs.x.ai/docs/tutorial
OpenRouter key: sk-or-v1-
    [0-9a-f]{64}
    https://openrouter.ai/docs/api-reference/authentication
Perplexity key: pplx-
    [0-9A-Za-z]{48}
    https://docs.perplexity.ai/getting-started/quickstart
Replicate token: r8_
    [0-9A-Za-z]{37}
    https://replicate.com/docs/reference/http
LangSmith key: lsv2_pt_ lsv2_sk_
    [0-9a-f]{32}_[0-9a-f]{10}
    https://docs.langchain.com/langsmith/create-account-api-key
Stripe key: sk_live_ rk_live_ sk_test_ rk_test_
    [0-9A-Za-z]{16,120}
    https://docs.stripe.com/keys
Stripe webhook secret: whsec_
    [0-9A-Za-z+/]{32,64}=?
    https://docs.stripe.com/webhooks/signature
Square token: sq0atp- sq0csp-
    [0-9A-Za-z_-]{22,43}
    https://developer.squareup.com/docs/build-basics/access-tokens
Shopify token: shpat_ shpca_ shppa_ shpss_
    [0-9a-fA-F]{32}
    https://shopify.dev/changelog/length-of-the-shopify-access-token-is-increasing
Slack token: xoxb- xoxp- xoxa- xoxs- xoxr- xoxe-
    [0-9][0-9A-Za-z-]{20,250}
    https://docs.slack.dev/authentication/tokens/
Slack app token: xapp-
    \d-[A-Z0-9]{9,12}-\d{10,14}-[0-9a-z]{40,80}
    https://docs.slack.dev/authentication/tokens/
Slack webhook: hooks.slack.com/services/ hooks.slack.com/workflows/ hooks.slack.com/triggers/
    ([A-Z0-9]{8,12}/[A-Z0-9]{8,14}/[0-9A-Za-z]{20,32})
    https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/
Discord webhook: discord.com/api/webhooks/ discordapp.com/api/webhooks/
    \d{17,20}/([0-9A-Za-z_-]{60,80})
    https://discord.com/developers/docs/resources/webhook
Teams webhook: webhook.office.com/webhookb2/
    {uuid}@{uuid}/IncomingWebhook/([0-9a-f]{32}/{uuid})
    https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/
SendGrid key: SG.
    [0-9A-Za-z_-]{22}\.[0-9A-Za-z_-]{43}(?![\w-])
    https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys
Twilio key: SK
    [0-9a-f]{32}
    https://www.twilio.com/docs/iam/api-keys
Mailgun key: key-
    (?<![\w-]key-)[0-9a-f]{32}
    https://documentation.mailgun.com/docs/mailgun/api-reference/
Brevo key: xkeysib-
    [0-9a-f]{64}-[0-9A-Za-z]{16}
    https://developers.brevo.com/docs/getting-started
Resend key: re_
    [0-9A-Za-z]{8}_[0-9A-Za-z]{24}
    https://resend.com/docs/api-reference/introduction
DigitalOcean token: dop_v1_ doo_v1_ dor_v1_
    [0-9a-f]{64}
    https://docs.digitalocean.com/reference/api/create-personal-access-token/
Cloudflare origin key: v1.0-
    [0-9a-f]{24}-[0-9a-f]{146}
    https://developers.cloudflare.com/fundamentals/api/get-started/ca-keys/
Heroku key: HRKU-AA
    [0-9A-Za-z_-]{58}
    https://devcenter.heroku.com/articles/authentication
Fly.io token: fm2_ fm1r_ fm1a_
    [0-9A-Za-z+/]{100,600}={0,3}
    https://fly.io/docs/security/tokens/
Netlify token: nfp_
    [0-9A-Za-z]{36}
    https://docs.netlify.com/api/get-started/
Supabase token: sbp_ sb_secret_
    [0-9A-Za-z_-]{31,44}
    https://supabase.com/docs/guides/api/api-keys
PlanetScale token: pscale_tkn_ pscale_pw_ pscale_oauth_
    [\w=.-]{32,64}
    https://planetscale.com/docs/concepts/service-tokens
Databricks token: dapi
    [0-9a-f]{32}(?:-\d)?
    https://docs.databricks.com/dev-tools/auth/pat.html
HashiCorp Vault token: hvs. hvb.
    [0-9A-Za-z_-]{90,300}
    https://developer.hashicorp.com/vault/docs/concepts/tokens
Pulumi token: pul-
    [0-9a-f]{40}
    https://www.pulumi.com/docs/pulumi-cloud/access-management/
Doppler token: dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.
    (?:[a-z0-9_-]{2,35}\.)?[0-9A-Za-z]{40,44}
    https://docs.doppler.com/reference/auth-token-formats
Grafana token: glsa_
    [0-9A-Za-z]{32}_[0-9a-fA-F]{8}
    https://grafana.com/docs/grafana/latest/administration/service-accounts/
New Relic key: NRAK-
    [0-9A-Z]{27}
    https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/
Sentry token: sntryu_
    [0-9a-f]{64}
    https://docs.sentry.io/account/auth-tokens/
Linear key: lin_api_ lin_oauth_
    [0-9A-Za-z]{40,64}
    https://linear.app/developers/graphql
Notion token: ntn_
    \d{11}[0-9A-Za-z]{35}
    https://developers.notion.com/docs/authorization
Atlassian token: ATATT3 ATCTT3 ATBB
    [0-9A-Za-z_=-]{28,200}
    https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/
Figma token: figd_ figu_
    [0-9A-Za-z_-]{40,64}
    https://www.figma.com/developers/api
Postman key: PMAK-
    [0-9a-f]{24}-[0-9a-f]{34}
    https://learning.postman.com/docs/developer/postman-api/authentication/
Airtable token: pat
    [0-9A-Za-z]{14}\.[0-9a-f]{64}
    https://airtable.com/developers/web/api
Tailscale key: tskey-auth- tskey-api- tskey-client- tskey-scim- tskey-webhook-
    [0-9A-Za-z]{8,24}(?:CNTRL)?-[0-9A-Za-z]{16,64}
    https://tailscale.com/kb/1085/auth-keys
1Password token: ops_eyJ
    (?<![_-]ops_eyJ)[0-9A-Za-z_-]{200,4000}
    https://developer.1password.com/docs/service-accounts/
age identity: AGE-SECRET-KEY-1
    [0-9A-Z]{58}
    https://age-encryption.org/v1
WireGuard key: PrivateKey
    [ \t]*=[ \t]*([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)
    https://www.wireguard.com/quickstart/
JSON web token: eyJ
    (?<![_-]eyJ)[\w-]{8,2000}\.eyJ[\w-]{8,6000}\.[\w-]{20,1000}
    https://www.rfc-editor.org/rfc/rfc7519
HTTP credentials: Basic
    [ \t]([A-Za-z0-9+/]{12,200}={0,2})(?![A-Za-z0-9+/=])
    https://www.rfc-editor.org/rfc/rfc7617
"""
_INNER_TABLE = r"""
Telegram token: :AA
    \d{8,10}:AA[\w-]{33}(?![\w-])
    https://core.telegram.org/bots/features#botfather
Azure client secret: Q~
    [\w~.]{3}\dQ~[\w~.-]{31,34}
    https://learn.microsoft.com/entra/identity-platform/howto-create-service-principal-portal
Discord token: .
    [MNO][\w-]{22,27}\.[\w-]{6}\.[\w-]{27,40}
    https://docs.discord.com/developers/reference
Terraform token: .atlasv1.
    [0-9A-Za-z]{14}\.atlasv1\.[\w-]{60,70}
    https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens
Mailchimp key: -us
    [0-9a-f]{32}-us\d{1,2}
    https://mailchimp.com/developer/marketing/guides/quick-start/
"""

_PROOFS: Mapping[str, Callable[[bytes], bool]] = {
    "GitHub token": has_base62_checksum,
    "GitHub refresh token": has_base62_checksum,
    "npm token": has_base62_checksum,
    "Azure storage key": is_storage_key,
    "Discord token": begins_with_snowflake,
    "age identity": has_bech32_checksum,
    "JSON web token": is_signed_claim,
    "HTTP credentials": is_basic_credentials,
}


def _read(table: str, *, begins: bool) -> tuple[SecretKind, ...]:
    lines = [line.strip() for line in table.strip().split("\n")]
    rows = zip(lines[::3], lines[1::3], lines[2::3], strict=True)
    return tuple(_kind(*row, begins=begins) for row in rows)


def _kind(head: str, form: str, source: str, *, begins: bool) -> SecretKind:
    name, _, marks = head.partition(": ")
    choice = "|".join(map(re.escape, marks.split()))
    start = f"(?:{choice})" if begins else ""
    shape = regex(f"{_BEFORE}{start}{form.replace('{uuid}', _UUID)}{_AFTER}".encode())
    is_one_run = "[ \\t]" not in form
    return SecretKind(name, tuple(marks.encode().split()), shape, source, _PROOFS.get(name), is_one_run)


BEGINNING = _read(_TABLE, begins=True)
"""Kinds that begin with one of their marks."""

INNER = _read(_INNER_TABLE, begins=False)
"""Kinds that contain one of their marks, and can begin with anything."""


@lru_cache(maxsize=16)
def long_runs(source: bytes) -> bytes:
    """Return the runs without white space that are long enough for a secret, with a space between them.

    They are few, so that it takes little time to see that none has a mark.
    """
    return b" ".join([run for run in source.split() if len(run) >= LEAST_RUN])
