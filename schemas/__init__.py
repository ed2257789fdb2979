"""What crosses a process boundary: records, the site file, rows. No I/O, no clock."""
