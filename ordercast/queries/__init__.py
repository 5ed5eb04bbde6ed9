"""Answer operators' questions with bounded reads. Used by the commands and the console."""
