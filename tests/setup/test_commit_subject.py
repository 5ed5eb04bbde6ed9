"""The commit hook takes `area: what changes` and refuses everything else."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def judged(subject: str, folder: Path) -> str:
    message = folder / "message"
    message.write_text(f"{subject}\n\n# What git adds is no part of it.\n")
    done = subprocess.run(
        [ROOT / ".ci/commit-subject", message], check=False, capture_output=True, text=True
    )
    assert (done.returncode == 0) == (not done.stderr)
    return done.stderr


@pytest.mark.parametrize(
    "subject",
    [
        "cli: print parked items as CSV",
        f"ordercast/sending: {'ü' * 53}",
        "Merge branch 'main'",
        'Revert "cli: print parked items as CSV"',
    ],
)
def test_a_subject_with_an_area_is_taken(subject: str, tmp_path: Path) -> None:
    assert "" == judged(subject, tmp_path)


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("Print parked items as CSV", "`area: what changes`"),
        ("cli:print", "`area: what changes`"),
        ("cli: print parked items as CSV.", "`area: what changes`"),
        (f"cli: {'x' * 68}", "73 characters"),
    ],
)
def test_any_other_subject_is_refused_with_the_reason(
    subject: str, said: str, tmp_path: Path
) -> None:
    assert said in judged(subject, tmp_path)
