"""The own copy of a repository that was rewritten."""

from memoryd.adapters.edits import MOST_BYTES
from memoryd.adapters.git.transport import Transport
from memoryd.adapters.sync import Bases, Ids, SyncState
from memoryd.domain.sync import blob_id
from memoryd.services.sync.forgotten_texts import ForgottenTexts


def clean_up(transport: Transport, state: SyncState, texts: ForgottenTexts) -> bool:
    """Clean the own repository once after the remote one was rewritten, and the remote one until it is clean.

    Args:
        transport: The repository between the machines.
        state: What the last exchange left; it is changed.
        texts: All texts that were forgotten.

    Returns:
        Whether the state was changed.

    Raises:
        GitError: If the remote repository cannot be reached, or one of them not be written.
    """
    if state.renewed >= state.rewritten and state.is_pruned:
        return False
    if state.renewed < state.rewritten:
        state.bases = renew(transport, state.bases, texts)
    state.is_pruned = transport.prune_remote()
    state.renewed = state.rewritten
    return True


def renew(transport: Transport, bases: Bases, texts: ForgottenTexts) -> Bases:
    """Make the own repository again after the remote one was rewritten, so that nothing else is left.

    What both sides had in common stays, since the next merge needs it, but without forgotten texts.

    Args:
        transport: The repository between the machines.
        bases: Ids of what both sides have in common, by root and path in the store.
        texts: All texts that were forgotten.

    Returns:
        These ids after that.

    Raises:
        GitError: If the remote repository cannot be reached, or the own one not be written.
    """
    known = {blob for base in bases.values() for blob in base.values()}
    contents = transport.contents(sorted(known), MOST_BYTES)
    pairs = {(blob, path) for base in bases.values() for path, blob in base.items() if blob in contents}
    by_name = {f"{blob}/{path}": contents[blob] for blob, path in pairs}
    cleaned = by_name | texts.clean(by_name, everything=True)
    transport.replace({blob_id(each): each for each in cleaned.values() if each is not None}.values())
    found: Bases = {}
    for root, base in bases.items():
        ids: Ids = {}
        for path, blob in base.items():
            content = cleaned.get(f"{blob}/{path}", b"")
            if content is not None:
                ids[path] = blob_id(content) if blob in contents else blob
        found[root] = ids
    return found
