"""Run a supervisor: `python -m local_cloud.supervisor --folder FOLDER`. Started by `supervisor.client`."""

from local_cloud.supervisor.supervisor import main

if __name__ == "__main__":
    main()
