"""Catalogue of rules, in report order.

The module of a rule is imported when it runs or is explained.
"""

from functools import partial
from importlib import import_module

from memoryd.domain.checks.diagnostic import Severity
from memoryd.domain.checks.rule import Rule, RuleFunction


def _load(module: str, name: str) -> RuleFunction:
    rule: Rule = getattr(import_module(f"memoryd.rules.{module}"), name)
    return rule.load()


def _rule(code: str, name: str, level: Severity, where: str, *, on_request: bool = False) -> Rule:
    """Return the rule of a function, `module.name`, as its decorator names it."""
    return Rule(code, name, level, partial(_load, *where.split(".")), on_request)


ALL_RULES: tuple[Rule, ...] = (
    _rule("S001", "index-over-limit", Severity.ERROR, "limits.index_over_limit"),
    _rule("S002", "index-near-limit", Severity.WARNING, "limits.index_near_limit"),
    _rule("S003", "long-index-entry", Severity.INFO, "limits.long_index_entry"),
    _rule("L001", "broken-link", Severity.ERROR, "links.broken_link"),
    _rule("L002", "broken-anchor", Severity.WARNING, "links.broken_anchor"),
    _rule("L003", "unresolved-wiki-link", Severity.INFO, "links_index.unresolved_wiki_link"),
    _rule("L004", "unlisted-topic", Severity.WARNING, "links_index.unlisted_topic"),
    _rule("L005", "ignored-target", Severity.INFO, "links.ignored_target"),
    _rule("L006", "repeated-index-entry", Severity.WARNING, "links_index.repeated_index_entry"),
    _rule("L007", "ambiguous-wiki-link", Severity.INFO, "links_index.ambiguous_wiki_link"),
    _rule("L008", "machine-path", Severity.WARNING, "links.machine_path"),
    _rule("L009", "broken-url", Severity.WARNING, "links.broken_url"),
    _rule("L010", "dangling-mention", Severity.WARNING, "links_mentions.dangling_mention"),
    _rule("F001", "invalid-frontmatter", Severity.WARNING, "markdown_frontmatter.invalid_frontmatter"),
    _rule("F002", "truncated-value", Severity.WARNING, "markdown_frontmatter.truncated_value"),
    _rule("F003", "missing-description", Severity.WARNING, "markdown_frontmatter.missing_description"),
    _rule("F004", "unknown-type", Severity.INFO, "markdown_frontmatter.unknown_type"),
    _rule("F005", "duplicate-name", Severity.WARNING, "markdown_frontmatter.duplicate_name"),
    _rule("F006", "missing-index", Severity.WARNING, "markdown.missing_index"),
    _rule("F007", "empty-topic", Severity.WARNING, "markdown.empty_topic"),
    _rule("F008", "not-utf8", Severity.ERROR, "markdown.not_utf8"),
    _rule("F009", "conflict-markers", Severity.ERROR, "markdown.conflict_markers"),
    _rule("F010", "unused-suppression", Severity.INFO, "markdown_comments.unused_suppression"),
    _rule("F011", "sync-conflict-copy", Severity.WARNING, "markdown.sync_conflict_copy"),
    _rule("F012", "vanishing-reference", Severity.WARNING, "markdown_comments.vanishing_reference"),
    _rule("F013", "duplicate-key", Severity.WARNING, "markdown_keys.duplicate_key"),
    _rule("F014", "unclosed-frontmatter", Severity.WARNING, "markdown_keys.unclosed_frontmatter"),
    _rule("F015", "unreadable-date", Severity.WARNING, "markdown_keys.unreadable_date"),
    _rule("D001", "duplicate-entry", Severity.WARNING, "duplicates.duplicate_entry"),
    _rule("D002", "near-duplicate", Severity.INFO, "duplicates.near_duplicate"),
    _rule("D003", "contradicting-entries", Severity.WARNING, "duplicates.contradicting_entries"),
    _rule("D004", "repeats-instructions", Severity.INFO, "duplicates_across.repeats_instructions"),
    _rule("D005", "duplicate-across-stores", Severity.WARNING, "duplicates_across.duplicate_across_stores"),
    _rule("P001", "expired", Severity.WARNING, "staleness.expired_memory"),
    _rule("P002", "stale", Severity.INFO, "staleness.stale_memory"),
    _rule("P003", "finished-task", Severity.INFO, "staleness.finished_task"),
    _rule("P004", "relative-date", Severity.INFO, "staleness_words.relative_date"),
    _rule("P005", "deleted-path", Severity.INFO, "staleness_words.deleted_path"),
    _rule("P006", "dangling-entry", Severity.WARNING, "staleness.dangling_entry", on_request=True),
    _rule("A001", "stale-memory-prompt", Severity.WARNING, "agents.stale_memory_prompt"),
    _rule("A002", "invalid-memory-scope", Severity.ERROR, "agents.invalid_memory_scope"),
    _rule("A003", "split-store", Severity.WARNING, "agents_stores.split_store"),
    _rule("A004", "store-without-agent", Severity.INFO, "agents_stores.store_without_agent"),
    _rule("A005", "store-name-collision", Severity.WARNING, "agents.store_name_collision"),
    _rule("A006", "unloadable-store", Severity.ERROR, "agents_stores.unloadable_store"),
    _rule("A007", "fleeting-store", Severity.WARNING, "agents.fleeting_store"),
    _rule("A008", "stranded-store", Severity.WARNING, "agents_moved.stranded_store"),
    _rule("A009", "escaping-store", Severity.ERROR, "agents_stores.escaping_store"),
    _rule("X001", "secret", Severity.ERROR, "security.secret"),
    _rule("X002", "hidden-characters", Severity.ERROR, "security_text.hidden_character"),
    _rule("X003", "hidden-instructions", Severity.WARNING, "security_text.hidden_instructions"),
    _rule("X004", "foreign-instructions", Severity.INFO, "security_text.foreign_instructions"),
    _rule("X005", "writable-by-others", Severity.WARNING, "security.writable_by_others"),
    _rule("X006", "readable-by-others", Severity.WARNING, "security.readable_by_others"),
)
