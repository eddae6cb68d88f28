"""Content as what it differs by from another one."""

from collections.abc import Callable, Iterator

_SEARCHED = 512  # bytes: a shorter difference is inserted whole
_LONG_LINE = 2048  # bytes: within a longer one, ends are compared byte by byte
_WORTH_IT = 12  # bytes: a shorter copy takes more than its text


def delta(base: bytes, content: bytes) -> bytes:
    """Return what makes a content from a base: stretches copied from it, and inserted bytes.

    Inserted bytes are never joined with those of another place. They are whole lines, unless a line is very
    long, so that what a damaged base leaves can still be read. Whole lines are found anywhere in the base.
    """
    start, end = common_ends(base, content)
    start, end = _at_lines(base, start, end)
    is_short = len(content) - start - end < _SEARCHED
    middle = content[start : len(content) - end]
    steps = [_copy(0, start)] if start else []
    if not is_short:
        steps += _steps(base[start : len(base) - end], middle, start)
    elif middle:
        steps.append(_insert(middle))
    if end:
        steps.append(_copy(len(base) - end, end))
    return b"".join(steps)


def patched(base: bytes, difference: bytes) -> bytes:
    """Return the content that a difference makes from its base.

    Raises:
        ValueError: If it is not a difference from this base.
    """
    view = memoryview(base)
    parts: list[bytes | memoryview] = []
    at = 0
    while at < len(difference):
        number, at = _number(difference, at)
        size = number >> 1
        if number & 1:
            start, at = _number(difference, at)
            part: bytes | memoryview = view[start : start + size]
        else:
            part = difference[at : at + size]
            at += size
        if len(part) != size:
            raise ValueError("a difference from another base")
        parts.append(part)
    return b"".join(parts)


def common_ends(first: bytes, second: bytes) -> tuple[int, int]:
    """Return the numbers of equal bytes at the start and at the end, which do not overlap."""
    size = min(len(first), len(second))
    start = _longest(size, lambda low, high: first[low:high] == second[low:high])
    a, b = len(first), len(second)
    end = _longest(size - start, lambda low, high: first[a - high : a - low] == second[b - high : b - low])
    return start, end


def _longest(size: int, same: Callable[[int, int], bool]) -> int:
    """Return the length of the common part, found by halves."""
    if same(0, size):
        return size
    low, high = 0, size
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if same(low, middle) else (low, middle)
    return low


def _at_lines(base: bytes, start: int, end: int) -> tuple[int, int]:
    """Return the numbers of bytes at both ends up to the next whole line, unless that is a very long one."""
    first = base.rfind(b"\n", 0, start) + 1
    last = len(base) - base.find(b"\n", len(base) - end) - 1
    is_near = 0 <= end - last < _LONG_LINE
    return first if start - first < _LONG_LINE else start, last if is_near else end


def _steps(base: bytes, content: bytes, offset: int) -> Iterator[bytes]:
    """Yield copies and inserts, found line by line; of equal lines, the one after the last copy counts."""
    old, new = base.splitlines(keepends=True), content.splitlines(keepends=True)
    starts, places = [offset], dict[bytes, int]()
    for number, line in enumerate(old):
        places.setdefault(line, number)
        starts.append(starts[-1] + len(line))
    at = inserted = 0
    following = -1
    while at < len(new):
        is_next = 0 <= following < len(old) and old[following] == new[at]
        first = following if is_next else places.get(new[at], -1)
        count = _run(old, first, new, at) if first >= 0 else 0
        if count and starts[first + count] - starts[first] > _WORTH_IT:
            if inserted < at:
                yield _insert(b"".join(new[inserted:at]))
            yield _copy(starts[first], starts[first + count] - starts[first])
            following = first + count
            inserted = at = at + count
        else:
            at += max(count, 1)
            following += max(count, 1) if is_next or first < 0 else 0
    if inserted < at:
        yield _insert(b"".join(new[inserted:at]))


def _run(old: list[bytes], first: int, new: list[bytes], at: int) -> int:
    """Return how many lines are equal from here on."""
    count, most = 0, min(len(old) - first, len(new) - at)
    while count < most and old[first + count] == new[at + count]:
        count += 1
    return count


def _copy(start: int, size: int) -> bytes:
    return _varint(size << 1 | 1) + _varint(start)


def _insert(data: bytes) -> bytes:
    return _varint(len(data) << 1) + data


def _varint(number: int) -> bytes:
    """Return a number in groups of seven bits, the lowest first."""
    found = bytearray()
    while number > 0x7F:  # noqa: PLR2004  # seven bits
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)


def _number(data: bytes, at: int) -> tuple[int, int]:
    """Return a number and the offset after it.

    Raises:
        ValueError: If the data ends within it.
    """
    number = shift = 0
    while at < len(data):
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte <= 0x7F:  # noqa: PLR2004  # seven bits
            return number, at
        shift += 7
    raise ValueError("a difference that ends too early")
