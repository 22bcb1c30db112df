"""Tables of deadlines and every query: matters with their clocks, timers, the calendar, and what readers ask for."""
