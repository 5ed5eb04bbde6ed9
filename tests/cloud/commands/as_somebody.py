"""Run commands, or ask the console, as who the environment names: a program of its own, for credentials of its own.

The stage is the local cloud's, found as one in AWS is: else it would be asked as the account's root.
Reads JSON from its standard input and writes JSON: commands and their status, or paths and theirs.
"""

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout

from ordercast.cli import app
from ordercast.console.sdk_operations import refuse_others
from ordercast.console.stage import console_stage
from ordercast.operations import target
from tests.console.asking import operator

NO_LOCAL_STAGE = "nobody's"


def main() -> None:
    """Do what the argument says: commands or console."""
    target.LOCAL_STAGE = NO_LOCAL_STAGE
    asked = json.load(sys.stdin)
    print(json.dumps(commands(asked) if sys.argv[1] == "commands" else console(asked)))


def commands(asked: list[str]) -> dict[str, list[object]]:
    """Run each command in turn; return its status and what it complained of."""
    done: dict[str, list[object]] = {}
    for each in asked:
        sys.argv = ["ordercast", *each.split(), "--stage", "local"]
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            try:
                app.main()
                code: object = 0
            except SystemExit as ended:
                code = ended.code or 0
        done[each] = [code, (err.getvalue() + out.getvalue())[-500:]]
    return done


def console(asked: list[list[object]]) -> dict[str, int]:
    """Ask the console, without actions, for each method, path and form."""
    refuse_others(allow_actions=False)
    stage = console_stage(target.target("local", None), allow_actions=False, endpoint=None)
    browser = operator(stage)
    answers = {}
    for method, path, form in asked:
        answer = browser.post(str(path), form) if method == "POST" else browser.get(str(path))  # type: ignore[arg-type]
        answers[f"{method} {path}"] = answer.status
    return answers


if __name__ == "__main__":
    main()
