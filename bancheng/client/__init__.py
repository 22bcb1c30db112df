"""Speaking to a service from the command line: where it is, as whom, and through restarts and overload."""
