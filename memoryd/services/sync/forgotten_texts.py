"""Texts that machines forgot, in the repository between them."""

import os
import secrets
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from memoryd.adapters.git.transport import Transport
from memoryd.adapters.sync import SyncSettings, make_key, read_key, read_pending, write_pending
from memoryd.domain.forgetting.ledger import (
    MOST_BYTES,
    MOST_FILES,
    ForgottenText,
    KnownMachine,
    Ledger,
    PurgeMark,
    Receipt,
    is_ledger_path,
    key_file,
    key_name,
    machine_file,
    read_ledger,
    receipt_file,
    rewriting_file,
    text_file,
)
from memoryd.domain.forgetting.needle import Needle
from memoryd.domain.forgetting.tombstone import Seeker, tombstone_of
from memoryd.errors import MemorydError
from memoryd.services.forgetting.follow import RemovedCounts
from memoryd.services.forgetting.forget import rewritten
from memoryd.values import dataclass

REPOSITORY = "repository.git"
"""Name of the own repository in the directory of the exchange."""
Follow = Callable[[Seeker], RemovedCounts]
"""Removes a text from this machine, and returns what was removed."""


@dataclass(frozen=True, slots=True)
class FollowedText:
    """A text that this machine has forgotten now, because another one did."""

    text: ForgottenText
    machine: str
    counts: RemovedCounts


