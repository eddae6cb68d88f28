"""Files that only say where their content went, in several languages and layouts."""

import pytest

from memoryd.domain.markdown.document import parse
from memoryd.domain.stores.tombstones import is_tombstone


def check(text: str) -> bool:
    return is_tombstone(parse("a.md", text.encode()))


@pytest.mark.parametrize(
    "text",
    [
        "Moved to [caching](cache.md).\n",
        "# Caching\n\n**MOVED** → `cache.md`\n",
        "# Caching (deprecated)\n\nSee [[cache]].\n",
        "> This note has been merged into cache.md.\n",
        "---\nname: caching — SPLIT\ndescription: See a.md and b.md.\n---\n\n- [a](a.md)\n- [b](b.md)\n",
        "---\nname: DEPRECATED — see cache.md\n---\n\nUse `cache.md`.\n",
        "Superseded by cache.md on 2026-02-03.\n",
        "This file was split into a.md and b.md.\n",
        "Diese Notiz wurde nach cache.md verschoben.\n",
        "Veraltet, siehe cache.md.\n",
        "Ce fichier a été déplacé vers cache.md.\n",
        "Este archivo fue movido a cache.md.\n",
        "Este arquivo foi movido para cache.md.\n",
        "Questo file è stato spostato in cache.md.\n",
        "Verplaatst naar cache.md.\n",
        "Перемещено в cache.md.\n",
        "已移至 cache.md。\n",
        "cache.md に移動しました。\n",
    ],
)
def test_tombstones(text: str) -> None:
    assert check(text)


@pytest.mark.parametrize(
    "text",
    [
        "The build moved to GitHub Actions in May; see deploy.md.\n",
        "Never call the deprecated endpoint; see api.md.\n",
        "The config is merged into one object at start, see config.md.\n",
        "Tables are split into shards by tenant, see shards.md.\n",
        "Use the retry helper; the obsolete one in old.md drops errors.\n",
        "# API\n\n- v2 is current\n- Deprecated: v1, see v1.md\n",
        "Deprecated.\n",  # names no other file
        "Moved to cache.md.\n\n" + "- the cache keeps each key for ten minutes\n" * 60,
        "Los datos se han movido a la nube, véase nube.md.\n",
    ],
)
def test_notes_with_content_of_their_own(text: str) -> None:
    assert not check(text)
