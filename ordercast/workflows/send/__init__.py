"""The three steps of a sender: checks, claims and settling. Used by `workflows.send_messages`."""
