"""Tables of intake and every query: `matters` for the aggregate, `desk` for windows, numbers and the roster."""
