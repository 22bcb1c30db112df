"""`bancheng deadline`: a due time counted and explained right here, or as a running deadlines explains it."""
