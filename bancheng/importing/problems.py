"""What ends an import early: a wrong file or argument, or an intake that cannot be talked to."""


class WrongInput(Exception):
    """The file or an argument cannot be used; one line that says what to change."""


class Stopped(Exception):
    """Sending cannot go on; what was sent stays in, and running again completes it."""