class ForgottenTexts:
    """Texts that were forgotten, as far as this machine knows, and its answers.

    Args:
        directory: Where the key, and what is to be sent, are kept.
        settings: The id and name of this machine.

    Attributes:
        ledger: What the repository says, with what is still to be sent.
        faults: Paths in the repository that cannot be understood.
        is_crowded: The repository has more of these files than are read.
    """

    def __init__(self, directory: Path, settings: SyncSettings) -> None:
        self._directory = directory
        self._settings = settings
        self._key = read_key(directory)
        self._there: dict[str, bytes] = {}
        self.ledger = Ledger()
        self.is_crowded = False

    @property
    def faults(self) -> list[str]:
        """Paths in the repository that cannot be understood."""
        return self.ledger.faults

    @property
    def lacks_key(self) -> bool:
        """True if the other machines share a key that this one does not have."""
        return bool(self.ledger.key) and (self._key is None or key_name(self._key) != self.ledger.key)

    @property
    def is_missed(self) -> bool:
        """True if this machine, for want of the key, does not learn what others have forgotten."""
        return self.lacks_key and any(path.endswith("/tombstone.json") for path in self._there)

    def look(self, transport: Transport, tree: Mapping[str, str]) -> None:
        """Read what the repository says.

        Raises:
            MemorydError: If the own repository is damaged.
        """
        paths = sorted(filter(is_ledger_path, tree))
        self.is_crowded = len(paths) > MOST_FILES
        contents = transport.contents([tree[path] for path in paths[:MOST_FILES]], MOST_BYTES)
        self._there = {path: contents.get(tree[path], b"") for path in paths[:MOST_FILES]}
        pending = read_pending(self._directory)
        self._understand({})
        self._understand({path: pending[path] for path in self._sendable(pending)})

    def register(self, *, is_first: bool) -> None:
        """Note that this machine exchanges memory.

        Args:
            is_first: Whether it chooses the key if the repository names none.

        Raises:
            MemorydError: If that cannot be written.
        """
        pending = read_pending(self._directory)
        if not self.ledger.key and (self._key or is_first):
            self._key = self._key or make_key(self._directory)
            pending |= dict([key_file(self._key)])
        own, since = self._usable, self._settings.since
        machine = KnownMachine(self._settings.id, self._settings.machine, since, own is not None)
        self._keep(pending | dict([machine_file(machine, own)]))

    @property
    def _usable(self) -> bytes | None:
        """The own key, unless the other machines share another one."""
        return None if self.lacks_key else self._key

    def _understand(self, pending: Mapping[str, bytes]) -> None:
        files = {**self._there, **pending}
        self.ledger = read_ledger(files.items(), self._key)
        if self.lacks_key:
            self.ledger = read_ledger(files.items(), None)

    def _sendable(self, pending: Iterable[str]) -> set[str]:
        """Return the paths of files that the other machines would understand."""
        own = f"machines/{self._settings.id}.json"
        return {path for path in pending if not self.lacks_key or path == own}

    def _keep(self, pending: Mapping[str, bytes]) -> None:
        """Keep what is to be sent, and know it."""
        new = {path: content for path, content in pending.items() if self._there.get(path) != content}
        write_pending(self._directory, new)
        self._understand({path: new[path] for path in self._sendable(new)})

    def follow(self, remove: Follow) -> list[FollowedText]:
        """Forget the texts that were forgotten elsewhere, and note the receipts.

        Raises:
            MemorydError: If one cannot be removed; then nothing of this machine may be sent.
        """
        done = []
        key = self._usable
        for text in self.ledger.unanswered(self._settings.id) if key else []:
            counts = remove(Seeker(text.tombstone, key or b""))
            self.answer(text.id, counts)
            known = self.ledger.machines.get(text.machine)
            done.append(FollowedText(text, known.name if known else "another machine", counts))
        return done

    def announce(self, needle: Needle) -> str:
        """Note a text that is being forgotten here, for the other machines; return its id.

        Raises:
            MemorydError: If this machine has no key, or the text is too long.
        """
        self.register(is_first=bool(self._there))
        if self._usable is None:
            raise MemorydError(
                "this machine has no key by which others could recognize it",
                "memoryd sync key, then run this again",
            )
        tombstone = tombstone_of(needle, self._usable)
        if tombstone is None:
            raise MemorydError("it is too long to be recognized by others", "forget a part of it")
        text = ForgottenText(secrets.token_hex(8), time.time(), self._settings.id, tombstone)
        self._keep(read_pending(self._directory) | dict([text_file(text, self._usable)]))
        return text.id

    def answer(self, text: str, counts: RemovedCounts) -> None:
        """Note the receipt of this machine for a text."""
        if self._key is None:
            return
        found = {"files": counts.files, "versions": counts.versions, "operations": counts.operations}
        receipt = Receipt(text, self._settings.id, time.time(), found)
        self._keep(read_pending(self._directory) | dict([receipt_file(receipt, self._key)]))

    def drop(self, name: str) -> KnownMachine:
        """Note that a machine will not come back, by its name or id; return it.

        Raises:
            MemorydError: If there is no such machine, or several, or this one has no key.
        """
        found = [each for each in self.ledger.machines.values() if name in {each.name, each.id}]
        found = [each for each in found if not each.is_dropped and each.id != self._settings.id]
        if len(found) > 1:
            ids = ", ".join(each.id for each in found)
            raise MemorydError(f'{len(found)} machines are called "{name}"', f"name one by its id: {ids}")
        if not found:
            raise MemorydError(
                f'no other machine is called "{name}"', "`memoryd sync status` lists the machines"
            )
        if self._usable is None:
            raise MemorydError("this machine has no key", "memoryd sync key")
        machine = replace(found[0], is_dropped=True, has_key=False)
        self._keep(read_pending(self._directory) | dict([machine_file(machine, self._usable)]))
        return machine

    @property
    def pending(self) -> dict[str, bytes]:
        """Files to send, by path in the repository."""
        pending = read_pending(self._directory)
        return {path: pending[path] for path in self._sendable(pending)}

    def sent(self, paths: Collection[str]) -> None:
        """Note that files were sent."""
        pending = read_pending(self._directory)
        write_pending(self._directory, {path: pending[path] for path in pending if path not in paths})

    def rewriting(self) -> tuple[PurgeMark, tuple[str, bytes]] | None:
        """Return what marks a rewritten repository, and its file; None if it is not to be rewritten."""
        if self._usable is None or not self.ledger.is_due:
            return None
        last = self.ledger.rewriting or PurgeMark(0, 0.0, frozenset())
        answered = {each.id for each in self.ledger.open if not self.ledger.missing(each.id)}
        found = PurgeMark(last.count + 1, time.time(), last.texts | answered)
        return found, rewriting_file(found, self._usable)

    def clean(self, contents: Mapping[str, bytes], *, everything: bool = False) -> dict[str, bytes | None]:
        """Return contents without forgotten texts, only those that had one; None for what is wholly gone.

        Args:
            contents: By a path, whose last part is the name of the file.
            everything: Also texts that every machine has forgotten.
        """
        key = self._usable
        texts: Iterable[ForgottenText] = self.ledger.texts.values() if everything else self.ledger.open
        seekers = [Seeker(each.tombstone, key) for each in texts] if key else []
        cleaned = {}
        for path, raw in contents.items():
            content: bytes | None = raw
            for seeker in seekers:
                if content is not None and (needle := seeker.in_bytes(content)):
                    content = rewritten(needle, {}, similar=False)("", os.path.basename(path), content)
            if content != raw:
                cleaned[path] = content
        return cleaned


def open_texts(directory: Path, settings: SyncSettings) -> ForgottenTexts:
    """Return what is known of forgotten texts since the last exchange, without reaching for the repository.

    Raises:
        MemorydError: If the own repository is damaged.
    """
    transport = Transport(directory / REPOSITORY, settings.remote)
    texts = ForgottenTexts(directory, settings)
    texts.look(transport, transport.tree(transport.fetched()))
    return texts
