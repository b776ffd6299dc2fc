"""Messages to systemd about this unit (sd_notify's protocol), told to the journal as well."""
import os
import socket
import sys

EXTENSION_SECONDS = 90


def send(*lines: str) -> None:
    """Tell systemd; without NOTIFY_SOCKET, as in a terminal, this does nothing."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
        try:
            sock.sendto("\n".join(lines).encode(), address)
        except OSError as problem:
            print(f"cannot tell systemd: {problem}", file=sys.stderr)


def extend() -> None:
    """Ask for more time to start; systemd ends a program that stops asking."""
    send(f"EXTEND_TIMEOUT_USEC={EXTENSION_SECONDS * 1_000_000}")


class Status:
    """The one line that `systemctl status` shows; each new text is also a line of the journal."""

    def __init__(self) -> None:
        self._text = ""

    def say(self, text: str) -> None:
        text = " ".join(text.split())
        if text != self._text:
            self._text = text
            print(text, file=sys.stderr, flush=True)
            send(f"STATUS={text}")
