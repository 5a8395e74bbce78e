"""The terminal's side: one file a command, and the console they share."""
