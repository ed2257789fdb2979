"""Readings → panes → points → alarms → rows."""
