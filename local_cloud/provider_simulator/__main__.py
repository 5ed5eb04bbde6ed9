"""The carrier as a process: a port, the local cloud's address and an inbox come in, `ready` goes out."""

import argparse
import signal
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from local_cloud.environment import ACCOUNT, REGION
from local_cloud.inbox import Inbox
from local_cloud.journal import journal_of
from local_cloud.lifeline import when_owner_ends
from local_cloud.provider_simulator.bills import Bills
from local_cloud.provider_simulator.desk import Desk, new_id
from local_cloud.provider_simulator.receipts import Receipts
from local_cloud.provider_simulator.server import Counter, serve
from local_cloud.provider_simulator.upstream import Upstream


def main() -> None:
    """Serve until the owner ends or says so."""
    asked = _arguments()
    journal = journal_of("carrier")
    upstream = Upstream(asked.upstream, region=asked.region)
    receipts = Receipts(upstream, now=_now, journal=journal, log_stream=new_id())
    desk = Desk(
        inbox=Inbox(asked.inbox),
        bills=Bills(asked.inbox),
        receipts=receipts,
        upstream=upstream,
        region=asked.region,
        account=asked.account,
        delay=timedelta(seconds=asked.receipt_delay),
        now=_now,
        new_id=new_id,
        journal=journal,
    )
    server = serve(Counter(desk=desk, upstream=upstream, journal=journal), asked.port)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _n, _f: stop.set())
    signal.signal(signal.SIGINT, lambda _n, _f: stop.set())
    receipts.start()
    threading.Thread(target=server.serve_forever, daemon=True, name="server").start()
    when_owner_ends(stop.set)
    journal("simulation_ready", port=server.server_address[1], receipt_delay=asked.receipt_delay)
    print("ready", flush=True)
    stop.wait()
    server.shutdown()
    journal("stopped")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m local_cloud.provider_simulator", description=_DESCRIPTION
    )
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--upstream", required=True, help="the local cloud, http://127.0.0.1:PORT")
    parser.add_argument("--inbox", type=Path, required=True, help="folder for messages.jsonl")
    parser.add_argument("--region", default=REGION)
    parser.add_argument("--account", default=ACCOUNT)
    parser.add_argument("--receipt-delay", type=float, default=0.5, metavar="SECONDS")
    return parser.parse_args()


_DESCRIPTION = "Simulate SES and SNS text messages: keep what is sent, answer with receipts."


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
