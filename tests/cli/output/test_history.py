import pytest

from memoryd.cli.output.history import alarm_line, loss_sentence
from memoryd.domain.history.lost_lines import Alarm, Loss, Sign
from memoryd.domain.history.versions import Version


def loss(name: str, sign: Sign, *, deleted: bool = False, lines: int = 2) -> Loss:
    had = Version(1, 0.0, "/s", f"/s/{name}", "a", None, None, 1)
    after = Version(2, 1.0, "/s", f"/s/{name}", None if deleted else "b", None, None, 2)
    return Loss(had, had, after, tuple(f"- {number}" for number in range(lines)), sign)


@pytest.mark.parametrize(
    ("losses", "missing", "told"),
    [
        (
            [loss("a b.md", Sign.UNSEEN)],
            False,
            "/s/a b.md: a write from the loaded part of the file removed 2",
        ),
        ([loss("a.md", Sign.STALE, lines=1)], 0, "removed 1 line added shortly before; `memoryd restore"),
        ([loss("a.md", Sign.MASS)], 0, "one write removed most of the file: 2 lines"),
        ([loss("a.md", Sign.MASS, deleted=True)] * 4, 0, "/s: 4 files disappeared at once, with 8 lines"),
        (
            [loss("a.md", Sign.MASS, deleted=True)] * 4,
            True,
            "/s: all 4 files of the store disappeared, with 8",
        ),
    ],
)
def test_an_alarm_says_what_was_lost(losses: list[Loss], missing: int, told: str) -> None:
    line = alarm_line(Alarm(3, 0.0, "/s", tuple(losses), bool(missing)))
    assert told in line
    assert line.endswith("(alarm 3; memoryd dismiss 3)")


def test_a_path_can_be_typed() -> None:
    assert "`memoryd restore --lost '/s/a b.md'` restores them" in loss_sentence(loss("a b.md", Sign.STALE))
    assert "one of the files that disappeared" in loss_sentence(loss("a.md", Sign.MASS, deleted=True))
