import pytest
from support import count_calls

from memoryd.domain.duplicates.passages import Note, passages_in
from memoryd.domain.duplicates.said import contradicts, relation, said_already
from memoryd.domain.markdown.document import parse

KNOWN = """# Memory

- The API times out after 30 s on staging machines.
- Run the whole test suite before you push to the main branch.
- Deploys are made on Mondays by two people of the platform team.
- Never restart the billing worker while an export runs.
"""


def notes(text: str, path: str = "MEMORY.md") -> tuple[Note, ...]:
    return passages_in("/s", parse(path, text.encode()))


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ("The API times out after 60 s on staging machines.", 'contradicts ("30s" there, "60s" here)'),
        ("the API times out after 30 s on staging machines", "is the same as"),
        ("Before you push to the main branch, run the whole test suite.", "is nearly the same as"),
        ("Always restart the billing worker while an export runs.", "contradicts"),
        ("Deploys are made on Fridays by two people of the platform team.", "contradicts"),
        ("Deploys need an entry in the change log of the product.", ""),
        ("The API has two versions, and the old one is frozen.", ""),
        ("Ask the platform team before a migration.", ""),
        ("Run it.", ""),
        ("", ""),
    ],
)
def test_a_new_note_is_compared_with_those_that_are_known(new: str, told: str) -> None:
    found = said_already(notes(f"- {new}\n", "a.md"), notes(KNOWN))
    assert [relation(pair).startswith(told) for pair in found] == ([True] if told else [])


def test_contradictions_come_first() -> None:
    same = "- run the whole test suite before you push to the main branch\n"
    new = notes(f"{same}- The API times out after 9 s on staging machines.\n", "a.md")
    assert [contradicts(pair) for pair in said_already(new, notes(KNOWN))] == [True, False]


def test_a_list_of_one_kind_contradicts_nothing() -> None:
    lines = (f"- The port of the service called {name} is {at}.\n" for at, name in enumerate("abcd", 8000))
    new = notes("- The port of the service called e is 8004.\n", "a.md")
    assert said_already(new, notes("".join(lines))) == ()


def test_the_work_grows_with_the_notes_and_not_faster() -> None:
    def work(size: int) -> int:
        known = notes("".join(f"- fact {n} about part {n * 7} of machine {n % 13}\n" for n in range(size)))
        new = notes("- the deployment of machine 4 needs a restart of part 28\n", "a.md")
        return count_calls(lambda: said_already(new, known))

    assert work(2000) < 2.5 * work(1000)
