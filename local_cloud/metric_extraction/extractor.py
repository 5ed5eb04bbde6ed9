"""Follow the log groups of all functions and put their metrics into CloudWatch. Run by `services`."""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local_cloud.clients import client_of
from local_cloud.event_log import Log
from local_cloud.metric_extraction.emf import InvalidDocument, metrics_in
from local_cloud.metric_extraction.log_tail import PAGE, LogTail


@dataclass(slots=True, kw_only=True)
class _Group:
    tail: LogTail
    due: float = 0.0


class Extractor:
    """Reads each function's log group: every half second where metrics come, else every three seconds."""

    def __init__(self, endpoint: str, *, now: Callable[[], datetime], log: Log) -> None:
        self._lambda: Any = client_of("lambda", endpoint=endpoint)
        self._logs: Any = client_of("logs", endpoint=endpoint)
        self._cloudwatch: Any = client_of("cloudwatch", endpoint=endpoint)
        self._now = now
        self._log = log
        self._groups: dict[str, _Group] = {}
        self._groups_due = 0.0
        self._unsent: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)

    def run(self) -> None:
        """Extract until the process ends."""
        while True:
            try:
                self.look()
            except (BotoCoreError, ClientError) as error:
                self._log("metrics_delayed", error=type(error).__name__)
            time.sleep(_POLL_SECONDS)

    def look(self) -> None:
        """Read every group that is due once and send the metrics."""
        at = self._now().timestamp()
        if at >= self._groups_due:
            self._find_groups()
            self._groups_due = at + _IDLE_SECONDS
        for name, group in self._groups.items():
            if at >= group.due:
                found = self._read(name, group)
                group.due = at + (0 if found else _IDLE_SECONDS)
        self._send()

    def _find_groups(self) -> None:
        names = {
            function.get("LoggingConfig", {}).get("LogGroup")
            or f"/aws/lambda/{function['FunctionName']}"
            for page in self._lambda.get_paginator("list_functions").paginate()
            for function in page["Functions"]
        }
        for name in names - self._groups.keys():
            self._groups[name] = _Group(tail=self._tail_of(name))

    def _tail_of(self, name: str) -> LogTail:
        def fetch(start: int, token: str) -> dict[str, Any]:
            try:
                answer: dict[str, Any] = self._logs.filter_log_events(
                    logGroupName=name,
                    filterPattern='"_aws"',
                    startTime=start,
                    limit=PAGE,
                    **({"nextToken": token} if token else {}),
                )
            except self._logs.exceptions.ResourceNotFoundException:
                return {"events": []}  # the first invocation makes it
            return answer

        return LogTail(fetch, clock_ms=lambda: int(self._now().timestamp() * 1000))

    def _read(self, name: str, group: _Group) -> bool:
        lines = group.tail.new_lines()
        for line in lines:
            try:
                for metric in metrics_in(line, now=self._now()):
                    self._unsent[metric.namespace].append(metric.datum)
            except InvalidDocument as invalid:
                self._log("emf_invalid", group=name, reason=invalid)
        return bool(lines)

    def _send(self) -> None:
        for namespace, data in self._unsent.items():
            while data:
                some = data[:_DATA_LIMIT]
                self._cloudwatch.put_metric_data(Namespace=namespace, MetricData=some)
                # Forgotten at once: a later failure must not send them twice.
                del data[:_DATA_LIMIT]
                self._log("metrics_put", namespace=namespace, data=len(some))


_POLL_SECONDS = 0.5
_IDLE_SECONDS = 3.0
_DATA_LIMIT = 500  # PutMetricData takes 1000, and 1 MB
