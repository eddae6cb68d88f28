from support import plan_of

from memoryd.adapters.history import History
from memoryd.domain.edits.plan import FileChange

ROOT = "/s/rev"
FILE = f"{ROOT}/MEMORY.md"


def test_contents_of_an_operation_are_stored_as_differences(history: History) -> None:
    before = b"".join(b"- fact %d and a word %d\n" % (number, number * 31 % 1009) for number in range(300))
    after = before.replace(b"- fact 100 ", b"- thing 100 ")
    history.finish(history.begin(plan_of(FileChange(ROOT, FILE, before, after))), "done")
    query = "SELECT base, length(data) FROM stored ORDER BY id"
    (first, size), (second, change) = history._connection.raw.execute(query).fetchall()
    assert (first, second) == (None, 1)
    assert change < size / 20
    assert [content for _, content in history.versions(FILE)] == [before, after]


def test_a_file_that_comes_back_is_another_version(history: History) -> None:
    for content in (b"a\n", None, b"a\n", b"a\n"):
        history.observe(ROOT, [(FILE, content)])
    assert [content for _, content in history.versions(FILE)] == [b"a\n", None, b"a\n"]
    assert history.present(ROOT) == (FILE,)


def test_stores_and_files_are_listed_without_their_versions(history: History) -> None:
    odd = f"{ROOT}/\udcff.md"
    for number in range(3):
        history.observe(ROOT, [(FILE, b"%d" % number), (odd, b"%d" % number), (f"{ROOT}/gone.md", b"x")])
    history.observe(ROOT, [(f"{ROOT}/gone.md", None)])
    history.observe("/s/\udcfe", [("/s/\udcfe/MEMORY.md", b"x")])
    assert set(history.roots()) == {ROOT, "/s/\udcfe"}
    assert set(history.present(ROOT)) == {FILE, odd}
    assert history.present("/s/none") == ()
