"""Parts that several documents share: parties, items, references, charges, terms."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

from hub.kernel.struct import Struct
from hub.kernel.words import Id, Money, Period, Quantity, When

Words = dict[str, str]
"""Values named by the map, not understood by us, echoed in the answers."""


class Reference(Struct):
    """A number of someone's that this document mentions."""

    kind: str | None = None
    value: str | None = None
    text: str | None = None
    on: date | None = None


class Text(Struct):
    """Words for a person, lines kept by line breaks."""

    text: str | None = None
    kind: str | None = None
    subject: str | None = None
    title: str | None = None
    language: str | None = None  # ISO 639
    form: str | None = None


class Requirement(Struct):
    """A special process requirement: what must be done or delivered beyond the drawing, such as a certificate."""

    kind: str | None = None
    code: str | None = None  # the buyer's own code for it
    specification: str | None = None
    level: str | None = None  # how confidential the specification is, in the buyer's code
    text: str | None = None


class Dated(Struct):
    """A day, or a period, and what happens on it."""

    kind: str
    on: date | None = None  # none when it is a period
    at_time: time | None = None  # at the partner's zone; `at` is a word of the mapping language
    period: Period | None = None


class Unweighed(Struct):
    """Something said that bears on the answer, and that no rule of the map reads or can believe."""

    meaning: str  # date, place, quantity, price; count: so many as do not stand there
    place: str  # where it stands, as its dialect says: SCH09; of a half the field
    value: str | None = None
    half: str | None = None  # which half of something arrived alone, a word of ``halves``; then nothing of it was taken
    field: str | None = None  # which field of its item is said a second time, differently
    taken: str | None = None  # what was taken for the field, where it was said first


class DocumentFile(Struct):
    """A drawing, certificate or other file that belongs to the document."""

    number: str
    kind: str | None = None
    url: str | None = None
    file: str | None = None
    media_type: str | None = None
    base64: str | None = None


class Contact(Struct):
    """A person or desk to ask."""

    name: str | None = None
    role: str | None = None
    phone: str | None = None
    fax: str | None = None
    email: str | None = None
    reference: str | None = None


class Address(Struct):
    """A postal address."""

    lines: list[str] = []
    attention: list[str] = []
    city: str | None = None
    region: str | None = None
    postal: str | None = None
    country: str | None = None  # ISO 3166-1 alpha-2
    country_name: str | None = None
    label: str | None = None
    place: Id | None = None


class Legal(Struct):
    """A party as its register knows it."""

    name: str | None = None
    id: Id | None = None
    city: str | None = None
    country: str | None = None  # ISO 3166-1 alpha-2


class Party(Struct):
    """Who takes part, and as what."""

    role: str | None = None
    name: str | None = None
    more_name: list[str] = []
    id: Id | None = None
    endpoint: Id | None = None
    tax_id: str | None = None
    legal: Legal | None = None
    address: Address | None = None
    contacts: list[Contact] = []
    references: list[Reference] = []
    extensions: Words = {}


class Item(Struct):
    """One thing, and everybody's numbers for it."""

    buyer: str | None = None  # the key towards the customer
    seller: str | None = None  # ours
    maker: str | None = None
    gtin: str | None = None
    udi_di: str | None = None  # device identifier of the UDI (21 CFR 830.3), from the labeler
    revision: str | None = None  # the buyer's engineering level: the BOM we must build
    drawing: str | None = None
    specification: str | None = None
    name: str | None = None
    others: list[Id] = []  # every remaining id, in order


class OrderRef(Struct):
    """Which order is meant. All numbers are the buyer's but ``seller_number``."""

    number: str | None = None
    release: str | None = None
    line: str | None = None
    change: str | None = None
    placed: When | None = None
    seller_number: str | None = None
    message_id: str | None = None  # by which the buyer knows the message with the order
    references: Words = {}
    buyer: Party | None = None


class Tax(Struct):
    """A tax and what it was reckoned on."""

    kind: str | None = None
    category: str | None = None
    scheme: str | None = None
    percent: Decimal | None = None
    amount: Money | None = None
    base: Money | None = None


class Charge(Struct):
    """An allowance or a charge. ``amount`` is never negative: ``kind`` says which way."""

    kind: str | None = None
    service: str | None = None
    agency: str | None = None
    agency_code: str | None = None
    amount: Money | None = None
    base: Money | None = None
    percent: Decimal | None = None
    percent_of: str | None = None  # what the percentage is reckoned on
    rate: Decimal | None = None
    handling: str | None = None
    reference: str | None = None
    description: str | None = None
    tax: Tax | None = None


class Terms(Struct):
    """Terms of payment."""

    kind: str | None = None
    basis: str | None = None
    net_days: int | None = None
    due: When | None = None
    deferred: When | None = None
    discount_percent: Decimal | None = None
    discount_days: int | None = None
    discount_by: date | None = None
    discount: Money | None = None
    day_of_month: int | None = None  # on which payment falls due
    text: str | None = None


class Freight(Struct):
    """Who pays the freight, and to where."""

    paid_by: str | None = None
    place_kind: str | None = None
    place: str | None = None
    rules: str | None = None  # whose trade terms: "01" Incoterms
    terms: str | None = None  # trade terms: CIF, DDP, FCA …
    title_kind: str | None = None
    title_passes: str | None = None  # where the goods become the buyer's


class Carrier(Struct):
    """Who carries the goods, and how."""

    id: Id | None = None
    scac: str | None = None  # Standard Carrier Alpha Code
    mode: str | None = None
    routing: str | None = None
    sequence: str | None = None
    service: str | None = None


class Totals(Struct):
    """Sums as the sender states them: checked by us, not trusted."""

    lines: Money | None = None
    allowances: Money | None = None
    charges: Money | None = None
    before_tax: Money | None = None
    tax: Money | None = None
    with_tax: Money | None = None
    prepaid: Money | None = None
    rounding: Money | None = None
    payable: Money | None = None
    direction: str | None = None


class Packing(Struct):
    """How the goods are to be packed."""

    inner: int | None = None
    packs: int | None = None
    size: Decimal | None = None
    unit: str | None = None  # of size
    code: str | None = None
    form: str | None = None
    text: str | None = None
    marking: str | None = None
    weight: Decimal | None = None
    weight_unit: str | None = None
    volume: Decimal | None = None
    volume_unit: str | None = None
    length: Decimal | None = None
    width: Decimal | None = None
    height: Decimal | None = None
    length_unit: str | None = None  # of length, width and height


class Split(Struct):
    """How much of a line goes to one store or plant of the buyer."""

    location: Id
    quantity: Quantity
