"""A sample of memory for people who have none yet."""

from pathlib import Path

_SECTIONS = {
    "Build": ("make", "the release build", "compiler cache", "artifact"),
    "Test layout": ("pytest", "the slow suite", "fixture", "marker"),
    "Deploy": ("the pipeline", "staging", "rollback", "approval"),
    "Database": ("the migration", "the replica", "index scan", "lock timeout"),
    "Authentication": ("the token service", "a session", "refresh", "expiry"),
    "Error handling": ("the boundary", "an exit code", "retry", "backoff"),
    "Logging": ("the formatter", "a request id", "level", "sampling"),
    "Configuration": ("the loader", "an environment variable", "default", "override"),
    "Caching": ("the cache", "a stale entry", "key", "eviction"),
    "Queues": ("the worker", "a poison message", "visibility", "dead letter"),
    "Frontend": ("the bundle", "hydration", "route", "lazy import"),
    "API conventions": ("the handler", "pagination", "cursor", "status code"),
    "Code review": ("the reviewer", "a large diff", "checklist", "naming"),
    "Performance": ("the profiler", "a hot loop", "allocation", "batch size"),
    "Incidents": ("the on-call", "a timeline", "mitigation", "follow-up"),
}
_NOTES = (
    "{0} is the first place to look when {1} misbehaves",
    "{2} defaults differ between machines: set them explicitly",
    "never touch {3} by hand, the next run overwrites it",
    "{1} takes about {n} minutes; anything longer is a sign of trouble",
    "{2} and {3} must change together, else {1} fails silently",
    "a failing {3} in CI is usually a stale {2}",
    "the owner wants {1} explained in the pull request",
    "{0} has a dry run that prints what it would do",
    "{1} was rewritten in spring: older notes about it are wrong",
    "ask before changing {2}: two teams depend on it",
    "the test for {3} needs a real {2}, not a mock",
    "{0} reads its limits at start only",
    "keep {3} below {n} entries",
    "log every {2} with its reason",
)


def make_sample(claude_directory: Path) -> Path:
    """Write a user-scope store with an index file far over its limit, afresh; returns its directory."""
    store = claude_directory / "agent-memory" / "reviewer"
    store.mkdir(parents=True, exist_ok=True)
    for left in store.glob("*.md"):
        left.unlink()
    lines = ["# Reviewer memory", "", "What I learned about this project, newest section last."]
    for number, (title, words) in enumerate(_SECTIONS.items(), start=3):
        lines += ["", f"## {title}", *(f"- {note.format(*words, n=number * 2)}" for note in _NOTES)]
    (store / "MEMORY.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return store
