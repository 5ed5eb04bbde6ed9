"""Start, watch and stop the processes of a local cloud. Used by `local_cloud.cloud`.

- `supervisor`: the process that owns a local cloud
- `client`: start, find and stop supervisors, from any other process
- `state`: the folder of a local cloud, its state file and its lock
- `emulator_process`: the supervisor's one child
- `parent_watch`: end when the parent process ends, however it ends
- `attached_run`: run a command that ends with the process that started it
- `processes`: recognise and end processes by more than their number
"""
