"""What this installation brings: the city, intake's public key for text checks, and where files are kept."""

from dataclasses import dataclass
from uuid import UUID

from joserfc.jwk import OKPKey

from services.referral.domain.orders import Extract
from shared import receipts
from shared.files import Files


@dataclass(frozen=True)
class Office:
    """`city` is the region code of the city, whose first window numbers without a mark."""

    city: str
    receipt_key: OKPKey
    files: Files

    def text_checked(self, matter_id: UUID, extract: Extract) -> bool:
        """Whether intake found no trace of the reporter in exactly this extract, within the last day."""
        return self.is_clean(matter_id, extract.checked_text, extract.text_check_receipt)

    def is_clean(self, matter_id: UUID, text: str, receipt: str | None) -> bool:
        """The same of any text."""
        return receipt is not None and receipts.verify(self.receipt_key, receipt, matter_id, text)
