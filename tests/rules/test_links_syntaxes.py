"""Every syntax that can name a file: a missing target is found, an existing one is not."""

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from support import needs_git, write_tree

from memoryd.domain.checks.diagnostic import Severity
from memoryd.domain.stores.store import Scope, agent_store
from memoryd.rules import ALL_RULES
from memoryd.services.checks.check import check

RULES = tuple(rule for rule in ALL_RULES if rule.code.startswith("L"))
HERE = {
    "here.md": "# One part\n\n## Second {#two}\n\nText. ^block\n",
    "here one.md": "x\n",
    "会議-here.md": "x\n",
    "café.md": "x\n",
    "topics/here-b.md": "x\n",
    "a(here).md": "x\n",
    "pictures/here.png": "x\n",
    "src/here.py": "x\n",
}
# Syntax by name: the code of a missing target, and the text, with `here` where the target is.
SYNTAXES = {
    "inline": ("L001", "- [x](here.md) — hook"),
    "double title": ("L001", '- [x](here.md "a title")'),
    "single title": ("L001", "- [x](here.md 'a title')"),
    "title in parentheses": ("L001", "- [x](here.md (a title))"),
    "angle brackets": ("L001", "- [x](<here.md>)"),
    "spaces in angle brackets": ("L001", "- [x](<here one.md>)"),
    "percent-encoded space": ("L001", "- [x](here%20one.md)"),
    "percent-encoded letter": ("L001", "- [x](here%2Emd)"),
    "dot and slash": ("L001", "- [x](./here.md)"),
    "folder": ("L001", "- [x](topics/here-b.md)"),
    "up and down": ("L001", "- [x](topics/../here.md)"),
    "fragment": ("L001", "- [x](here.md#one-part)"),
    "query": ("L001", "- [x](here.md?raw=1)"),
    "escaped": ("L001", "- [x](here\\.md)"),
    "entity": ("L001", "- [x](here&#46;md)"),
    "space around": ("L001", "- [x](  here.md  )"),
    "brackets in the text": ("L001", "- [x [y] z](here.md)"),
    "code in the text": ("L001", "- [`x`](here.md)"),
    "markup in the text": ("L001", "- [**x** *y*](here.md)"),
    "text of two lines": ("L001", "see [x\ny](here.md)"),
    "empty text": ("L001", "- [](here.md)"),
    "image": ("L001", "![x](pictures/here.png)"),
    "linked image": ("L001", "[![x](pictures/here.png)](https://example.com)"),
    "link of an image": ("L001", "[![x](https://example.com/x.png)](here.md)"),
    "reference": ("L001", "- [x][r]\n\n[r]: here.md"),
    "collapsed reference": ("L001", "- [r][]\n\n[r]: here.md"),
    "shortcut reference": ("L001", "- [r]\n\n[r]: here.md 'title'"),
    "reference in angle brackets": ("L001", "- [x][R]\n\n[r]: <here one.md>"),
    "reference in a quote": ("L001", "- [x][r]\n\n> [r]: here.md"),
    "href": ("L001", 'see <a href="here.md">x</a>'),
    "href in single quotes": ("L001", "see <a class=y href='here.md'>x</a>"),
    "bare href": ("L001", "see <a href=here.md>x</a>"),
    "href over lines": ("L001", '<div>\n<a\n  href="here.md"\n>x</a>\n</div>'),
    "src": ("L001", '<img alt="x" src="pictures/here.png">'),
    "src of a video": ("L001", '<video src="pictures/here.png"></video>'),
    "table": ("L001", "| a | b |\n|---|---|\n| x | [x](here.md) |"),
    "nested list": ("L001", "- a\n  - b\n    1. [x](here.md)"),
    "loose list": ("L001", "- a\n\n  b [x](here.md)"),
    "quote": ("L001", "> > see [x](here.md)"),
    "heading": ("L001", "## [x](here.md)"),
    "underlined heading": ("L001", "[x](here.md)\n---"),
    "strong": ("L001", "- **[x](here.md)**"),
    "struck": ("L001", "- ~~[x](here.md)~~"),
    "task": ("L001", "- [ ] [x](here.md)"),
    "footnote": ("L001", "a[^1]\n\n[^1]: see [x](here.md)"),
    "after CJK": ("L001", "参见[计划](here.md)。"),
    "CJK name": ("L001", "- [x](会議-here.md)"),
    "percent-encoded CJK": ("L001", "- [x](%E4%BC%9A%E8%AD%B0-here.md)"),
    "brackets in the name": ("L001", "- [x](a(here).md)"),
    "position": ("L001", "- [x](src/here.py:42)"),
    "line and column": ("L001", "- [x](src/here.py:42:7)"),
    "lines": ("L001", "- [x](src/here.py:10-20)"),
    "lines as GitHub has them": ("L001", "- [x](src/here.py#L10-L20)"),
    "node of a test": ("L001", "- [x](src/here.py::test_it)"),
    "backslashes": ("L001", "- [x](topics\\here-b.md)"),
    "wiki link": ("L003", "- [[here]]"),
    "wiki link with ending": ("L003", "- [[here.md]]"),
    "wiki link with text": ("L003", "- [[here|x]]"),
    "wiki link to a part": ("L003", "- [[here#One part]]"),
    "wiki link with a path": ("L003", "- [[topics/here-b]]"),
    "wiki link in a table": ("L003", "| a |\n|---|\n| [[here\\|x]] |"),
    "wiki link and a remark": ("L003", "- [[here]](as ever)"),
    "embedded note": ("L003", "![[here]]"),
    "embedded picture": ("L003", "![[here.png]]"),
    "embedded picture with a size": ("L003", "![[pictures/here.png|200]]"),
}
ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "plain": lambda text: text.encode(),
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "BOM": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "front matter": lambda text: b"---\nname: memory\n---\n" + text.encode(),
}


