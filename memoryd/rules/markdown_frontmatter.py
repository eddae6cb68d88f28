"""F: front matter."""

from collections.abc import Iterator

from memoryd.domain.checks.diagnostic import Finding, Relation, Severity
from memoryd.domain.checks.rule import RuleContext, rule
from memoryd.domain.edits.plan import Applicability, Fix, file_change
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.frontmatter_faults import glued_keys, late, unclosed
from memoryd.domain.markdown.model import FrontMatter, Span
from memoryd.domain.markdown.yaml_quotes import Misreading, Value, misreading, with_quotes
from memoryd.domain.stores.claude_code import TYPES
from memoryd.domain.stores.filenames import is_about_files
from memoryd.domain.stores.leftovers import original
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.values import regex

_LINE_NUMBER = regex(r" \(line (\d+)\)$")
_NOTHING = frozenset({"", "~", "null"})


@rule("F001", "invalid-frontmatter", Severity.WARNING)
def invalid_frontmatter(context: RuleContext) -> Iterator[Finding]:
    """The front matter is not valid YAML.

    A strict parser then loses all of it: name, description, type. Usually one value needs quotes: it
    contains `: `, or begins with a backtick, a quotation mark or another special character of YAML. The
    fix puts only that value in quotes, and is offered only if the result is valid and no other value
    changes. Blank lines above the first `---` hide the front matter, and a key without a space after its
    colon (`name:deploy`) is text for YAML.

    Found in:
        --- deploy.md
        ---
        name: deploy
        description: Deploys: on Mondays only
        ---
        Ship it.

    Found in:
        --- deploy.md
        ---
        description: `make ship` deploys
        ---
        Ship it.

    Silent in:
        --- deploy.md
        ---
        name: deploy
        description: "Deploys: on Mondays only"
        tags: [ship, release]   # to be completed
        ---
        Ship it.
    """
    snapshot = context.snapshot
    for document in snapshot.documents.values():
        front_matter = document.front_matter
        if front_matter is None:
            yield from () if document.undecodable is not None else _hidden(snapshot, document)
            continue
        if front_matter.problem is None or unclosed(document.source, front_matter):
            continue
        found = misreading(document.source, front_matter)
        if not found or not found.broken:
            yield _unexplained(document, front_matter, front_matter.problem)
            continue
        fix = _quoting(snapshot, document, found, found.broken)
        advice = "put it in quotes" if fix else front_matter.problem
        yield _explained(document, found, advice, fix)


def _hidden(snapshot: Snapshot, document: Document) -> Iterator[Finding]:
    """Yield the fault that keeps a block at the start of a file from being front matter."""
    if blank := late(document.source):
        after = document.source[: blank.start] + document.source[blank.end :]
        fix = Fix(
            "remove the blank lines", Applicability.SAFE, (file_change(snapshot, document.path, after),)
        )
        message = "no reader finds this front matter, since it does not begin in the first line"
        yield Finding(document, Span(blank.end, blank.end + 3), message, fix=fix)
    elif glued := glued_keys(document.source):
        message = "not valid YAML: a space is missing after the colon"
        yield Finding(document, glued[0], message)


def _explained(document: Document, found: Misreading, advice: str, fix: Fix | None) -> Finding:
    """Return a finding at the first value that needs quotes, which names all of them."""
    first, *others = found.broken
    keys = " and ".join(f'"{key}"' for key in dict.fromkeys(value.key for value in found.broken))
    are = "are" if others else "is"
    related = tuple(
        Relation(document, found.span(value.start, value.end).start, f'"{value.key}": {value.reason}')
        for value in others
    )
    message = f"{keys} {are} lost, because this is not valid YAML: {first.reason}; {advice}"
    return Finding(document, found.span(first.start, first.end), message, related, fix)


def _unexplained(document: Document, front_matter: FrontMatter, problem: str) -> Finding:
    """Return a finding in the line that the parser complains about."""
    span = Span(front_matter.span.start, front_matter.span.start)
    number = _LINE_NUMBER.search(problem)
    if number:
        lines = document.source[: front_matter.span.end].splitlines(keepends=True)
        start = sum(map(len, lines[: int(number[1]) - 1]))
        line = lines[int(number[1]) - 1].rstrip() if int(number[1]) <= len(lines) else b""
        span = Span(start, start + len(line))
    return Finding(document, span, f"not valid YAML: {problem}")


def _quoting(
    snapshot: Snapshot, document: Document, found: Misreading, values: tuple[Value, ...]
) -> Fix | None:
    after = with_quotes(document, found, values)
    if after is None:
        return None
    title = "put the value in quotes" if len(values) == 1 else "put the values in quotes"
    return Fix(title, Applicability.SAFE, (file_change(snapshot, document.path, after),))


