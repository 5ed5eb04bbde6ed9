"""The local cloud calls nothing outside this machine, even with real AWS credentials at hand."""

import os
import sys
from pathlib import Path

import pytest

from tests.cloud.emulator.network_namespace import cut_off, missing

ORDERCAST = Path(sys.executable).parent / "ordercast"

CONFIG = """
[default]
region = eu-west-1
[profile production]
region = eu-west-1
role_arn = arn:aws:iam::123456789012:role/admin
source_profile = default
"""

CREDENTIALS = """
[default]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
"""


@pytest.fixture(autouse=True)
def _able(tmp_path: Path) -> None:
    """Say so where this cannot be tried; in CI that is a failure."""
    if reason := missing(tmp_path):
        if os.environ.get("CI"):
            pytest.fail(f"cannot cut off the network: {reason}")
        pytest.skip(f"LEFT OUT: that nothing leaves this machine cannot be seen here ({reason})")


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """A developer's environment, who also works on real accounts."""
    home = tmp_path / "home"
    (home / ".aws").mkdir(parents=True)
    (home / ".aws/config").write_text(CONFIG)
    (home / ".aws/credentials").write_text(CREDENTIALS)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TERM": "dumb",
        "LANG": "C.UTF-8",
        "AWS_PROFILE": "production",
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }


def test_the_demo_and_what_it_leaves_up_work_and_reach_nobody(
    env: dict[str, str], tmp_path: Path
) -> None:
    order = '{"order_id": "o-1", "contact": {"email": "ada@example.com"}, "channel": "email"}'
    words = f"""
        set -e
        {ORDERCAST} demo --orders 3 --keep >said.txt || demo=failed
        cat said.txt
        cloud=$(sed -n 's/.*ordercast down --cloud \\([^ ]*\\).*/\\1/p' said.txt)
        trap "{ORDERCAST} down --cloud $cloud" EXIT
        test -z "$demo"
        echo '{order}' | {ORDERCAST} put - --cloud $cloud
        {ORDERCAST} inbox --last 0 --cloud $cloud | grep ada@example.com
    """
    outcome = cut_off(["sh", "-c", words], env=env, folder=tmp_path, within=240)
    assert 0 == outcome.code, outcome.said
    assert 0 == outcome.packets


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.getaddrinfo('sts.amazonaws.com', 443)",
        "socket.create_connection(('169.254.169.254', 80), timeout=0.2)",
        "socket.socket(type=socket.SOCK_DGRAM).sendto(b'telemetry', ('198.51.100.1', 9))",
    ],
)
def test_an_attempt_would_be_seen_even_if_its_maker_is_silent(
    attempt: str, env: dict[str, str], tmp_path: Path
) -> None:
    quietly = f"import contextlib, socket\nwith contextlib.suppress(OSError): {attempt}"
    outcome = cut_off([sys.executable, "-c", quietly], env=env, folder=tmp_path, within=30)
    assert 0 == outcome.code, outcome.said
    assert outcome.packets > 0
