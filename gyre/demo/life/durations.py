"""Durations as Go writes and reads them: `1h30m`, `10m0s`, `1.25s`."""

import re

_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def seconds(text: str | None, default: float) -> float:
    """How long a duration is; the default when there is none."""
    if not text:
        return default
    return sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(text))


def go(length: float) -> str:
    """A number of seconds as Go's time.Duration prints itself."""
    if length < 1:
        return f"{round(length * 1000, 3):g}ms" if length else "0s"
    hours, rest = divmod(length, 3600)
    minutes, left = divmod(rest, 60)
    text = f"{round(left, 6):.9g}s"
    if hours:
        return f"{int(hours)}h{int(minutes)}m{text}"
    return f"{int(minutes)}m{text}" if minutes else text
