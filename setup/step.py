"""Run one step of the set-up and leave its stamp. Used by setup/steps.mk.

    python3 setup/step.py STAMP NAME COMMAND

Prints the name and the seconds; where the command fails, the end of its log and what to try.
Needs nothing but the standard library.
"""

import subprocess
import sys
import time
from pathlib import Path

DISK = "The disk is full: make room and try again."
NETWORK = (
    "Is there a network? Setting up needs one, to where Python and npm get their packages from "
    "(HTTPS_PROXY is obeyed); afterwards nothing does but deploying to AWS."
)
CERTIFICATE = (
    "A proxy seems to sign HTTPS with a certificate that is not trusted here: add it to the system's "
    "certificates, or point SSL_CERT_FILE and NODE_EXTRA_CA_CERTS at it."
)
OTHERWISE = "Try again; when that does not help, `make clean` first."

SIGNS = {
    "No space left on device": DISK,
    "ENOSPC": DISK,
    "CERTIFICATE_VERIFY_FAILED": CERTIFICATE,
    "UnknownIssuer": CERTIFICATE,
    "SELF_SIGNED_CERT": CERTIFICATE,
    "UNABLE_TO_GET_ISSUER": CERTIFICATE,
    "dns error": NETWORK,
    "name resolution": NETWORK,
    "error sending request": NETWORK,
    "No matching distribution found": NETWORK,
    "EAI_AGAIN": NETWORK,
    "ENOTFOUND": NETWORK,
    "ECONNREFUSED": NETWORK,
    "ETIMEDOUT": NETWORK,
    "ENETUNREACH": NETWORK,
}
"""What the tools say when something outside them is wrong, and what to try; the first that fits counts."""


def main() -> None:
    """Run the command in the arguments; exits 1 where it fails."""
    stamp, name, command = Path(sys.argv[1]), *sys.argv[2:]
    log = Path(".tools/logs") / f"{stamp.parent.name.lstrip('.')}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    print(f"Setting up {name} … ", end="", flush=True)
    started = time.monotonic()
    if not _succeeds(command, log):
        print("failed")
        sys.exit(_explained(name, log))
    stamp.touch()
    print(f"{time.monotonic() - started:.1f} s")


def _succeeds(command: str, log: Path) -> bool:
    with log.open("w") as output:
        try:
            # The command inherits the lock of the set-up.
            done = subprocess.run(
                ["sh", "-c", command],  # noqa: S607
                stdout=output,
                stderr=subprocess.STDOUT,
                close_fds=False,
                check=False,
            )
        except KeyboardInterrupt:
            sys.exit("\nSetting up was interrupted; the next run goes on from here.")
    return done.returncode == 0


def _explained(name: str, log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()
    end = "\n".join(lines[-200:])
    hint = next((hint for sign, hint in SIGNS.items() if sign in end), OTHERWISE)
    tail = "".join(f"    {line}\n" for line in lines[-8:])
    return f"Setting up failed: {name}\n{tail}  log: {log.resolve()}\n  {hint}"


if __name__ == "__main__":
    main()
