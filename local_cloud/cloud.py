"""Start, deploy to, use and stop a local cloud: the one class that commands and tests use.

All processes of a local cloud run on this machine and listen on the loopback interface only.
Several local clouds can run at once, each in `.ordercast/<name>/` of the checkout.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from local_cloud import deployment
from local_cloud.environment import CHECKOUT, local_aws, without_aws
from local_cloud.errors import START_AGAIN, LocalCloudError, hint_in
from local_cloud.supervisor import client
from local_cloud.supervisor.state import SUPERVISOR, CloudFolder, CloudState

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping

    from local_cloud.deployment import Progress

START = "start the local cloud"


def silent(_step: str, _state: Literal["started", "finished"]) -> None:
    """Show no progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalCloud:
    """A running local cloud. As a context manager it is stopped at the end of the block."""

    name: str
    folder: Path
    endpoint: str
    provider_endpoint: str
    _supervisor: subprocess.Popen[bytes] | None = field(default=None, repr=False, compare=False)

    @classmethod
    def start(
        cls,
        name: str = "local",
        *,
        another: bool = False,
        receipt_delay: float | None = None,
        secured: bool = False,
        between: str = "",
        progress: Progress = silent,
        root: Path = CHECKOUT,
    ) -> Self:
        """Start an empty local cloud and wait until every part of it answers.

        It ends with this process, however that ends, unless `release` is called first.
        *another*: when one of that name runs, this one is called name-2, name-3, …; otherwise that
        raises LocalCloudError, as does a failure to start.
        *receipt_delay*: seconds after a message until its first simulated receipt; without it, as
        `provider_simulator/outcomes_and_delays.py` says.
        *between*: the URL of what stands between all services and the functions and event sources.
        *secured*: with TLS, and each role may do what its policies allow; it needs OpenSSL.
        """
        folder, lock = client.claim(name, root=root, another=another)
        progress(START, "started")
        try:
            folder.clear()
            folder.create()
            supervisor = client.start(
                folder, lock, receipt_delay=receipt_delay, secured=secured, between=between
            )
        finally:
            os.close(lock)  # the supervisor holds it now
        try:
            state = client.wait_until_running(folder, supervisor)
        except BaseException:
            cls._of(folder, CloudState(phase="failed"), supervisor).stop(keep_logs=True)
            raise
        progress(START, "finished")
        return cls._of(folder, state, supervisor)

    @classmethod
    def running(cls, root: Path = CHECKOUT) -> list[Self]:
        """List the local clouds of the checkout that run."""
        found = [(each, each.read()) for each in client.folders(root) if each.locked()]
        return [cls._of(folder, state) for folder, state in found if state]

    @classmethod
    def ended(cls, root: Path = CHECKOUT) -> list[Self]:
        """List the local clouds of the checkout that ended though nobody stopped them, logs and all."""
        found = [(each, each.read()) for each in client.folders(root) if not each.locked()]
        return [
            cls._of(folder, state) for folder, state in found if state and state.phase != "stopped"
        ]

    @classmethod
    def find(cls, name: str = "local", root: Path = CHECKOUT) -> Self | None:
        """Find the running local cloud of that name."""
        return next((cloud for cloud in cls.running(root) if cloud.name == name), None)

    @classmethod
    def remove_ended(cls, root: Path = CHECKOUT) -> list[str]:
        """Remove what local clouds that were killed have left; returns their names."""
        return [each.name for each in client.folders(root) if client.clear_if_ended(each)]

    @property
    def inbox(self) -> Path:
        """The folder in which the provider simulator keeps the messages that it was given."""
        return self.folder / "inbox"

    def deploy(self, *, progress: Progress = silent, root: Path = CHECKOUT) -> None:
        """Synthesise, bootstrap and deploy the app, and open its channels; again later, it is an update.

        Raises LocalCloudError.
        """
        deployment.Deployment(
            root=root,
            folder=self._folder,
            endpoint=self.endpoint,
            progress=progress,
            check=self.check,
        )()

    def environment(self, base: Mapping[str, str] | None = None) -> dict[str, str]:
        """Copy *base* (default: this process's) so that every AWS SDK and tool in it talks to this cloud only."""
        kept = without_aws(os.environ if base is None else base)
        return kept | local_aws(self.folder, self.endpoint)

    def adopt_environment(self) -> None:
        """Change this process's environment: AWS clients made from now on talk to this cloud only."""
        environment = self.environment()
        os.environ.clear()
        os.environ.update(environment)

    def alive(self) -> bool:
        """Whether it still runs."""
        return self._folder.locked()

    def release(self) -> None:
        """Let it outlive this process: from now on it runs until it is stopped."""
        if self._supervisor:
            client.release(self._supervisor)
        self.check()

    def failure(self, *, within: float = 0.0) -> LocalCloudError | None:
        """Return which part has ended, where its log is and what to try; None while all of it runs.

        A client may meet the end of a part a moment before the supervisor does: it is looked for
        again for *within* seconds.
        """
        deadline = time.monotonic() + within
        while not (found := self._failure()) and time.monotonic() < deadline:
            time.sleep(0.02)
        return found

    def check(self) -> None:
        """Raise LocalCloudError when it no longer runs."""
        if failure := self.failure():
            raise failure

    def stop(self, *, keep_logs: bool = False) -> None:
        """Stop its processes and remove its folder, with *keep_logs* all but the logs; may be called again."""
        client.stop(self._folder, self._supervisor)
        client.clear_if_ended(self._folder, keep_logs=keep_logs)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failure: object, *_: object) -> None:
        self.stop(keep_logs=failure is not None)

    def _failure(self) -> LocalCloudError | None:
        alive = self.alive()  # read before the state: a supervisor that ends writes why first
        state = self._folder.read()
        if state and state.failure:
            what, log = state.failure, Path(state.log)
        elif alive:
            return None
        elif state and state.phase != "stopped":
            what, log = f"{SUPERVISOR} ended unexpectedly", self._folder.log(SUPERVISOR)
        else:
            return LocalCloudError(what="the local cloud was stopped", hint="Start it again.")
        return LocalCloudError(what=what, log=log, hint=hint_in(log) or START_AGAIN)

    @property
    def _folder(self) -> CloudFolder:
        return CloudFolder(path=self.folder)

    @classmethod
    def _of(
        cls,
        folder: CloudFolder,
        state: CloudState,
        supervisor: subprocess.Popen[bytes] | None = None,
    ) -> Self:
        return cls(
            name=folder.name,
            folder=folder.path,
            endpoint=state.endpoint,
            provider_endpoint=state.provider_endpoint,
            _supervisor=supervisor,
        )
