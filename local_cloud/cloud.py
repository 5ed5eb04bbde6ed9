"""The local cloud: a name comes in; a running instance to deploy to, use and stop goes out.

Everything of it runs on this machine and listens on loopback only. Several can
run at once, each in `.ordercast/<name>/` of the checkout.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from local_cloud import deployment, keeping
from local_cloud.environment import local_aws, without_aws
from local_cloud.instance import Instance, Record
from local_cloud.trouble import AGAIN, LocalCloudError, hint_in

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping

    from local_cloud.deployment import Progress

START = "start the local cloud"


def silent(_step: str, _state: Literal["started", "finished"]) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalCloud:
    """A running instance. As a context manager it is stopped at the end of the block."""

    name: str
    folder: Path
    endpoint: str
    carrier: str
    _keeper: subprocess.Popen[bytes] | None = field(default=None, repr=False, compare=False)

    @classmethod
    def start(
        cls,
        name: str = "local",
        *,
        another: bool = False,
        receipt_delay: float | None = None,
        progress: Progress = silent,
        root: Path = keeping.CHECKOUT,
    ) -> Self:
        """Start an instance, empty, and wait until every part of it answers.

        It ends with this process, however that ends, unless it is released first.
        *another*: when one of that name runs, this one is called name-2, name-3, …;
        else that is a LocalCloudError, as is anything that keeps it from starting.
        *receipt_delay*: seconds after which the carrier sends receipts.
        """
        instance, lock = keeping.claim(name, root=root, another=another)
        progress(START, "started")
        try:
            instance.clear()
            instance.create()
            keeper = keeping.start_keeper(instance, lock, receipt_delay=receipt_delay)
        finally:
            os.close(lock)  # the keeper holds it now
        try:
            record = keeping.until_running(instance, keeper)
        except BaseException:
            cls._of(instance, Record(state="failed"), keeper).stop(keep_logs=True)
            raise
        progress(START, "finished")
        return cls._of(instance, record, keeper)

    @classmethod
    def running(cls, root: Path = keeping.CHECKOUT) -> list[Self]:
        """Every instance of the checkout that runs."""
        found = [
            (instance, instance.read()) for instance in keeping.instances(root) if instance.locked()
        ]
        return [cls._of(instance, record) for instance, record in found if record]

    @classmethod
    def ended(cls, root: Path = keeping.CHECKOUT) -> list[Self]:
        """Every instance of the checkout that ended though nobody stopped it, and is still there to be read."""
        found = [
            (instance, instance.read())
            for instance in keeping.instances(root)
            if not instance.locked()
        ]
        return [
            cls._of(instance, record)
            for instance, record in found
            if record and record.state != "stopped"
        ]

    @classmethod
    def find(cls, name: str = "local", root: Path = keeping.CHECKOUT) -> Self | None:
        """Find the running instance of that name."""
        return next((cloud for cloud in cls.running(root) if cloud.name == name), None)

    @classmethod
    def sweep(cls, root: Path = keeping.CHECKOUT) -> list[str]:
        """Remove what instances that were killed have left; their names."""
        return [
            instance.name for instance in keeping.instances(root) if keeping.clear_if_dead(instance)
        ]

    @property
    def inbox(self) -> Path:
        """The folder in which the carrier keeps what reached people."""
        return self.folder / "inbox"

    def deploy(self, *, progress: Progress = silent, root: Path = keeping.CHECKOUT) -> None:
        """Synthesise, bootstrap and deploy the app; again later, it is an update. Raises LocalCloudError."""
        deployment.Deployment(
            root=root,
            instance=self._instance,
            endpoint=self.endpoint,
            progress=progress,
            check=self.check,
        )()

    def outputs(self) -> dict[str, str]:
        """Read the outputs of all stacks by their key, as of the last deployment."""
        return deployment.outputs(self.folder)

    def environment(self, base: Mapping[str, str] | None = None) -> dict[str, str]:
        """Copy *base* (default: our own) so that every AWS SDK and tool in it talks to this instance only."""
        kept = without_aws(os.environ if base is None else base)
        return kept | local_aws(self.folder, self.endpoint)

    def adopt_environment(self) -> None:
        """Make this process one whose AWS clients, made from now on, talk to this instance only."""
        environment = self.environment()
        os.environ.clear()
        os.environ.update(environment)

    def alive(self) -> bool:
        """Whether it still runs."""
        return self._instance.locked()

    def release(self) -> None:
        """Let it outlive this process: from now on it stays up until it is stopped."""
        if self._keeper:
            keeping.release_keeper(self._keeper)
        self.check()

    def trouble(self, *, within: float = 0.0) -> LocalCloudError | None:
        """Say which part has ended, where its log is and what to try; None while all of it runs.

        A client may meet the end of a part a moment before its keeper does: it is looked for
        again for *within* seconds.
        """
        deadline = time.monotonic() + within
        while not (found := self._trouble()) and time.monotonic() < deadline:
            time.sleep(0.02)
        return found

    def check(self) -> None:
        """Raise LocalCloudError when it no longer runs."""
        if trouble := self.trouble():
            raise trouble

    def stop(self, *, keep_logs: bool = False) -> None:
        """Stop every process of it and remove its folder, but for the logs if so wished; may be called again."""
        keeping.stop_keeper(self._instance, self._keeper)
        keeping.clear_if_dead(self._instance, keep_logs=keep_logs)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failure: object, *_: object) -> None:
        self.stop(keep_logs=failure is not None)

    def _trouble(self) -> LocalCloudError | None:
        alive = self.alive()  # before the record is read: a keeper that ends writes why first
        record = self._instance.read()
        if record and record.trouble:
            what, log = record.trouble, Path(record.log)
        elif not alive:
            what, log = "the local cloud has ended", self._instance.log("keeper")
        else:
            return None
        return LocalCloudError(what=what, log=log, hint=hint_in(log) or AGAIN)

    @property
    def _instance(self) -> Instance:
        return Instance(folder=self.folder)

    @classmethod
    def _of(
        cls, instance: Instance, record: Record, keeper: subprocess.Popen[bytes] | None = None
    ) -> Self:
        return cls(
            name=instance.name,
            folder=instance.folder,
            endpoint=record.endpoint,
            carrier=record.carrier,
            _keeper=keeper,
        )
