"""`bancheng calendar`: a year of working days checked against what others have, and loaded into deadlines."""
