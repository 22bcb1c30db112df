"""Benchmarks: `make bench`. Nothing here is a test; figures are printed, never asserted."""
