"""`bancheng import`: take rows of a CSV or XLSX file in as received matters."""
