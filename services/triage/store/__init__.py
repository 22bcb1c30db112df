"""Tables of triage and every query: `assessments` is its own truth, `copies` what it keeps of others' events."""
