"""A message that the carrier took comes in and is kept as a line of JSON; the messages kept come out again."""

import json
import os
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

FILE_NAME = "messages.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMessage:
    """One message as the provider's endpoint got it; nothing of it was sent to anybody.

    `to` is a phone number or the addresses, joined by ", ".
    `tags` are an e-mail's EmailTags; `attributes` an SMS's message attributes or an e-mail's headers.
    """

    channel: Literal["sms", "email"]
    message_id: str
    to: str
    sender: str
    at: datetime
    subject: str = ""
    text: str = ""
    html: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    configuration_set: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


class Inbox:
    """The folder in which the carrier keeps what it took."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / FILE_NAME
        self._lock = threading.Lock()

    def keep(self, message: SentMessage) -> None:
        """Append the message; it is on the disk when this returns."""
        line = json.dumps(_fields(message), ensure_ascii=False) + "\n"
        with self._lock, self._path.open("ab") as file:
            file.write(line.encode())
            file.flush()
            os.fsync(file.fileno())


def read_inbox(folder: Path) -> list[SentMessage]:
    """Read the messages kept in *folder*, oldest first.

    No folder or file means no message. A last line that is still being written is left for later.
    """
    return InboxReader(folder).new()


class InboxReader:
    """Reads the messages kept in a folder as they come, each once."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        self._read = 0

    def new(self) -> list[SentMessage]:
        """Return the messages that were kept since the last time, oldest first."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._read)
                content = file.read()
        except FileNotFoundError:
            return []
        complete = content[: content.rfind(b"\n") + 1]
        self._read += len(complete)
        return [_message(json.loads(line)) for line in complete.splitlines() if line.strip()]


def _fields(message: SentMessage) -> dict[str, Any]:
    fields = asdict(message)
    fields["from"] = fields.pop("sender")
    fields["at"] = message.at.isoformat()
    # Whoever opens the file shall not take it for real traffic.
    fields["simulated"] = True
    return fields


def _message(fields: dict[str, Any]) -> SentMessage:
    del fields["simulated"]
    at = datetime.fromisoformat(fields.pop("at"))
    return SentMessage(sender=fields.pop("from"), at=at, **fields)
