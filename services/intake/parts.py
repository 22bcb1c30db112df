"""Intake's own parts, beside those of the chassis."""

from dataclasses import dataclass

from joserfc.jwk import OKPKey

from shared.files import Files


@dataclass(frozen=True)
class Extra:
    """What routes find in `parts.extra`: the key that signs text checks, and where the files are."""

    receipt_key: OKPKey
    files: Files
