"""Print the Region that a stage's file names, or an empty line. Started by make, for what follows a deployment."""

import sys

from ordercast.settings.stage_files import stage_settings

if __name__ == "__main__":
    sys.stdout.write(f"{stage_settings(sys.argv[1]).region}\n")
