"""Let ministack's CloudFormation deploy saved Logs Insights queries, which it refuses. Used by `serve`.

They are accepted and not kept: the local cloud's logs are files.
"""

# ruff: noqa: ANN401, SLF001 - ministack's internals have neither types nor a public interface

from typing import Any


def accept_saved_queries(provisioners: Any) -> None:
    """Let ministack's CloudFormation *provisioners* make AWS::Logs::QueryDefinition."""
    provisioners._RESOURCE_HANDLERS["AWS::Logs::QueryDefinition"] = {
        "create": lambda logical_id, _, stack: (f"{stack}-{logical_id}", {}),
        "update": lambda query, *_: (query, {}),
        "delete": lambda *_: None,
    }
