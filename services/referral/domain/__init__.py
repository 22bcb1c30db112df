"""The rules of referral, one room per file; pure functions that return the new value and its events."""
