"""`bancheng units`: the unit directory, kept from a file."""
