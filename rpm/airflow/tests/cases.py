"""Makes one named test method out of each row of a table."""
from typing import Any, Callable, Mapping


def table(rows: Mapping[str, Any]) -> Callable:
    """Says of a method `check(self, row)` that it runs once for each row, under the row's name."""

    def mark(check: Callable) -> Callable:
        check.rows = rows
        return check

    return mark


def named(test_class: type) -> type:
    """Gives the class a test method for each row of its tables."""
    for name, check in list(vars(test_class).items()):
        for number, (title, row) in enumerate(getattr(check, "rows", {}).items()):
            method = lambda self, check=check, row=row: check(self, row)
            method.__doc__ = f"{name}: {title}"
            words = "".join(c if c.isalnum() else "_" for c in title[:60])
            setattr(test_class, f"test_{name}_{number:02}_{words}", method)
    return test_class
