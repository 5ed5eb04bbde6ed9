"""A bare checkout and a Python come in; everything the project needs, in folders of its own, goes out.

`python3 -m local_cloud.bootstrap` needs nothing but the standard library. Each step
leaves a stamp of what it was made from, written last: a step whose stamp fits
is skipped, and one that was interrupted is done again from the start.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from local_cloud.leash import run
from local_cloud.setup_steps import steps
from local_cloud.trouble import DISK, hint_in, last_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from local_cloud.setup_steps import Step

NEEDED = 1_500_000_000
"""Bytes for an empty checkout: what is installed, its caches and a running local cloud, rounded up."""


class SetupError(Exception):
    """*what* failed and what to try, for a person."""

    def __init__(self, *, what: str) -> None:
        super().__init__(what)


def main() -> None:
    """Set up the checkout that this file is in; exits 1 when that fails."""
    root = Path(__file__).resolve().parent.parent
    try:
        check_python()
        with alone(root / ".tools") as lock:
            set_up(steps(root), root=root, env=environment(root, os.environ), lock=lock)
    except SetupError as error:
        sys.exit(f"Setting up failed: {error}")
    except KeyboardInterrupt:
        sys.exit("\nSetting up was interrupted; the next run goes on from here.")


def check_python() -> None:
    """Raise SetupError when this Python cannot make environments, saying what to install."""
    try:
        __import__("venv")
        __import__("ensurepip")
    except ImportError:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        what = f"python3 comes without its venv module: install it (Debian, Ubuntu: apt install {package})."
        raise SetupError(what=what) from None


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[int]:
    """Hold the lock in *folder*, waiting while another set-up has it; yields its descriptor.

    Whatever inherits it holds the lock too, so that what a killed set-up left
    running is waited for as well.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / "bootstrap.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("Another set-up runs in this checkout: waiting for it.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock
    finally:
        os.close(lock)


def environment(root: Path, base: Mapping[str, str]) -> dict[str, str]:
    """Give the tools what they need on top of *base*: caches in the checkout, the system's certificates."""
    ours = {
        "UV_CACHE_DIR": str(root / ".tools/cache/uv"),
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_PROGRESS": "1",
        "npm_config_cache": str(root / ".tools/cache/npm"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_CACHE_DIR": "1",
    }
    # Without these uv and Node know only the certificates they brought, and a proxy's is not among them.
    trust = {"UV_SYSTEM_CERTS": "1", "NODE_USE_SYSTEM_CA": "1"} | _trust_of_pip(base)
    inherited = {
        name: value
        for name, value in base.items()
        if name not in {"VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME"}
    }
    return trust | inherited | ours


def set_up(
    wanted: Sequence[Step], *, root: Path, env: Mapping[str, str], lock: int | None = None
) -> None:
    """Do the steps whose stamp does not fit; raises SetupError at the first that fails."""
    missing = [step for step in wanted if not _stamped(step, root)]
    if len(missing) == len(wanted):
        _check_disk(root)
    if missing:
        print("Setting up, in .tools, .venv and node_modules of this checkout:", flush=True)
    for step in missing:
        print(f"  {step.name} … ", end="", flush=True)
        started = time.monotonic()
        _do(step, root=root, env=env, lock=lock)
        print(f"{time.monotonic() - started:.1f} s", flush=True)


def _do(step: Step, *, root: Path, env: Mapping[str, str], lock: int | None) -> None:
    stamp = _stamp(step)
    if _made_elsewhere_or_half(stamp, root):
        shutil.rmtree(step.product, ignore_errors=True)
    step.product.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    for command in step.commands:
        _run(step, command, root=root, env=env, lock=lock)
    draft = stamp.with_suffix(".new")
    draft.write_text(_digest(step, root))
    draft.replace(stamp)


def _run(
    step: Step, command: Sequence[str], *, root: Path, env: Mapping[str, str], lock: int | None
) -> None:
    log = root / ".tools/logs" / f"{step.product.name.lstrip('.')}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w" if command is step.commands[0] else "a") as output:
        code = run(
            command, env=env, cwd=root, output=output, keep_open=() if lock is None else (lock,)
        )
    if code:
        print("failed", flush=True)
        tail = "\n".join(f"    {line}" for line in last_lines(log, 8).splitlines())
        hint = hint_in(log) or "Try again; when that does not help, `make clean` first."
        raise SetupError(what=f"{step.name}\n{tail}\n  log: {log}\n  {hint}")


def _stamp(step: Step) -> Path:
    return step.product / ".set-up-complete"


def _stamped(step: Step, root: Path) -> bool:
    try:
        return _stamp(step).read_text(encoding="utf-8") == _digest(step, root)
    except FileNotFoundError:
        return False


def _digest(step: Step, root: Path) -> str:
    """Say what the product depends on: its place, the interpreter and the inputs."""
    parts = (sys.version, os.path.realpath(sys.executable), step.inputs, *map(str, step.commands))
    return f"{root}\n{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()}\n"


def _made_elsewhere_or_half(stamp: Path, root: Path) -> bool:
    """Whether what is there cannot be updated: it has no stamp, or the checkout has moved since."""
    try:
        return stamp.read_text(encoding="utf-8").splitlines()[0] != str(root)
    except FileNotFoundError:
        return True


def _check_disk(root: Path) -> None:
    free = shutil.disk_usage(root).free
    if free < NEEDED:
        what = f"{free / 1e9:.1f} GB are free here, {NEEDED / 1e9:.1f} GB are needed. {DISK}"
        raise SetupError(what=what)


def _trust_of_pip(base: Mapping[str, str]) -> dict[str, str]:
    """Lead pip to the system's certificates, unless its own settings, which win, know better."""
    if {"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"} & base.keys():
        return {}
    found = next((path for path in _CERTIFICATES if Path(path).exists()), None)
    return {"REQUESTS_CA_BUNDLE": found} if found else {}


_CERTIFICATES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Alpine, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, RHEL
    "/etc/ssl/cert.pem",  # macOS
)


if __name__ == "__main__":
    main()
