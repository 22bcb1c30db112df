"""The rules of intake, pure: read `transitions` and `matter` first, then `commands` for what people do and `reactions`
for what other services' events do; `form`, `identity`, `wording` for the registration form; `callback`, `closing`,
`register`, `roster`, `substitutions`, `handover`, `ending`, `scope`, `sampling`, `erasure`, `duplicates` and
`textcheck` for what their names say.

Each function takes the aggregate and returns the new one with the events to publish, or refuses.
"""
