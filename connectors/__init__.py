"""Plant → reading batches: one folder per protocol, all with the same faces."""