def codes(root: Path, files: Mapping[str, str | bytes], *, local: bool = False) -> list[str]:
    container = "agent-memory-local" if local else "agent-memory"
    store = agent_store(str(write_tree(root / ".claude" / container / "reviewer", files)), user=False)
    assert (store.scope is Scope.LOCAL) is local
    found = check([store], RULES).diagnostics
    return [each.code for each in found if each.code != "L004"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("syntax", SYNTAXES)
def test_missing_targets_are_found_and_existing_ones_are_not(
    tmp_path: Path, syntax: str, encoding: str
) -> None:
    code, text = SYNTAXES[syntax]
    whole = f"# Memory\n\n{text}\n"
    encode = ENCODINGS[encoding]
    there = codes(tmp_path / "there", HERE | {"MEMORY.md": encode(whole)})
    gone = codes(tmp_path / "gone", HERE | {"MEMORY.md": encode(whole.replace("here", "gone"))})
    assert there == []
    assert gone == [code]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("- [x](here.md#gone)", "L002"),
        ("- [x](here.md#three)", "L002"),
        ("- [x](#gone-part)", "L002"),
        ("- [[here#Gone part]]", "L002"),
        ("- [[here#One part#Gone part|x]]", "L002"),
        ("- [[here#^gone]]", "L002"),
        ("- ![[here#Gone part]]", "L002"),
        ("- [[#Gone part]]", "L002"),
        ("- [x](here.md#one-part) [y](here.md#two) [z](here.md#second) [a](#memory)", ""),
        ("- [[here#One part]] [[here#one-part]] [[here#two]] [[here#^block]] [[#Memory]]", ""),
        ("- [[here#One part#Second|x]] ![[here#second]]", ""),
        ("- [x](#️-tools) [y](#-tools) [z](#-werkzeug)\n\n## 🛠️ Tools\n\n## 🔧 Werkzeug", ""),
        ("- [x](#tools)\n\n## 🛠️ Tools", "L002"),
        ("- [x](here.md#anchor) [y](here.md#<id>) [z](#...)", ""),
    ],
)
def test_parts(tmp_path: Path, text: str, code: str) -> None:
    assert codes(tmp_path, HERE | {"MEMORY.md": f"# Memory\n\n{text}\n"}) == [code] * bool(code)


