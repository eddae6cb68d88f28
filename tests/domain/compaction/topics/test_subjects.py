"""Topic files that a section's text can go to."""

from pathlib import Path

import pytest
from support import store_of, write_tree

from memoryd.adapters.stores import contents
from memoryd.domain.compaction.draft import draft_of
from memoryd.domain.compaction.topics.subjects import is_usable, topic_of_subject
from memoryd.domain.history.past import UNKNOWN

FILES: dict[str, str | bytes] = {
    "MEMORY.md": "# Memory\n\n- a\n",
    "deploy-pipeline.md": "# How we ship\n",
    "logs/deploy-pipeline.md": "# Deploy pipeline logs\n",
    "bytes.md": b"# \xff\n",
    "window.md": "## Key files\n\n- a\n",
    "x.md": "---\nname: release branch rules\n---\nOne a week.\n",
}


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Deploy pipeline", "deploy-pipeline.md"),
        ("2026-01-03: Deploy Pipelines (done)", "deploy-pipeline.md"),
        ("Rules of the release branch", "x.md"),
        ("Release", None),
        ("Key reference files", None),
        ("", None),
    ],
)
def test_a_title_names_a_topic_by_file_name_or_heading(tmp_path: Path, title: str, found: str | None) -> None:
    draft = draft_of(contents.snapshot(store_of(write_tree(tmp_path / "a" / "b" / "s", FILES))), UNKNOWN)
    assert draft is not None
    topic = topic_of_subject(draft, title)
    assert (topic.path if topic else None) == found


def test_only_a_readable_file_beside_the_index_takes_text(tmp_path: Path) -> None:
    draft = draft_of(contents.snapshot(store_of(write_tree(tmp_path / "a" / "b" / "s", FILES))), UNKNOWN)
    assert draft is not None
    assert [path for path in (*FILES, "none.md") if is_usable(draft, path)] == [
        "MEMORY.md", "deploy-pipeline.md", "window.md", "x.md",
    ]  # fmt: skip
