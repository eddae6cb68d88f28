"""Index entries whose only target does not exist (P006)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from memoryd.domain.links.guesses import broken_links
from memoryd.domain.links.names import names_of
from memoryd.domain.links.pointers import is_leading
from memoryd.domain.links.targets import ResolvedLinks
from memoryd.domain.markdown.items import outline
from memoryd.domain.removal.remove import Removal
from memoryd.domain.staleness.outdated import OutdatedMemory, without_line_end
from memoryd.domain.stores.surroundings import Surroundings

if TYPE_CHECKING:
    from memoryd.domain.markdown.model import Link, WikiLink


def dangling(links: ResolvedLinks, around: Surroundings) -> Iterator[OutdatedMemory]:
    """Yield entries of the index file whose only target does not exist.

    Args:
        links: The links of a store.
        around: Where to look for targets outside it.
    """
    snapshot = links.snapshot
    index = snapshot.index
    if index is None:
        return
    names = names_of(snapshot)
    broken = {
        target.link.span: (target, meant)
        for each, target, meant in broken_links(links, around)
        if each is index
    }
    for span, (target, meant) in broken.items():
        item = outline(index).innermost(span.start)
        if meant or item is None or not is_leading(index, target.link):
            continue
        inside: list[Link | WikiLink] = [*index.links_in(item.span), *index.wiki_links_in(item.span)]
        alone = all(
            link.span in broken and broken[link.span][0].places[0] == target.places[0] for link in inside
        )
        if alone and min(link.span for link in inside) == span and not any(names.led_to(index, item.span)):
            is_line = index.source.count(b"\n", item.span.start, item.span.end - 1) == 0
            removal = Removal(index.path, item.span) if is_line else None
            yield OutdatedMemory(
                index,
                without_line_end(index, item.span),
                f"its only target, {target.path}, does not exist",
                removal,
            )
