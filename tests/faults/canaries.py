"""Hostile repositories: every key of git that can run a program, in every place where git looks."""

import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from support import long_index, write_tree

RUN = "{run}"  # replaced by a script that leaves a canary
_HOOKS = "{hooks}"  # replaced by a directory of hooks that leave one

KEYS: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "browser.canary.cmd", "browser.canary.path", "core.alternateRefsCommand", "core.askPass",
            "core.editor", "core.fsmonitor", "core.gitProxy", "core.pager", "core.sshCommand",
            "credential.helper", "credential.https://example.com.helper", "diff.canary.command",
            "diff.canary.textconv", "diff.external", "diff.guitool", "diff.tool", "difftool.canary.cmd",
            "difftool.canary.path", "filter.canary.clean", "filter.canary.smudge", "filter.process.process",
            "gitcvs.dbDriver", "gpg.openpgp.program", "gpg.program", "gpg.ssh.defaultKeyCommand",
            "gpg.ssh.program", "gpg.x509.program", "guitool.canary.cmd", "help.browser", "imap.tunnel",
            "instaweb.browser", "instaweb.httpd", "interactive.diffFilter", "man.canary.cmd",
            "man.canary.path", "man.viewer", "merge.canary.driver", "merge.guitool", "merge.tool",
            "mergetool.canary.cmd", "mergetool.canary.path", "pager.blame", "pager.config", "pager.diff",
            "pager.log", "pager.ls-files", "remote.origin.receivepack", "remote.origin.uploadpack",
            "remote.origin.vcs", "sendemail.ccCmd", "sendemail.headerCmd", "sendemail.sendmailCmd",
            "sendemail.smtpServer", "sendemail.tocmd", "sequence.editor", "tar.canary.command",
            "trailer.canary.cmd", "trailer.canary.command", "uploadpack.packObjectsHook", "web.browser",
        ),
        RUN,
    ),
    "alias.blame": f"!{RUN}",
    "alias.canary": f"!{RUN}",
    "core.hooksPath": _HOOKS,
    "init.templateDir": _HOOKS,
    "remote.origin.pushurl": f"ext::{RUN}",
    "remote.origin.url": f"ext::{RUN}",
    "submodule.canary.update": f"!{RUN}",
    "submodule.canary.url": f"ext::{RUN}",
    "url.ext::sh -c.insteadOf": "canary:",
    "url.ext::sh -c.pushInsteadOf": "canary:",
}  # fmt: skip
"""Every key that can run a program, or names something that can, with a value that leaves a canary."""

_MEANS = """[log]
\tshowSignature = true
[protocol "ext"]
\tallow = always
[pager]
\tlog = true
"""
_SIGNATURE = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n aaaa\n -----END PGP SIGNATURE-----\n"
_HOOK_NAMES = (
    "post-index-change",
    "fsmonitor-watchman",
    "post-checkout",
    "reference-transaction",
    "pre-commit",
)
_ATTRIBUTES = "*.md filter=canary diff=canary merge=canary\ntopic.md filter=process\n"
STORE = ".claude/agent-memory/reviewer"


