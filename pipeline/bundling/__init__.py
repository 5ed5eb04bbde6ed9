"""Build the code that Lambda runs. Used by the stacks, and by set-up."""
