"""Serve the console on loopback until it is interrupted. Used by `ordercast console`."""

import logging
import socket
from collections.abc import Callable
from secrets import token_urlsafe

import uvicorn

from ordercast.console.application import application
from ordercast.console.guard import ENTRY
from ordercast.console.stage import ConsoleStage
from ordercast.usage_error import UsageError

LOOPBACK = "127.0.0.1"


LOOKS = 2
"""Seconds between two looks whether it is to end."""


def serve(
    stage: ConsoleStage,
    *,
    port: int,
    say: Callable[[str], None],
    is_over: Callable[[], bool] = lambda: False,
) -> None:
    """Print the address with *say* and serve there until *is_over* says so; *port* 0 is any that is free."""

    async def look() -> None:
        server.should_exit = server.should_exit or is_over()

    # Its log would have the addresses and the texts of exceptions.
    logging.getLogger("uvicorn").disabled = True
    listening = _listening(port)
    host = f"{LOOPBACK}:{listening.getsockname()[1]}"
    token = token_urlsafe(32)
    say(f"http://{host}{ENTRY}?token={token}")
    config = uvicorn.Config(
        application(stage, host=host, token=token),
        access_log=False,
        log_config=None,
        log_level=logging.CRITICAL,
        callback_notify=look,
        timeout_notify=LOOKS,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=1,
        ws="none",
    )
    server = uvicorn.Server(config)
    with listening:
        server.run(sockets=[listening])


def _listening(port: int) -> socket.socket:
    made = socket.socket()
    # A console that was stopped leaves its port waiting.
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((LOOPBACK, port))
    except OSError as error:
        made.close()
        raise UsageError(f"--port: {port} cannot be had: {error.strerror}") from error
    return made
