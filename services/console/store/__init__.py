"""The console's own tables: a projection that may be rebuilt from the topics at any time."""