@rule("F002", "truncated-value", Severity.WARNING)
def truncated_value(context: RuleContext) -> Iterator[Finding]:
    """A value of the front matter is cut off at ` #`, which begins a comment.

    A YAML parser reads "PR" from `name: PR #54`. Obvious comments, as in `type: project # or user`, are not
    reported: a hash sign counts as text if a number or a word touches it, or if it is inside brackets or
    code. The fix puts the values in quotes.

    Found in:
        --- login.md
        ---
        name: PR #54 hardens the login
        ---
        Merged.

    Silent in:
        --- login.md
        ---
        name: "PR #54 hardens the login"
        type: project  # user, feedback, project or reference
        description: # to be written
        ---
        Merged.
    """
    snapshot = context.snapshot
    for document in snapshot.documents.values():
        found = misreading(document.source, document.front_matter)
        if not found or not found.cut:
            continue
        fix = _quoting(snapshot, document, found, found.cut)
        for value in found.cut:
            lost = found.yaml[value.lost : value.end].strip()
            message = (
                f'"{lost}" is cut off from "{value.key}": in YAML it is a comment; put the value in quotes'
            )
            yield Finding(document, found.span(value.start, value.end), message, fix=fix)


@rule("F003", "missing-description", Severity.WARNING)
def missing_description(context: RuleContext) -> Iterator[Finding]:
    """The front matter of a topic file has no description, by which an agent recalls it.

    Only front matter in the form of a memory is checked: it has a name or a type. Files without any, and
    files that use front matter for something else, are not reported; neither are READMEs and templates.

    Found in:
        --- deploy.md
        ---
        name: deploy
        type: project
        ---
        Ship it.

    Silent in:
        --- deploy.md
        ---
        name: deploy
        description: how we ship
        ---
        Ship it.
        --- login.md
        No front matter.
        --- 2026-02-03.md
        ---
        tags: [log]
        ---
        Shipped.
    """
    for document, front_matter in _memories(context.snapshot):
        if front_matter.fields.get("description", "").strip() in _NOTHING:
            start = front_matter.span.start
            yield Finding(
                document, Span(start, start + 3), "no description: an agent cannot tell when to read it"
            )


@rule("F004", "unknown-type", Severity.INFO)
def unknown_type(context: RuleContext) -> Iterator[Finding]:
    """The type of a topic file is not one of user, feedback, project and reference.

    The type may be flat (`type:`) or below `metadata:`. Harnesses offer these four; another type does no
    harm, but is never searched for.

    Found in:
        --- deploy.md
        ---
        name: deploy
        type: runbook
        ---
        Ship it.

    Silent in:
        --- deploy.md
        ---
        name: deploy
        metadata:
          type: project
        ---
        Ship it.
    """
    for document, front_matter in _memories(context.snapshot):
        if front_matter.type and front_matter.type not in TYPES:
            span = _line(document, "type")
            message = f'"{front_matter.type}" is none of {", ".join(TYPES)}'
            yield Finding(document, span, message)


@rule("F005", "duplicate-name", Severity.WARNING)
def duplicate_name(context: RuleContext) -> Iterator[Finding]:
    """Two topic files of one store have the same name.

    A link by that name, `[[name]]`, is ambiguous. Names are compared as they were written, so that `PR #54`
    and `PR #55` differ even without quotes. Copies left by synchronization are not compared (F011).

    Found in:
        --- deploy.md
        ---
        name: how we ship
        description: on Mondays
        ---
        Ship it.
        --- release.md
        ---
        name: how we ship
        description: with two people
        ---
        Watch it.

    Silent in:
        --- deploy.md
        ---
        name: PR #54
        description: on Mondays
        ---
        Ship it.
        --- release.md
        ---
        name: PR #55
        description: with two people
        ---
        Watch it.
    """
    snapshot = context.snapshot
    first: dict[str, Document] = {}
    for document in snapshot.topics:
        name = _written_name(document)
        is_copy = original(document.path, snapshot.documents, snapshot.store.profile.index_name)
        if name.casefold() in _NOTHING or is_copy or is_about_files(document.path):
            continue
        known = first.setdefault(name, document)
        if known is not document:
            related = (Relation(known, _line(known, "name").start, "here too"),)
            message = f'"{name}" is the name of {known.path} too'
            yield Finding(document, _line(document, "name"), message, related)


def _written_name(document: Document) -> str:
    """Return the name as its author wrote it, independent of YAML."""
    found = misreading(document.source, document.front_matter)
    cut = (value.meant for value in found.cut if value.key == "name") if found else ()
    return (next(iter(cut), None) or document.name).strip()


def _memories(snapshot: Snapshot) -> Iterator[tuple[Document, FrontMatter]]:
    """Yield the topic files whose front matter has the form of a memory."""
    if not snapshot.store.profile.leads:
        return
    for document in snapshot.topics:
        front_matter = document.front_matter
        if front_matter and not is_about_files(document.path) and (document.name or front_matter.type):
            yield document, front_matter


def _line(document: Document, key: str) -> Span:
    """Return the span of a key in the front matter with its value, or of all front matter."""
    front_matter = document.front_matter
    if front_matter is None:
        return Span(0, 0)
    return front_matter.key_span(key) or front_matter.key_span(f"metadata.{key}") or front_matter.span
