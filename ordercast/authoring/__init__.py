"""Make, check and show templates and brands. Used by the commands `templates` and `new`, `make emails` and synthesis; nothing of it ships."""