@dataclass(frozen=True)
class Canaries:
    """A directory of hostile repositories, and the canaries that appear when one runs a program.

    Attributes:
        root: For scripts, the file that they write to, and the repositories.
        template: What each repository is made from.
    """

    root: Path
    template: Path

    @property
    def code(self) -> Path:
        """Where the repositories are."""
        return self.root / "code"

    @property
    def tops(self) -> list[Path]:
        """The repositories that have a store."""
        return [path for path in sorted(self.code.iterdir()) if (path / STORE).is_dir()]

    def lengthen(self, tops: Iterable[Path]) -> None:
        """Bring the index files of repositories over their limit."""
        for top in tops:
            with (top / STORE / "MEMORY.md").open("a") as file:
                file.write(long_index())

    def make(self, place: str, keys: Iterable[str], name: str) -> Path:
        """Make a hostile repository and return the directory from which git would be asked."""
        shutil.copytree(self.template, self.code / name)
        return PLACES[place](self.code / name, self.configuration(name, keys), self.template)

    @property
    def seen(self) -> frozenset[str]:
        """The names of the scripts that ran, each PLACE: KEY."""
        path = self.root / "ran"
        return frozenset(path.read_text().splitlines()) if path.exists() else frozenset()

    def script(self, place: str, key: str, name: str = "") -> Path:
        """Make a script that leaves a canary, and then does what git expects of it."""
        is_filter = key.startswith(("diff.", "filter."))
        rest = 'printf "/\\\\0"' if key == "core.fsmonitor" else 'exec cat "$@"' if is_filter else "exit 1"
        path = self.root / "scripts" / place / (name or key.replace("/", "_").replace(" ", "_"))
        write_tree(
            path.parent, {path.name: f'#!/bin/sh\necho "{place}: {key}" >> "{self.root}/ran"\n{rest}\n'}
        )
        path.chmod(0o755)
        return path

    def configuration(self, place: str, keys: Iterable[str]) -> str:
        """Return a configuration that names programs."""
        lines = [_MEANS]
        for key in keys:
            hooks = self.root / "scripts" / place / f"hooks-of-{key}"
            if KEYS[key] == _HOOKS:
                for name in _HOOK_NAMES:
                    self.script(place, key, f"{hooks.name}/{name}")
            value = KEYS[key].replace(RUN, str(self.script(place, key))).replace(_HOOKS, str(hooks))
            section, _, name = key.rpartition(".")
            section, _, middle = section.partition(".")
            middle = f' "{middle}"' if middle else ""
            lines.append(f'[{section}{middle}]\n\t{name} = "{value}"\n')
        return "".join(lines)


def git(top: Path, *arguments: str, question: str | None = None) -> str:
    """Return what an ordinary git answers."""
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
    done = subprocess.run(command, cwd=top, capture_output=True, text=True, check=True, input=question)
    return done.stdout.strip()


def make_template(root: Path) -> Path:
    """Make a repository whose memory makes memoryd ask git everything that it ever asks."""
    top = write_tree(
        root / "template",
        {
            f"{STORE}/MEMORY.md": "- see `src/gone.py`, [gone](gone.md), [topic](topic.md)\n"
            "- [build](../../../build/x)\n",
            f"{STORE}/topic.md": "- the zebra is in `src/gone.py`\n",
            f"{STORE}/gone.md": "- text\n",
            "src/gone.py": "x = 1\n",
            "src/old.py": "y = 1\nz = 2\n",
            ".gitignore": "build/\n",
            ".gitattributes": _ATTRIBUTES,
            ".claude/agents/reviewer.md": "---\nname: reviewer\ndescription: x\nmemory: project\n"
            "isolation: worktree\n---\nx\n",
        },
    )
    git(top, "init", "-q")
    git(top, "add", "-A")
    git(top, "commit", "-qm", "one")
    git(top, "rm", "-q", "src/gone.py", f"{STORE}/gone.md")
    git(top, "mv", "src/old.py", "src/new.py")
    git(top, "commit", "-qm", "two")
    by = "a <a@b> 1767225600 +0000"
    text = f"tree {git(top, 'write-tree')}\nparent {git(top, 'rev-parse', 'HEAD')}\n"
    text += f"author {by}\ncommitter {by}\n"
    signed = git(
        top,
        "hash-object",
        "-t",
        "commit",
        "-w",
        "--literally",
        "--stdin",
        question=f"{text}{_SIGNATURE}\nsigned\n",
    )
    git(top, "update-ref", "HEAD", signed)
    return top


@lru_cache(1)
def _inner(template: Path) -> Path:
    """Return a git directory that looks like a bare repository when it is among tracked files."""
    inner = write_tree(template.parent / "inner", {"MEMORY.md": "- x\n", ".gitattributes": _ATTRIBUTES})
    git(inner, "init", "-q")
    git(inner, "add", "-A")
    git(inner, "commit", "-qm", "x")
    return inner / ".git"


def in_config(top: Path, text: str, _template: Path) -> Path:
    with (top / ".git/config").open("a") as file:
        file.write(text)
    return top / STORE


def in_included_file(top: Path, text: str, _template: Path) -> Path:
    (top / "shared.cfg").write_text(text)
    return in_config(top, "[include]\n\tpath = ../shared.cfg\n", _template)


def in_conditionally_included_file(top: Path, text: str, _template: Path) -> Path:
    (top / ".git/more").write_text(text)
    return in_config(top, f'[includeIf "gitdir:{top}/"]\n\tpath = more\n', _template)


def in_worktree_config(top: Path, text: str, _template: Path) -> Path:
    (top / ".git/config.worktree").write_text(text)
    return in_config(
        top, "[core]\n\trepositoryFormatVersion = 1\n[extensions]\n\tworktreeConfig = true\n", _template
    )


