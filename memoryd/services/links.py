"""Servers asked about links: one request per URL."""

import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from memoryd.adapters.links import Answer, Answers
from memoryd.adapters.links import ask as ask_server
from memoryd.domain.links.urls import host_of, urls_of
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.text.phrases import counted
from memoryd.values import dataclass

_MOST = 500  # URLs of one run
_MOST_OF_A_HOST = 30
_AT_ONCE = 8  # hosts
_PAUSE = 0.2  # seconds between two requests to a host


@dataclass(frozen=True, slots=True)
class ServerAnswers:
    """The answers of servers to all URLs.

    Attributes:
        broken: Why URLs do not work, by URL.
        problems: One sentence for each URL, or for several, without a result.
    """

    broken: Mapping[str, str]
    problems: tuple[str, ...]


def ask(snapshots: Iterable[Snapshot], cache: Path, *, private: bool) -> ServerAnswers:
    """Ask for every URL in the links of these stores, unless an answer is cached.

    Args:
        snapshots: The stores.
        cache: The file of cached answers.
        private: Hosts of private networks may be asked.
    """
    known = Answers(cache)
    urls = sorted({url for snapshot in snapshots for url in urls_of(snapshot) if host_of(url)})
    answers = {url: answer for url in urls if (answer := known.get(url))}
    by_host: dict[str, list[str]] = {}
    left = [url for url in urls if url not in answers]
    chosen: list[str] = []
    for url in left:
        of_host = by_host.setdefault(host_of(url), [])
        if len(chosen) < _MOST and len(of_host) < _MOST_OF_A_HOST:
            of_host.append(url)
            chosen.append(url)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for found in pool.map(lambda each: _ask_host(each, private=private), by_host.values()):
            answers |= found
    fresh = {url: answers[url] for url in chosen}
    if fresh and not any(answer.resolved for answer in fresh.values()):  # no host resolved: no network
        answers |= {url: Answer(unknown="no host can be looked up") for url in fresh}
    for url in chosen:
        known.put(url, answers[url])
    known.save()
    problems = [
        f"{url} was not checked: {answer.unknown}" for url, answer in answers.items() if answer.unknown
    ]
    skipped = len(left) - len(chosen)
    if skipped:
        problems.append(f"{counted(skipped, 'URL', 'URLs')} not checked: run it again, answers are cached")
    return ServerAnswers(
        {url: answer.broken for url, answer in answers.items() if answer.broken}, tuple(sorted(problems))
    )


def _ask_host(urls: list[str], *, private: bool) -> dict[str, Answer]:
    answers = {}
    for number, url in enumerate(urls):
        if number:
            time.sleep(_PAUSE)
        answers[url] = ask_server(url, private=private)
    return answers
