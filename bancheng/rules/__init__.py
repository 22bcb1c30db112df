"""`bancheng rules`: the rules D01–D27 with their versions, and how one is amended."""
