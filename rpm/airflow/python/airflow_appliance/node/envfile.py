"""Files of KEY=VALUE lines, read and written as systemd's EnvironmentFile= understands them."""
import re
from typing import Dict, Iterable, List, Mapping, Tuple

KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def parse(text: str) -> Tuple[Dict[str, str], List[str]]:
    """Values by key, the last one winning, and one sentence for each line that is none."""
    values: Dict[str, str] = {}
    problems: List[str] = []
    for number, line in _lines(text):
        key, equals, rest = line.partition("=")
        key = key.strip()
        if not equals or not KEY.match(key):
            # The line itself may hold a secret, so only its number is told.
            problems.append(f"line {number}: is not KEY=VALUE")
            continue
        try:
            value = _value(rest)
        except ValueError as problem:
            problems.append(f"{key}: line {number}: {problem}")
            continue
        if key in values:
            problems.append(f"{key}: line {number}: is set a second time; keep one of the lines")
        values[key] = value
    return values, problems


def render(values: Mapping[str, str]) -> str:
    """Quoted so that every systemd since 239 reads back the same values."""
    return "".join(f'{key}="{_escaped(value)}"\n' for key, value in values.items())


def _lines(text: str) -> Iterable[Tuple[int, str]]:
    """Logical lines with their first line's number; a backslash at the end joins the next line."""
    pending, start = "", 0
    for number, line in enumerate(text.split("\n"), 1):
        if not pending and line.lstrip()[:1] in ("", "#", ";"):
            continue
        start = start if pending else number
        if (len(line) - len(line.rstrip("\\"))) % 2:
            pending += line[:-1]
            continue
        yield start, pending + line
        pending = ""
    if pending:
        yield start, pending


def _value(text: str) -> str:
    out, quote, escaped, keep = [], "", False, 0
    for char in text.strip():
        if escaped:
            out.append(char if not quote or char in '"\\`$' else "\\" + char)
            escaped, keep = False, len(out)
        elif char == "\\" and quote != "'":
            escaped = True
        elif quote:
            if char == quote:
                quote = ""
            else:
                out.append(char)
            keep = len(out)
        elif char in "\"'" and len(out) == keep == 0:
            quote = char
        else:
            out.append(char)
    if quote:
        raise ValueError(f"has no closing {quote}")
    return "".join(out[:keep]) + "".join(out[keep:]).rstrip()


def _escaped(value: str) -> str:
    if any(char < " " or char == "\x7f" for char in value):
        raise ValueError("a control character cannot stand in an environment file")
    return re.sub(r'(["\\`$])', r"\\\1", value)
