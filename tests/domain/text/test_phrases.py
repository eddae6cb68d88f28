import pytest

from memoryd.domain.text.phrases import written_size


@pytest.mark.parametrize(
    ("size", "written"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (999.6, "1.0 kB"),
        (1500, "1.5 kB"),
        (33_400_000, "33 MB"),
        (9_960_000, "10 MB"),
        (999_600, "1.0 MB"),
        (1e9, "1.0 GB"),
        (5e16, "50,000 TB"),
    ],
)
def test_sizes_have_the_largest_unit(size: float, written: str) -> None:
    assert written_size(size) == written
