"""JSON-RPC, one object a line, on standard input and output.

The few methods are served here, and not by the official SDK: to import that takes more than a second of
processor time and 60 MB in each session, before anything can be answered.
"""

import json
import os
import sys
import traceback
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from memoryd import __version__
from memoryd.domain.text.escape import json_line, visible_line
from memoryd.errors import MemorydError
from memoryd.mcp.catalogue import INSTRUCTIONS, checked, tools
from memoryd.mcp.session import McpSession

VERSIONS = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
"""Versions of the protocol, the newest first."""

LONGEST = 1024 * 1024
"""Bytes of a message."""

_PARSE, _REQUEST, _METHOD, _PARAMETERS, _INTERNAL = -32700, -32600, -32601, -32602, -32603


class RequestError(Exception):
    """A request that is answered by an error.

    Args:
        code: That of JSON-RPC.
        message: One sentence.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def serve(session: McpSession, source: BinaryIO, target: BinaryIO) -> None:
    """Answer requests until there are no more.

    Args:
        session: Carries out the calls.
        source: The requests.
        target: The answers.
    """
    for line in _lines(source):
        answer = respond(session, line)
        if answer is not None:
            try:
                target.write(answer)
                target.flush()
            except BrokenPipeError:  # the client is gone
                return


def _lines(source: BinaryIO) -> Iterator[bytes]:
    """Yield the lines; of one that is too long only its beginning, which is no message."""
    is_rest = False
    while line := source.readline(LONGEST):
        if not is_rest and line.strip():
            yield line
        is_rest = not line.endswith(b"\n")


def respond(session: McpSession, line: bytes) -> bytes | None:
    """Return the answer to a message; None for one that gets no answer."""
    identity: object = None
    try:
        message = _message(line)
        identity = message.get("id")
        if "method" not in message or identity is None:  # an answer, or a notification
            return None
        result = _result(session, str(message["method"]), _object(message.get("params")))
    except RequestError as error:
        return _packed(identity, error={"code": error.code, "message": str(error)})
    except Exception as error:  # noqa: BLE001  # one request must not end the session
        _report(error)
        return _packed(identity, error={"code": _INTERNAL, "message": f"bug: {type(error).__name__}"})
    return _packed(identity, result=result)


def _message(line: bytes) -> Mapping[str, object]:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise RequestError(_PARSE, "this is not JSON in UTF-8") from error
    if not isinstance(message, dict) or not isinstance(message.get("id"), str | int | None):
        raise RequestError(_REQUEST, "this is not a request of JSON-RPC")
    return message


def _result(session: McpSession, method: str, params: Mapping[str, object]) -> Mapping[str, object]:
    constant: dict[str, Mapping[str, object]] = {
        "ping": {},
        "tools/list": {"tools": tools(write=session.write)},
        "resources/templates/list": {"resourceTemplates": []},
        "prompts/list": {"prompts": []},
    }
    match method:
        case "initialize":
            return _greeting(params.get("protocolVersion"))
        case "tools/call":
            return _call(session, params)
        case "resources/list":
            return session.resources(params.get("cursor"))
        case "resources/read":
            return _read(session, params.get("uri"))
        case _ if method in constant:
            return constant[method]
    raise RequestError(_METHOD, "there is no such method")


def _greeting(version: object) -> Mapping[str, object]:
    return {
        "protocolVersion": version if version in VERSIONS else VERSIONS[0],
        "capabilities": {"tools": {}, "resources": {}},
        "serverInfo": {"name": "memoryd", "version": __version__},
        "instructions": INSTRUCTIONS,
    }


def _call(session: McpSession, params: Mapping[str, object]) -> Mapping[str, object]:
    """Return the result of a tool; what it cannot do is told to the model in one sentence."""
    known = {str(each["name"]): each for each in tools(write=session.write)}
    tool = known.get(str(params.get("name")))
    if tool is None:
        raise RequestError(_PARAMETERS, f"there is no such tool; the tools are {', '.join(known)}")
    try:
        text = session.call(str(tool["name"]), checked(tool, params.get("arguments", {})))
    except MemorydError as error:
        told = visible_line(f"{error.message}: {error.hint}" if error.hint else error.message)
        return {"content": [{"type": "text", "text": told}], "isError": True}
    return {"content": [{"type": "text", "text": text}]}


def _read(session: McpSession, uri: object) -> Mapping[str, object]:
    if not isinstance(uri, str):
        raise RequestError(_PARAMETERS, "uri is missing")
    try:
        return session.resource(uri)
    except MemorydError as error:
        raise RequestError(_PARAMETERS, error.message) from error


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _packed(identity: object, **values: object) -> bytes:
    return json_line({"jsonrpc": "2.0", "id": identity} | values).encode() + b"\n"


def _report(error: Exception) -> None:
    """Print where a bug is, without its message, which may have the text of memory."""
    places = "".join(traceback.format_tb(error.__traceback__))
    print(f"bug: {type(error).__name__}\n{places}", file=sys.stderr)  # noqa: T201  # the client keeps it


def take_standard_streams() -> tuple[BinaryIO, BinaryIO]:
    """Return standard input and output; what anything else prints goes to standard error from now on."""
    source = os.fdopen(os.dup(0), "rb")
    target = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return source, target
