"""What cXML knows beside orders, and nothing here takes: named by what it is for, so that nobody looks for a fault."""

from __future__ import annotations

import re

from hub.kernel.sentence import Phrase, declared

PROFILE = "ProfileRequest"
RESPONSE = "Response"
UNKNOWN = "cxml-unknown"
ANSWERS = re.compile("Response|StatusUpdateRequest|ConfirmationRequest")
"""What answers something of ours."""

_PUNCH_OUT = ("PunchOutSetupRequest", "PunchOutOrderMessage", "ProviderSetupRequest", "ProviderDoneMessage")
_CATALOGUE = (
    "Index", "Contract", "Supplier", "CatalogUploadRequest", "SubscriptionListRequest", "SubscriptionContentRequest",
    "SupplierListRequest", "SupplierDataRequest", "SubscriptionChangeMessage", "SupplierChangeMessage",
)  # fmt: skip
_OTHERS = (
    "StatusUpdateRequest", "CopyRequest", "GetPendingRequest", "DataRequest", "MasterAgreementRequest",
    "InvoiceDetailRequest", "PaymentProposalRequest", "PaymentRemittanceRequest", "ConfirmationRequest",
    "ShipNoticeRequest", "ReceiptRequest", "ServiceEntryRequest", "QuoteRequest", "QuoteMessage", "TimeCardRequest",
    "ProductActivityMessage", "ProductReplenishmentMessage", "ComponentConsumptionRequest", "OrderStatusRequest",
    "ApprovalRequest", "SessionRequest", "AuthRequest",
)  # fmt: skip
_CASES = {
    PROFILE: "profile",
    RESPONSE: "response",
    **dict.fromkeys(_PUNCH_OUT, "punch-out"),
    **dict.fromkeys(_CATALOGUE, "catalogue"),
    **dict.fromkeys(_OTHERS, "cxml"),
}

declared(
    {
        "MAP-NOT-ROUTED/profile": Phrase(
            message="ProfileRequest asks which requests we take, and the hub does not answer it yet",
            remedy="tell the sender what was agreed: an OrderRequest, answered by a ConfirmationRequest",
        ),
        "MAP-NOT-ROUTED/response": Phrase(
            message="Response is what one side answers in the HTTP reply, and is taken nowhere else",
            remedy="ask the sender to give it in the reply to our request; nothing is lost meanwhile",
        ),
        "MAP-NOT-ROUTED/punch-out": Phrase(
            message="{found} belongs to PunchOut, a shop that the buyer visits, and the hub has none",
            remedy="tell the sender that orders come as an OrderRequest, without a visit before",
        ),
        "MAP-NOT-ROUTED/catalogue": Phrase(
            message="{found} is about catalogues, which the hub neither takes nor keeps",
            remedy="pass it on to whoever looks after the catalogue",
        ),
        "MAP-NOT-ROUTED/cxml": Phrase(
            message="{found} is a document of cXML that nothing of the hub takes yet",
            remedy="read it in the message; a map under [sends] of partners/{partner}/partner.toml would take it",
        ),
        f"MAP-NOT-ROUTED/{UNKNOWN}": Phrase(
            message="{found} is no document that cXML knows",
            remedy="ask the sender; what we take from it is named under [sends] of partners/{partner}/partner.toml",
        ),
    }
)


def case_of(kind: str) -> str | None:
    """Return which sentence says what a document is; None of an OrderRequest, for which the file may name a map."""
    return None if kind == "OrderRequest" else _CASES.get(kind, UNKNOWN)
