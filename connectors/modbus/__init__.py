"""Modbus TCP: polled tables → samples, with the device's own time where it has one."""
