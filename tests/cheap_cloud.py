"""Run real supervisors whose emulator and services do nothing. Used by tests of starting, ending and failing.

Processes, signals, the lock and the state file are real; only the work is left out, and with it
most of the time that a start takes. The services fail when there is a file `fail` in the folder.
"""

SUPERVISOR = """
import sys, threading, time
from local_cloud.emulator.command import Command
from local_cloud.supervisor import supervisor

SERVE = "print('ready', flush=True); input()"

class Services:
    def __init__(self, folder, failed):
        self.folder, self.failed = folder, failed
    def start(self):
        threading.Thread(target=self.fail_when_asked, daemon=True).start()
    def fail_when_asked(self):
        while not (self.folder / "fail").exists():
            time.sleep(0.02)
        self.failed("services ended unexpectedly (OSError)")

def emulator_command(folder, **_):
    return Command(words=[sys.executable, "-S", "-c", SERVE], env={}, cwd=folder)

supervisor.emulator_command = emulator_command
supervisor.make_services = lambda *, folder, failed, **_: Services(folder, failed)
supervisor.main()
"""

STUBBORN_SUPERVISOR = SUPERVISOR.replace(
    '"print', '"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print'
)
"""Its emulator ignores SIGTERM: stopping it takes as long as it may."""

NEVER_READY_SUPERVISOR = SUPERVISOR.replace("print('ready', flush=True); ", "").replace(
    "supervisor.main()", "supervisor.START_TIMEOUT = 0.2; supervisor.main()"
)

COMMAND_LINE = f"""
import select, sys
from local_cloud import deployment
from local_cloud.supervisor import client
from ordercast.cli import app as cli

def deploy(self):
    print("deploying to", self.folder.name, flush=True)
    while not select.select([sys.stdin], [], [], 0.05)[0]:
        self.check()

client.COMMAND = ("-c", {SUPERVISOR!r})
deployment.Deployment.__call__ = deploy
cli.main()
"""
"""The command line, which deploys for as long as its standard input is open."""
