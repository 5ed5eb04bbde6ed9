"""A cloud's parts that do nothing in; a real keeper of them, and the command line on them, out.

Starting, ending, killing and letting go are real; only what the parts do is left out, and with it
most of the time that they take to start.
"""

KEEPER = """
import sys
from local_cloud import keeper, parts

SERVE = "print('ready', flush=True); input()"

def cheap(name):
    def plan(folder, **_):
        command = [sys.executable, "-c", SERVE]
        return parts.Part(name=name, command=command, env={}, cwd=folder)
    return plan

parts.ministack = cheap(parts.MINISTACK)
parts.carrier = cheap(parts.CARRIER)
parts.event_sources = cheap(parts.EVENT_SOURCES)
keeper.main()
"""

IGNORING = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
STUBBORN_KEEPER = KEEPER.replace('"print', f'"{IGNORING}print')
"""Its parts ignore SIGTERM: stopping them takes as long as it may."""

COMMAND_LINE = f"""
import select, sys
from local_cloud import deployment, keeping
from ordercast import cli

def deploy(self):
    print("deploying to", self.instance.name, flush=True)
    while not select.select([sys.stdin], [], [], 0.05)[0]:
        self.check()

keeping.KEEPER = ("-c", {KEEPER!r})
deployment.Deployment.__call__ = deploy
cli.main()
"""
"""Deploys for as long as its standard input is open."""
