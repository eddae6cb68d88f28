import tomllib

import jsonschema
import pytest

from memoryd.config.schema import schema


@pytest.mark.parametrize(
    "text",
    [
        "",
        'enforce = "compact"\nsettle = "2m"\nrescan = 30\n',
        '[enforce]\nat = "soft"\nproject = "off"\n"~/code/*" = "report"\n',
        '[history]\nmax_size = "1 GB"\n[daemon]\nfixes = ["S001"]\nmetrics = "~/m.prom"\nsandbox = "off"\n',
        '[profiles.x]\nplaces = ["~/.x/memory"]\nmax_lines = 3\nunit = "characters"\n',
        'select = ["L"]\n[levels]\nL003 = "warning"\n[per-file-ignores]\n"logs/*" = ["L004"]\n',
    ],
)
def test_what_is_valid_fits_the_schema(text: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(tomllib.loads(text), schema(), jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    "text",
    [
        'enforce = "on"\n',
        '[enforce]\nprojct = "off"\n',
        '[enforce]\n"~/x" = "no"\n',
        "setle = 5\n",
        "settle = -1\n",
        "settle = true\n",
        "[history]\nmax_size = 5\n",
        "[prune]\nmax_removals = 0\n",
        '[levels]\nL003 = "bad"\n',
    ],
)
def test_what_is_wrong_does_not(text: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomllib.loads(text), schema(), jsonschema.Draft202012Validator)
