"""`bancheng roster`: the duty roster of a window planned for a long time ahead, and published through intake."""
