"""One router a noun; each is made by a function that is handed what it needs."""
