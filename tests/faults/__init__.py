"""Faults: one thing is broken while work goes on, and then everything is counted. `make faults` runs the long form."""
