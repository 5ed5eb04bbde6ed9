"""Switch ministack's own event source mappings off and keep their settings. Used by `serve`.

Its stream pollers drop records and its queue poller caps batches, so the supervisor's event
sources read the mappings and run all of them instead. It also forgets TumblingWindowInSeconds.
"""

# ruff: noqa: ANN401, SLF001 - ministack's internals have neither types nor a public interface

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def leave_mappings_alone(lambda_service: Any) -> None:
    """Keep ministack's *lambda_service* module from ever starting its pollers."""
    lambda_service._ensure_poller = lambda: None


def remember_windows(lambda_service: Any, provisioners: Any) -> None:
    """Let mappings have TumblingWindowInSeconds, whether the API or CloudFormation makes them."""
    mappings = lambda_service._esms

    def after_a_call(call: Callable[..., Any]) -> Callable[..., Any]:
        def calling(*arguments: Any) -> Any:
            status, headers, body = call(*arguments)
            made = json.loads(body)
            if not _note(mappings.get(made.get("UUID", "")), arguments[-1]):
                return status, headers, body
            return status, headers, json.dumps(made | _of(arguments[-1])).encode()

        return calling

    lambda_service._create_esm = after_a_call(lambda_service._create_esm)
    lambda_service._update_esm = after_a_call(lambda_service._update_esm)
    handlers = provisioners._RESOURCE_HANDLERS["AWS::Lambda::EventSourceMapping"]

    def after_a_resource(handle: Callable[..., Any]) -> Callable[..., Any]:
        def handling(*arguments: Any) -> Any:
            answer = handle(*arguments)
            new_properties = arguments[-2]  # before the name of the stack
            _note(mappings.get(answer[0]), new_properties)
            return answer

        return handling

    for kind in ("create", "update"):
        handlers[kind] = after_a_resource(handlers[kind])


_WINDOW = "TumblingWindowInSeconds"


def _of(request: dict[str, Any]) -> dict[str, int]:
    # A template's number may have become a string.
    return {_WINDOW: int(request[_WINDOW])} if request.get(_WINDOW) is not None else {}


def _note(mapping: dict[str, Any] | None, request: dict[str, Any]) -> bool:
    found = _of(request)
    if mapping is None or not found:
        return False
    mapping.update(found)
    return True
