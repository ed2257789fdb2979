"""One module a command. Each has `command`: the function, or the group of them, that Typer calls."""
