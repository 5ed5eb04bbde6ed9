"""No reader crashes, hangs, prints or repeats what is personal, whatever it is given."""

import os
import subprocess
import sys

import pytest

from tests.fuzzing import guided
from tests.fuzzing.chance import Chance, Seeded, Tape
from tests.fuzzing.documents import MARKER
from tests.fuzzing.guided import tapes
from tests.fuzzing.mutated import fault_in, findings
from tests.fuzzing.readers import READERS, Reader, told
from tests.mutations.judging import Hanging
from tests.sampling import SAMPLED, sampled

COUNT = sampled(20_000, whole=100_000)

each_reader = pytest.mark.parametrize("name", READERS)


@SAMPLED
@each_reader
def test_mutated_inputs_are_read_or_refused(name: str) -> None:
    """A million of each: `make prove`."""
    count = int(COUNT * READERS[name].share)

    assert [] == findings(READERS[name], start=0, count=count)


@each_reader
def test_what_a_guided_fuzzer_kept_is_read_or_refused(name: str) -> None:
    kept = tapes(name)

    assert len(kept) > 10
    assert [] == [each.hex() for each in kept if fault_in(READERS[name], Tape(each))]


def test_the_same_number_makes_the_same_input() -> None:
    for reader in READERS.values():
        made = [reader.make(Seeded(number)) for number in range(50)]
        assert made == [reader.make(Seeded(number)) for number in range(50)]
        assert len({repr(each) for each in made}) > 20


def repeating(_: object) -> str | None:
    return told(f"contact.email: not {MARKER}")


def printing(_: object) -> str | None:
    os.write(2, MARKER.encode())
    return None


def crashing(made: object) -> str | None:
    raise KeyError(made)


def hanging(_: object) -> str | None:
    raise Hanging


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (repeating, "repeats what is personal"),
        (printing, "is printed"),
        (crashing, "raises KeyError"),
        (hanging, "hangs"),
    ],
)
def test_a_reader_that_does_what_it_should_not_is_found_out(fault, found: str) -> None:
    def nothing(chance: Chance) -> int:
        return chance.below(10)

    assert found in findings(Reader(nothing, fault), start=0, count=5)[0]


def test_where_guided_fuzzing_cannot_run_it_says_why_and_fails(monkeypatch, capsys) -> None:
    monkeypatch.setattr(guided, "NEEDED", ((3, 11), "another system"))

    assert 1 == guided.main([])
    said = capsys.readouterr().err
    assert said.startswith("LEFT OUT: ")
    assert "atheris 3.0.0" in said
    assert sys.platform in said


def test_the_command_counts_what_it_read() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzzing", "--only", "email", "--count", "200"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 == done.returncode
    assert done.stdout.startswith("email: 200 inputs, 0 read wrongly")