@pytest.mark.parametrize(
    "text",
    [
        "- write links as [path](url), never bare",
        "- entries are `- [Title](link)` or [Title](file.md) and a hook",
        "- [x](<project-root>/docs/gone.md) and [y](./<name>.md)",
        "- [x]({root}/gone.md) [y](${HOME}/gone.md) [z](/path/to/gone.md)",
        "- [#5](../../issues/5), [PR](../../pull/205)",
        "- [说明](路径) [説明](リンク) [Titel](Pfad) [titre](chemin)",
        "- handlers[name](event) and Optional[str](value), dict['k'](v), f()[0](*args), a[i](self.x)",
        "- [mail](ann@example.org:x) [ssh](git@example.org:a/b.md) [dev](localhost:3000)",
        "- [call](tel:42) [app](vscode:extension/x.y) [port](example.com:8080)",
    ],
)
def test_no_file_is_meant(tmp_path: Path, text: str) -> None:
    assert codes(tmp_path, {"MEMORY.md": f"# Memory\n\n{text}\n"}) == []


@needs_git
@pytest.mark.parametrize("local", [True, False])
@pytest.mark.parametrize(
    "ignore", [".claude/agent-memory-local/\n.claude/agent-memory/\n", ".claude/\n", ".claude\r\n", "*.md\n"]
)
def test_a_missing_file_of_an_ignored_store_is_missing(tmp_path: Path, ignore: str, *, local: bool) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / ".gitignore").write_bytes(ignore.encode() + b"build/\n")
    index = "[a](gone.md) [b](topics/gone.md) [c](there.md) [d](../../../build/log.txt)\n"
    found = codes(tmp_path, {"MEMORY.md": index, "there.md": "[e](gone-too.md)\n"}, local=local)
    assert [code for code in found if code != "L005"] == ["L001"] * 3


@needs_git
def test_a_missing_file_in_the_ignored_folder_around_a_store_is_missing(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / ".gitignore").write_text(".claude/\n")
    index = "[a](../writer/gone.md) [b](../../skills/gone.md)\n"
    assert codes(tmp_path, {"MEMORY.md": index}, local=True) == ["L001"] * 2


@needs_git
@pytest.mark.parametrize("local", [True, False])
def test_an_ignored_folder_of_a_store_may_be_missing_in_a_clone(tmp_path: Path, *, local: bool) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / ".gitignore").write_text("archive/\n.claude/agent-memory-local/\n")
    index = "[a](archive/2026-02.md) [b](archive/deep/x.md) [c](gone.md)\n"
    found = codes(tmp_path, {"MEMORY.md": index}, local=local)
    assert found == ["L001"] * 3 if local else sorted(found) == ["L001", "L005", "L005"]


@needs_git
def test_a_missing_file_in_an_ignored_folder_that_exists_is_missing(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / ".gitignore").write_text("archive/\n")
    files = {"MEMORY.md": "[a](archive/gone.md) [b](archive/there.md)\n", "archive/there.md": "x\n"}
    assert sorted(codes(tmp_path, files)) == ["L001", "L005"]


@pytest.mark.parametrize(
    ("destination", "code"),
    [
        ("/docs/guide.md", ""),
        ("/docs/gone.md", "L001"),
        ("/docs/deep/gone.md#x", "L001"),
        ("/site/page", ""),
        ("/automation/standing-orders", ""),
        ("/gone.md", ""),
        ("/home/ann/x.md", "L008"),
        ("/Users/ann/x.md", "L008"),
        ("/c/work/x.md", "L008"),
        ("/mnt/c/work/x.md", "L008"),
        ("~/x.md", "L008"),
        ("C:\\work\\x.md", "L008"),
        ("file:///tmp/x", "L008"),
        ("/path/to/x.md", ""),
        ("/Users/<name>/x.md", ""),
    ],
)
def test_absolute_paths(tmp_path: Path, destination: str, code: str) -> None:
    write_tree(tmp_path, {"docs/guide.md": "x\n"})
    assert codes(tmp_path, {"MEMORY.md": f"- [x]({destination})\n"}) == [code] * bool(code)


@needs_git
def test_a_page_of_a_forge_does_not_leave_the_repository(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    assert codes(tmp_path, {"MEMORY.md": "[#5](../../../../../../issues/5) [x](../../<name>.md)\n"}) == []


def test_levels() -> None:
    levels = {rule.code: rule.level for rule in RULES}
    assert levels["L001"] is Severity.ERROR
    assert levels["L002"] is Severity.WARNING
    assert levels["L003"] is Severity.INFO
