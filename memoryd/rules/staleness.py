"""P: what no longer serves, and can be removed."""

from collections.abc import Callable, Iterator, Mapping

from memoryd.domain.checks.diagnostic import Finding, Severity
from memoryd.domain.checks.rule import RuleContext, rule
from memoryd.domain.staleness.age import stale
from memoryd.domain.staleness.dangling import dangling
from memoryd.domain.staleness.expiry import expired
from memoryd.domain.staleness.outdated import OutdatedMemory
from memoryd.domain.staleness.tasks import finished

_FIXED = 10  # findings of a rule in a store that come with a fix: each reads the store as it would be


_Finder = Callable[[RuleContext], Iterator[OutdatedMemory]]

# By the code of the rule that reports it.
OUTDATED: Mapping[str, _Finder] = {
    "P001": lambda each: expired(each.snapshot, each.around.evidence.today),
    "P002": lambda each: stale(each.snapshot, each.around.evidence, each.options),
    "P003": lambda each: finished(each.snapshot, each.options.types),
    "P006": lambda each: dangling(each.links, each.around),
}


def _findings(context: RuleContext, find: _Finder) -> Iterator[Finding]:
    fixed = 0
    snapshot, options = context.snapshot, context.options
    wants_fixes = options.want_fixes and snapshot.store.profile.rewrites
    for each in find(context):
        fix = each.fix(snapshot, options.types) if fixed < _FIXED and wants_fixes else None
        fixed += fix is not None
        yield Finding(each.document, each.span, each.evidence, fix=fix)


@rule("P001", "expired", Severity.WARNING)
def expired_memory(context: RuleContext) -> Iterator[Finding]:
    """A memory says of itself until when it holds, and that day has passed.

    In front matter: `expires`, `valid_until`, `review_by`. In an entry: the same words and a date where
    the entry begins, in brackets, or behind a dash. In the middle of a sentence they speak of something
    else. A month holds until its last day. `memoryd prune` removes the file or the entry, but not what
    was to be reviewed, nor an entry below which something has a day that has not passed.

    Found in:
        --- MEMORY.md
        - Deploys are frozen (valid until 2020-03-31)
        - [Trial](trial.md)
        --- trial.md
        ---
        name: trial
        expires: 2020-06-30
        ---
        The trial of the new runner.

    Silent in:
        --- MEMORY.md
        - The certificate of staging expires 2020-03-31 and is renewed by a robot.
        - `expires: 2020-03-31` is how a cookie looks
        - Deploys are frozen (valid until 2099-03-31)
    """
    yield from _findings(context, OUTDATED["P001"])


@rule("P002", "stale", Severity.INFO)
def stale_memory(context: RuleContext) -> Iterator[Finding]:
    """Nothing was recorded of it for a year, or for as long as `memoryd prune --older-than` says.

    The last recorded date counts: `modified`, `updated` or the like in the front matter; else the newest
    date in the text, in the file's name, or `created`; else, where `prune` asks, the last commit. The time
    of the file never counts: a checkout changes it. What is of type `user` or `feedback` does not age, and
    entries of the index file without a date are judged by the topic file that they lead to.

    Found in:
        --- MEMORY.md
        - [Runner](runner.md)
        --- runner.md
        ---
        name: runner
        type: project
        modified: 2020-06-30
        ---
        The runner has two cores.

    Silent in:
        --- MEMORY.md
        - [Runner](runner.md), [people](people.md)
        --- runner.md
        The runner has two cores.
        --- people.md
        ---
        name: people
        type: user
        modified: 2020-06-30
        ---
        Ann likes short answers.
    """
    yield from _findings(context, OUTDATED["P002"])


@rule("P003", "finished-task", Severity.INFO)
def finished_task(context: RuleContext) -> Iterator[Finding]:
    """A task that is done: it was to be remembered for a time only.

    A list item that is ticked off and holds nothing open, is struck through as a whole, or, below a
    heading that speaks of tasks, begins or ends with DONE. Elsewhere “login: DONE” tells what there is,
    which is knowledge.

    Found in:
        --- MEMORY.md
        - [x] move the tests
        - ~~ask Ann for the key~~
        ## Next steps
        - write the guide — DONE

    Silent in:
        --- MEMORY.md
        - [ ] move the tests
        - [x] release
          - [ ] tell everybody
        - login with a key: DONE (two variants)
        - `- [x]` is how a task is ticked off
    """
    yield from _findings(context, OUTDATED["P003"])


@rule("P006", "dangling-entry", Severity.WARNING, on_request=True)
def dangling_entry(context: RuleContext) -> Iterator[Finding]:
    """An entry of the index file points at one file only, and that exists nowhere.

    The line is paid for at every start and leads to nothing. Where the file was renamed, is somewhere
    else, or has a similar name, the link is to be mended, not removed (L001). Wiki links may name what
    is still to be written. `memoryd prune` removes the line, unless more stands below it. `memoryd check`
    tells of it as the broken link that it is, and of this only where P006 is selected by name and L001
    is not told of the line. A comment that silences L001 silences this as well.

    Found in:
        --- MEMORY.md
        - [Deploy](deploy.md) — how we ship
        - [Build](build.md) — two cores
        --- build.md
        The runner has two cores.

    Silent in:
        --- MEMORY.md
        - [Deploy](Build.md) — how we ship
        - [Rotation](rotation.md), see also [build](build.md)
        - [[to be written]]
        - two cores, see [runner](runner.md)
        --- build.md
        The runner has two cores.
    """
    yield from _findings(context, OUTDATED["P006"])
