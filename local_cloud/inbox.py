"""Keep the messages that the simulated providers accept, and read them again. Used by the provider simulator and commands."""

import os
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal

from msgspec import Struct, field, json

FILE_NAME = "messages.jsonl"


class SentMessage(Struct, frozen=True, kw_only=True):
    """One message as the simulated provider got it; nobody received it.

    `to` is a phone number or the addresses, joined by ", ".
    `tags` are an e-mail's EmailTags; `attributes` an SMS's message attributes or an e-mail's headers.
    """

    channel: Literal["sms", "email"]
    message_id: str
    to: str
    sender: str = field(name="from")
    at: datetime
    provider: Literal["sns", "ses", "sms-voice"] | None = None
    region: str = ""
    subject: str = ""
    text: str = ""
    html: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    configuration_set: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    receipts: bool = True  # False where a fault kept them from coming
    simulated: bool = True  # so that no reader of the file takes it for real traffic

    @property
    def is_promotional(self) -> bool:
        """Whether the provider was told that it is promotional, not transactional."""
        sms_type = self.attributes.get("AWS.SNS.SMS.SMSType")
        return "promotional" in {self.tags.get("class"), (sms_type or "").lower()}


class Inbox:
    """Writes the messages of a folder, a line of JSON for each."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / FILE_NAME
        self._lock = threading.Lock()

    def append(self, message: SentMessage) -> None:
        """Append the message; it is on the disk when this returns."""
        with self._lock, self._path.open("ab") as file:
            file.write(json.encode(message) + b"\n")
            file.flush()
            os.fsync(file.fileno())


def read_inbox(folder: Path) -> list[SentMessage]:
    """Read the messages in *folder*, oldest first.

    No folder or file means no message. A last line that is still being written is left for later.
    """
    return InboxReader(folder).new()


class InboxReader:
    """Reads the messages in a folder as they come, each once."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        self._read = 0

    def new(self) -> list[SentMessage]:
        """Return the messages since the last call, oldest first."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._read)
                content = file.read()
        except FileNotFoundError:
            return []
        complete = content[: content.rfind(b"\n") + 1]
        self._read += len(complete)
        return _LINES.decode_lines(complete)


_LINES = json.Decoder(SentMessage)
