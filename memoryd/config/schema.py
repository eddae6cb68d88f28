"""JSON schema of `config.toml`, for editors."""

import json
from typing import Any

from memoryd.config import Config
from memoryd.config.forms import ANY_PATH


def schema_text() -> str:
    """Return the JSON schema as the text of a file."""
    return json.dumps(schema(), indent=2) + "\n"


def schema() -> dict[str, Any]:
    """Return the JSON schema that editors use to check and complete the configuration."""
    from pydantic import TypeAdapter

    found = json.loads(json.dumps(TypeAdapter(Config).json_schema()))
    for each in (found, *found["$defs"].values()):  # docstrings have sections for programmers
        each["description"] = each.get("description", "").partition("\n\n")[0]
    table = found["$defs"]["Enforcement"]
    paths = table["properties"].pop(ANY_PATH)  # in the file, paths are keys of the table itself
    table["patternProperties"] = {"^(/|~/)": paths["additionalProperties"]}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found, "title": "memoryd"}
