"""Rules, triggers, clocks and the ladder: what is due when, and who is told (handbook 5); pure, no I/O."""
