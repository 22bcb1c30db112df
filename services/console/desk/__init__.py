"""The desk: forms that the console fills into intake's commands, with the user's own token."""
