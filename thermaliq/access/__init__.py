"""Who may do what, with which assets, how often. No HTTP."""
