"""P: outdated memory that can be removed."""

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
    """The memory's own expiry date has passed.

    The date is in front matter: `expires`, `expires_after`, `valid_until`, `review_by` and the like; or in an
    entry, after such words with a colon or an underscore, or at its start, in brackets, after a dash or,
    at the end of a clause, after a comma. "Until" counts at the end of a sentence about the present. Other
    languages have their words, too: "gültig bis", "valable jusqu'au", "caduca el", "有効期限". In the middle
    of a sentence these words have another subject. A month ends with its last day, and `90d` counts from
    `modified` or `created`. `memoryd prune` removes the file or the entry, except one that was due for
    review, and an entry with a later date below it.

    Found in:
        --- MEMORY.md
        - Deploys are frozen (valid until 2020-03-31)
        - Do not merge to main until 2020-04-30.
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
        - We used Jenkins until 2020-03-31.
    """
    yield from _findings(context, OUTDATED["P001"])


@rule("P002", "stale", Severity.INFO)
def stale_memory(context: RuleContext) -> Iterator[Finding]:
    """Nothing was recorded of it for a year, or for the time of `memoryd prune --older-than`.

    The last recorded date is `modified`, `updated` or the like in the front matter; else the newest date in
    the text, in the file's name, or `created`; else, for `prune`, the last commit. The time of the file
    never counts, since a checkout changes it. Memory of type `user` or `feedback` does not age, and an entry
    of the index file without a date is as old as its topic file.

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
    """A finished task is still remembered.

    The list item is ticked off with nothing open in it, is struck through as a whole, begins with a word
    such as "DONE:", "RESOLVED:" or "ERLEDIGT:", or ends with one in brackets. A check mark counts next to an
    event ("✅ alerts moved"), and "login: DONE" below a heading about tasks; elsewhere that is a fact, which
    is knowledge. The words are English, German, French, Spanish, Portuguese, Italian, Dutch, Polish,
    Russian, Chinese, Japanese and Korean.

    Found in:
        --- MEMORY.md
        - [x] move the tests
        - ~~ask Ann for the key~~
        - DONE: move the alerts
        - Alarme umziehen (erledigt)
        ## Next steps
        - write the guide — DONE

    Silent in:
        --- MEMORY.md
        - [ ] move the tests
        - [x] release
          - [ ] tell everybody
        - login with a key: DONE (two variants)
        - ✅ Use tabs in Go
        - `- [x]` is how a task is ticked off
    """
    yield from _findings(context, OUTDATED["P003"])


@rule("P006", "dangling-entry", Severity.WARNING, on_request=True)
def dangling_entry(context: RuleContext) -> Iterator[Finding]:
    """The only target of an entry of the index file does not exist.

    The line takes room at every start and leads to nothing. If the file was renamed, is elsewhere, or has a
    similar name, the link is to be fixed, not removed (L001). Wiki links may name a file that is yet to be
    written. `memoryd prune` removes the line, unless more is nested below it. `memoryd check` reports it as a
    broken link, and as this rule only if P006 is selected by name and L001 does not report the line. A
    comment that suppresses L001 suppresses this as well.

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
