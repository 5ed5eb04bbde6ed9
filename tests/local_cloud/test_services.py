"""The services wait for an emulator that does not answer, and name the one that fails."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

SCRIPT = """
import socket, sys, time, urllib.request
from pathlib import Path
from local_cloud.services import Services

failed = []
provider = socket.create_server(("127.0.0.1", 0))
services = Services(
    folder=Path(sys.argv[1]),
    endpoint="http://127.0.0.1:1",
    provider=provider,
    receipt_delay=0.1,
    failed=failed.append,
)
services.start()
try:
    urllib.request.urlopen(f"http://127.0.0.1:{provider.getsockname()[1]}/")
except urllib.error.HTTPError as error:
    print(error.code)
services._run("broken", lambda: 1 / 0)
time.sleep(0.2)
print(failed)
"""


def test_they_answer_and_name_the_one_that_fails(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 == done.returncode, done.stderr
    assert "503\n['broken ended unexpectedly (ZeroDivisionError)']\n" == done.stdout
    assert "simulation_ready" in done.stderr
