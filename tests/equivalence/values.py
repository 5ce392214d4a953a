"""Values of a script: durations, text, truth, and comparison as GitHub's expressions do it, case-sensitively."""

import json
import re
from fractions import Fraction

from vtloop import SECOND

_UNITS = {"us": Fraction(1, 1_000_000), "ms": Fraction(1, 1000), "s": 1, "m": 60, "h": 3600, "d": 86400}
_PART = re.compile(r"(\d+\.?\d*|\.\d+)(us|ms|s|m|h|d)")


class ValueProblem(Exception):
    """A value that does not fit; becomes the failure of the job that uses it."""


class UnknownName(ValueProblem):
    """No variable of that name where the job runs."""


class Instant(float):
    """What now() gives: a number that shows six decimals when it is put in a string."""


def duration(value) -> int:
    """Nanoseconds of a number of seconds, or of "250ms", "1.5s", "1m30s", "2"."""
    if isinstance(value, bool) or value is None:
        raise ValueProblem(f"not a duration: {value!r}")
    if isinstance(value, (int, float)):
        seconds = Fraction(repr(value) if isinstance(value, float) else value)
    else:
        seconds = _parse_duration(str(value).strip())
    if seconds < 0:
        raise ValueProblem(f"negative duration: {value!r}")
    return round(seconds * SECOND)


def _parse_duration(text):
    if re.fullmatch(r"\d+\.?\d*|\.\d+", text):
        return Fraction(text)
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueProblem(f"not a duration: {text!r}")
    return sum(Fraction(number) * _UNITS[unit] for number, unit in parts)


def integer(value) -> int:
    number = to_number(value)
    if number != number or number != int(number):
        raise ValueProblem(f"not a whole number: {value!r}")
    return int(number)


def boolean(value) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise ValueProblem(f"not a boolean: {value!r}")


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def truthy(value) -> bool:
    """False, 0, NaN, "" and null are false; lists and mappings are true, empty or not."""
    if value is None or value is False or value == "":
        return False
    if is_number(value):
        return value != 0 and value == value
    return True


def to_text(value) -> str:
    if value is None:
        return ""
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, Instant):
        return f"{value:.6f}"
    if isinstance(value, float):
        return str(int(value)) if value == int(value) and abs(value) <= 2**53 else repr(value)
    if isinstance(value, (list, dict)):
        return to_json(value)
    return str(value)


def to_json(value) -> str:
    return json.dumps(_plain(value), separators=(",", ":"), ensure_ascii=False)


def to_pretty_json(value) -> str:
    return json.dumps(_plain(value), indent=2, ensure_ascii=False)


def _plain(value):
    if isinstance(value, float):
        return int(value) if value == int(value) and abs(value) <= 2**53 else float(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


def to_number(value) -> float:
    if value is None:
        return 0
    if isinstance(value, (bool, int, float)):
        return value + 0
    if isinstance(value, str):
        text = value.strip()
        if not text:
            return 0
        if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text, re.ASCII):
            return float(text) if re.search(r"[.eE]", text) else int(text)
        return int(text, 0) if re.fullmatch(r"0x[0-9a-fA-F]+|0o[0-7]+", text) else float("nan")
    return float("nan")


def same(a, b) -> bool:
    """Equality of JSON values: inside lists and mappings the types count."""
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if is_number(a) and is_number(b):
        return a == b
    return type(a) is type(b) and a == b


def equal(a, b) -> bool:
    if isinstance(a, (list, dict)) or isinstance(b, (list, dict)):
        return same(a, b)
    if isinstance(a, str) and isinstance(b, str):
        return a == b
    if a is None and b is None:
        return True
    return to_number(a) == to_number(b)


def less(a, b) -> bool:
    if isinstance(a, str) and isinstance(b, str):
        return a < b
    return to_number(a) < to_number(b)
