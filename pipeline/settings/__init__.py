"""Read stages/*.toml and refuse what cannot be deployed. Used by app.py and by set-up."""
