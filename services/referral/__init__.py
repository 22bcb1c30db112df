"""referral: orders to units, their answers and cannot-do statements, meetings, notices and comparisons."""
