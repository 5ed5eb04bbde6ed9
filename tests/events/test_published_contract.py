"""The published forms of the contract are current and agree with it."""

import subprocess
import sys

import pytest

from ordercast.events import publish
from ordercast.events.publish import ID, json_schema
from ordercast.events.typescript import typescript
from tests.pages import ROOT


def test_what_is_published_is_current() -> None:
    command = [sys.executable, "-m", "ordercast.events.publish", "--check"]
    assert 0 == subprocess.run(command, cwd=ROOT, check=False).returncode


def test_what_is_stale_is_named_with_what_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    stale = dict.fromkeys(publish.published(), "")
    monkeypatch.setattr(publish, "published", lambda: stale)
    monkeypatch.setattr(sys, "argv", ["publish", "--check"])
    with pytest.raises(
        SystemExit, match=r"order-event\.schema\.json, order-event\.d\.ts.*make contract"
    ):
        publish.main()


def test_the_schema_has_an_id_of_its_version() -> None:
    assert "urn:ordercast:order-event:1" == ID == json_schema()["$id"]


DECLARED = typescript(json_schema())


@pytest.mark.parametrize(
    "line",
    [
        "export interface ContactV1 {",
        "  order_id: string;",
        "  status?: string | null;",
        "  /** BCP 47 */",
        "  amount?: number | MoneyV1 | null;",
        "  items?: (string | ItemV1)[] | null;",
        '  channel?: "auto" | "both" | "email" | "sms" | null;',
        "export type OrderEventV1 = OrderEventV1Fields &",
        "  ({ customer_id: string } | { contact: ContactV1 });",
    ],
)
def test_the_types_say_what_the_schema_says(line: str) -> None:
    assert line in DECLARED.splitlines()


def test_what_no_type_is_known_for_is_refused() -> None:
    broken = {"properties": {"when": {"format": "date"}}, "$defs": {}}
    with pytest.raises(ValueError, match="no TypeScript type for"):
        typescript(broken)
