"""Catalogue of rules, in report order."""

from memoryd.domain.checks.rule import Rule
from memoryd.rules.agents import (
    fleeting_store,
    invalid_memory_scope,
    stale_memory_prompt,
    store_name_collision,
)
from memoryd.rules.agents_moved import stranded_store
from memoryd.rules.agents_stores import escaping_store, split_store, store_without_agent, unloadable_store
from memoryd.rules.duplicates import contradicting_entries, duplicate_entry, near_duplicate
from memoryd.rules.duplicates_across import duplicate_across_stores, repeats_instructions
from memoryd.rules.limits import index_near_limit, index_over_limit, long_index_entry
from memoryd.rules.links import broken_anchor, broken_link, broken_url, ignored_target, machine_path
from memoryd.rules.links_index import (
    ambiguous_wiki_link,
    repeated_index_entry,
    unlisted_topic,
    unresolved_wiki_link,
)
from memoryd.rules.links_mentions import dangling_mention
from memoryd.rules.markdown import (
    conflict_markers,
    empty_topic,
    missing_index,
    not_utf8,
    sync_conflict_copy,
)
from memoryd.rules.markdown_comments import unused_suppression, vanishing_reference
from memoryd.rules.markdown_frontmatter import (
    duplicate_name,
    invalid_frontmatter,
    missing_description,
    truncated_value,
    unknown_type,
)
from memoryd.rules.markdown_keys import duplicate_key, unclosed_frontmatter, unreadable_date
from memoryd.rules.security import readable_by_others, secret, writable_by_others
from memoryd.rules.security_text import foreign_instructions, hidden_character, hidden_instructions
from memoryd.rules.staleness import dangling_entry, expired_memory, finished_task, stale_memory
from memoryd.rules.staleness_words import deleted_path, relative_date

ALL_RULES: tuple[Rule, ...] = (
    index_over_limit,
    index_near_limit,
    long_index_entry,
    broken_link,
    broken_anchor,
    unresolved_wiki_link,
    unlisted_topic,
    ignored_target,
    repeated_index_entry,
    ambiguous_wiki_link,
    machine_path,
    broken_url,
    dangling_mention,
    invalid_frontmatter,
    truncated_value,
    missing_description,
    unknown_type,
    duplicate_name,
    missing_index,
    empty_topic,
    not_utf8,
    conflict_markers,
    unused_suppression,
    sync_conflict_copy,
    vanishing_reference,
    duplicate_key,
    unclosed_frontmatter,
    unreadable_date,
    duplicate_entry,
    near_duplicate,
    contradicting_entries,
    repeats_instructions,
    duplicate_across_stores,
    expired_memory,
    stale_memory,
    finished_task,
    relative_date,
    deleted_path,
    dangling_entry,
    stale_memory_prompt,
    invalid_memory_scope,
    split_store,
    store_without_agent,
    store_name_collision,
    unloadable_store,
    fleeting_store,
    stranded_store,
    escaping_store,
    secret,
    hidden_character,
    hidden_instructions,
    foreign_instructions,
    writable_by_others,
    readable_by_others,
)
