"""A process of the webserver that waits for nobody who says nothing.

Airflow's processes answer one request at a time. Browsers open connections ahead of need, and each of those would hold
a process until gunicorn takes it for dead after two minutes.
"""
import select
import socket
import sys
from typing import Any

from gunicorn.workers.sync import SyncWorker

# So long the kernel keeps a connection to itself on which nothing has come.
SILENT_SECONDS = 60
# It hands over even that in the end.
LAST_SECONDS = 0.2
# Between two parts of a request.
PAUSE_SECONDS = 15


class Worker(SyncWorker):
    """`[webserver] worker_class`."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        # This is still gunicorn's master, about to fork. It has loaded the application, so that each process need not.
        if self.cfg.preload_app:
            let_go(self.app.callable)

    def run(self) -> None:
        for listener in self.sockets:
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, SILENT_SECONDS)
        super().run()

    def handle(self, listener: Any, client: socket.socket, addr: Any) -> None:
        if not select.select([client], [], [], LAST_SECONDS)[0]:
            client.close()
            return
        client.settimeout(PAUSE_SECONDS)
        super().handle(listener, client, addr)


def let_go(application: Any) -> None:
    """No connection to the database may be in two processes: those that the application has made are closed."""
    settings = sys.modules.get("airflow.settings")
    if settings is None:
        return
    settings.Session.remove()
    settings.engine.dispose()
    with application.app_context():
        sessions = application.session_interface.db
        sessions.session.remove()
        sessions.engine.dispose()
