"""The catalogue of rules, in report order."""

from memoryd.domain.lint import Rule
from memoryd.rules.form import not_utf8
from memoryd.rules.links import broken_link, unlisted_topic
from memoryd.rules.size import index_near_limit, index_over_limit, long_index_entry

ALL_RULES: tuple[Rule, ...] = (
    index_over_limit,
    index_near_limit,
    long_index_entry,
    broken_link,
    unlisted_topic,
    not_utf8,
)
