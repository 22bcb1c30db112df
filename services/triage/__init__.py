"""Triage: the judgement of each accepted matter (研判), its history and the duty leader's approval (批转)."""
