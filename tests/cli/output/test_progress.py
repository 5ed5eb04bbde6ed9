"""Where no live line can be drawn, plain ones say what is being done."""

from io import StringIO

import pytest
from rich.console import Console

from ordercast.cli.output import progress as showing
from ordercast.cli.output.progress import status_line, steps
from tests.eventually import eventually


@pytest.mark.parametrize(
    "console",
    [
        Console(file=StringIO()),
        Console(file=StringIO(), force_terminal=True, _environ={"TERM": "dumb"}),
    ],
    ids=["no terminal", "a dumb one"],
)
def test_each_step_is_a_line_when_it_starts_and_when_it_has_finished(console: Console) -> None:
    with steps(console) as progress:
        progress("deploy", "started")
        assert "… deploy\n" == console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO
        progress("deploy", "finished")

    assert "… deploy\n✓ deploy (0 s)\n" == console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO


def test_a_long_step_is_reported_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "NOW_AND_THEN", 0.01)
    said = StringIO()

    def it_is_heard_of_twice() -> bool:
        return 2 <= said.getvalue().count("… deploy: 0 s so far\n")

    with steps(Console(file=said)) as progress:
        progress("deploy", "started")
        assert eventually(it_is_heard_of_twice)


def test_a_line_that_changes_all_the_time_is_printed_now_and_then() -> None:
    said = StringIO()
    with status_line(Console(file=said)) as show:
        for number in range(100):
            show(f"{number} of 100")

    assert "0 of 100\n" == said.getvalue()
