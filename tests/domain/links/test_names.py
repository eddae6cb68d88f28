from dataclasses import replace
from pathlib import Path

import pytest

from memoryd.adapters.stores.contents import snapshot as read_store
from memoryd.domain.links.names import Reach, WikiNames, reachable
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import agent_store


@pytest.fixture
def root(tmp_path: Path) -> Path:
    directory = tmp_path / ".claude" / "agent-memory" / "reviewer"
    directory.mkdir(parents=True)
    return directory


def store(root: Path, **files: str) -> Snapshot:
    """A store on disk; `a__b` stands for `a/b.md`, `index` for the index file."""
    return store_of(
        root,
        {
            "MEMORY.md" if name == "index" else name.replace("__", "/") + ".md": text
            for name, text in files.items()
        },
    )


def store_of(root: Path, files: dict[str, str]) -> Snapshot:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())
    return read_store(agent_store(str(root), user=False))


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Deploying", ("deploy.md",)),
        ("deploy", ("deploy.md",)),
        ("deploy.md", ("deploy.md",)),
        ("sub/code_style", ("sub/code_style.md",)),
        ("code-style", ("sub/code_style.md",)),
        ("CODE STYLE", ("sub/code_style.md",)),
        ("people", ("people.md", "sub/people.md")),
        ("secret", ("other.md",)),
        ("sub/people", ("sub/people.md",)),
        ("sub/people.md", ("sub/people.md",)),
        ("who-to ask", ("people.md",)),
        ("gone", ()),
        ("", ()),
        (".md", ()),
        ("sub/", ()),
    ],
)
def test_wiki_links_mean_names_then_stems_then_folded_ones(
    root: Path, name: str, wanted: tuple[str, ...]
) -> None:
    found = store(
        root,
        index="# Index\n",
        deploy="---\nname: Deploying\n---\n",
        sub__code_style="",
        people="# Who to ask\n",
        sub__people="",
        secret="",
        other="---\nname: secret\n---\n",
    )
    assert WikiNames(found.documents).targets(name) == wanted


def test_how_topics_are_reached(root: Path) -> None:
    found = store(
        root,
        index="[a](linked.md), [[wiki]], `plain-mention.md`, [logs](logs/), [up](../reviewer/by-dots.md)\n",
        linked="on to [more](sub/deep.md)\n",
        wiki="",
        plain_mention="",
        logs__monday="",
        by_dots="",
        sub__deep="back to [index](../MEMORY.md), [[linked]] and [[deep]]\n",
        lost="[x](lost-too.md)\n",
        lost_too="",
    )
    assert reachable(found) == {
        "linked.md": Reach.LINK,
        "wiki.md": Reach.WIKI_LINK,
        "logs/monday.md": Reach.FOLDER,
        "sub/deep.md": Reach.LINK,
    }


def test_a_link_to_the_store_itself_leads_everywhere(root: Path) -> None:
    found = store(root, index="all of [this](.)\n", one="", sub__two="")
    assert set(reachable(found)) == {"one.md", "sub/two.md"}


def test_a_cycle_ends(root: Path) -> None:
    found = store(root, index="[a](a.md)\n", a="[b](b.md) [a](a.md)\n", b="[a](a.md) [i](MEMORY.md)\n")
    assert reachable(found) == {"a.md": Reach.LINK, "b.md": Reach.LINK}


def test_what_stands_after_the_end_of_the_index_leads_nowhere(root: Path) -> None:
    text = "[a](a.md)\n[b](b.md) [[c]] sub/\n"
    found = store(root, index=text, a="", b="", c="", sub__d="")
    assert set(reachable(found)) == {"a.md", "b.md", "c.md", "sub/d.md"}
    assert set(reachable(found, index_end=text.index("\n"))) == {"a.md"}
    assert reachable(found, index_end=0) == {}


def test_without_index_nothing_is_reached(root: Path) -> None:
    assert reachable(store(root, a="[b](b.md)\n", b="")) == {}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a b.md", "- [x](a%20b.md)"),
        ("a b.md", "- [x](<a b.md>)"),
        ("a b.md", "- see `a b.md`"),
        ("a#b.md", "- [x](a#b.md)"),
        ("a?b.md", "- [x](a?b.md)"),
        ("100%.md", "- [x](100%.md)"),
        ("部署.md", "- [x](部署.md)"),
        ("部署.md", "請看部署.md文件"),
        ("部署-1.md", "請看部署-1文件"),
        ("deploy-1.md", "請看deploy-1文件"),
        ("deploy.md", "請看deploy.md文件"),
        ("v1.2-notes.md", "- see v1.2-notes"),
        ("v1.2.md", "- see v1.2.md."),
        ("(odd)+@x.md", "- `(odd)+@x.md`"),
        ("-dash.md", "- `-dash.md`"),
        ("dash.md", "→dash.md, …dash.md"),
        ("sub/a.md", "- `sub/a.md`"),
        ("sub/a.md", "- `./sub/`: all there is"),
        ("sub/deep/a.md", "- sub/deep/<name>.md"),
    ],
)
def test_names_of_every_kind_are_found(root: Path, path: str, text: str) -> None:
    assert set(reachable(store_of(root, {"MEMORY.md": text + "\n", path: ""}))) == {path}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("deploy.md", "redeploy.md my-deploy.md deploy.mdx deploy"),
        ("a-b.md", "x-a-b a-b-c a_b"),
        ("sub/a.md", "docs/sub/ sub my-sub/ sub/b.md"),
        ("a.md", "[z](A.md) [y](a.txt) \\[\\[a\\]\\]"),
    ],
)
def test_names_within_other_names_are_none(root: Path, path: str, text: str) -> None:
    assert reachable(store_of(root, {"MEMORY.md": text + "\n", path: ""})) == {}


@pytest.mark.parametrize(
    "piece", ["a.", "-", ".", "a-", "a/", "./", "[[a]]", "[](a)", "[](.)", "a.md ", "@", "[](a#b?c%20)"]
)
def test_hostile_text_ends(root: Path, piece: str) -> None:
    topics = {f"topic-{number} x.md": "" for number in range(150)}
    found = store_of(root, {"MEMORY.md": piece * (100_000 // len(piece)), "a/b.md": ""} | topics)
    reachable(found)


def test_the_first_way_found_is_kept_in_any_order_of_the_documents(root: Path) -> None:
    found = store(root, index="[[b]] [a](a.md) c-1\n", a="", b="", c_1="")
    backwards = replace(found, documents=dict(reversed(list(found.documents.items()))))
    assert reachable(found) == reachable(backwards)


def test_topics_that_instructions_name_lead_on(root: Path) -> None:
    found = store(root, index="- notes\n", inbox="see [[b]]\n", b="", c="")
    assert reachable(found, named=["inbox.md", "gone.md"]).keys() == {"inbox.md", "b.md"}
