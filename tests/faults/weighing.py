"""What a process uses, sampled while it works."""

import os
import re
import statistics
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

_GROWTH = 1.1, 4096  # of memory: a part, and kB; caches fill up


@dataclass(frozen=True, slots=True)
class Sample:
    """What a process uses: memory in kB, threads, open files."""

    memory: int
    threads: int
    files: int


def sample(process: int) -> list[Sample]:
    """What a process uses now; none where it is gone, or where there is no /proc."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
        files = len(os.listdir(f"/proc/{process}/fd"))
    except OSError:
        return []
    found = dict(re.findall(r"^(VmRSS|Threads):\s+(\d+)", status, re.MULTILINE))
    return [Sample(int(found["VmRSS"]), int(found["Threads"]), files)] if len(found) > 1 else []


def thirds(samples: Sequence[Sample]) -> tuple[Sample, Sample]:
    """The medians of the middle and of the last third: in the first, a process still fills its caches."""
    third = len(samples) // 3
    return _median(samples[third:-third]), _median(samples[-third:])


def grows(before: Sample, after: Sample) -> bool:
    """Whether that is more than a process may grow that goes on doing the same."""
    part, more = _GROWTH
    return (
        after.memory > before.memory * part + more
        or after.threads > before.threads
        or after.files > before.files
    )


def _median(samples: Sequence[Sample]) -> Sample:
    memory, threads, files = zip(*map(astuple, samples), strict=True)
    return Sample(*(int(statistics.median(each)) for each in (memory, threads, files)))