def in_linked_worktree(top: Path, text: str, template: Path) -> Path:
    main = top.with_name(f"main-of-{top.name}")
    shutil.copytree(template, main)
    shutil.rmtree(top)
    git(main, "worktree", "add", "-q", str(top), "-b", "linked")
    in_worktree_config(main, text, template)
    shutil.copy(main / ".git/config.worktree", main / f".git/worktrees/{top.name}/config.worktree")
    return top / STORE


def in_submodule(top: Path, text: str, _template: Path) -> Path:
    shutil.move(top / ".git", top / "git")
    above = top.with_name(f"above-{top.name}")
    write_tree(above, {".git/HEAD": "ref: refs/heads/x\n"})
    shutil.move(top / "git", above / ".git/modules/sub")
    (top / ".git").write_text(f"gitdir: {above}/.git/modules/sub\n")
    with (above / ".git/modules/sub/config").open("a") as file:
        file.write(f"[core]\n\tworktree = {top}\n{text}")
    return top / STORE


def _embed(where: Path, text: str, template: Path) -> Path:
    where.mkdir(parents=True, exist_ok=True)
    for name in ("HEAD", "objects", "refs", "index"):
        source = _inner(template) / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, where / name)
    (where / "config").write_text(
        f"[core]\n\trepositoryFormatVersion = 0\n\tbare = false\n\tworktree = {where}\n{text}"
    )
    return where


def in_bare_repository_in_the_store(top: Path, text: str, template: Path) -> Path:
    return _embed(top / STORE, text, template)


def in_bare_repository_above_the_store(top: Path, text: str, template: Path) -> Path:
    _embed(top / ".claude", text, template)
    return top / STORE


def in_bare_repository_below_the_store(top: Path, text: str, template: Path) -> Path:
    where = _embed(top / STORE / "notes", text, template)
    write_tree(where, {"MEMORY.md": "- x\n", "more.md": "- [gone](gone.md)\n"})
    return where


def in_repository_that_a_git_file_names(top: Path, text: str, template: Path) -> Path:
    shutil.rmtree(top / ".git")
    _embed(top / "evil", text.replace(str(top / "evil"), str(top)), template)
    (top / ".git").write_text("gitdir: evil\n")
    return top / STORE


def in_partial_clone(top: Path, text: str, _template: Path) -> Path:
    blob = git(top, "rev-parse", "HEAD~2:src/gone.py")
    (top / f".git/objects/{blob[:2]}/{blob[2:]}").unlink()
    lines = "[core]\n\trepositoryFormatVersion = 1\n[extensions]\n\tpartialClone = origin\n"
    url = "" if "ext::" in text else f"\turl = {top}\n"
    return in_config(top, f'{text}{lines}[remote "origin"]\n\tpromisor = true\n{url}', _template)


def in_hooks(top: Path, text: str, _template: Path) -> Path:
    line = text.partition("hooksPath = ")[2].partition("\n")[0].strip('"')
    for name in _HOOK_NAMES if line else ():
        write_tree(top / ".git/hooks", {name: (Path(line) / name).read_bytes()})
        (top / f".git/hooks/{name}").chmod(0o755)
    return top / STORE


PLACES = {
    function.__name__: function
    for function in (
        in_config, in_included_file, in_conditionally_included_file, in_worktree_config, in_linked_worktree,
        in_submodule, in_bare_repository_in_the_store, in_bare_repository_above_the_store,
        in_bare_repository_below_the_store, in_repository_that_a_git_file_names, in_partial_clone, in_hooks,
    )
}  # fmt: skip
"""Where a configuration is put: functions of working tree, configuration and template.

Each returns the directory from which git would be asked.
"""


def ask_as_before(directory: Path) -> None:
    """Ask git as memoryd did before it had a git directory of its own."""
    questions = (
        ["blame", "--line-porcelain", "--", "MEMORY.md"],
        ["status", "--porcelain"],
        ["ls-files", "-z"],
        ["log", "--all", "--patch", "--no-color"],
        ["check-ignore", "x"],
        ["diff"],
        ["add", "--update"],
    )
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
    for question in questions:
        subprocess.run(
            ["git", "-C", directory, *question], stdin=subprocess.DEVNULL, capture_output=True, check=False,
            env=environment, timeout=60,
        )  # fmt: skip
