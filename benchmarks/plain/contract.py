"""Define contract v1 as a pydantic model. Compared with the relay's parser by `reading`."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

Identifier = Annotated[str, Field(min_length=1, max_length=128)]
ShortText = Annotated[str, Field(min_length=1, max_length=256)]
Address = Annotated[str, Field(max_length=1024)]
BareNumber = Annotated[float, Field(gt=-1e12, lt=1e12)]


class PlainMoney(BaseModel):
    """An amount of money."""

    value: Annotated[str, Field(pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$")]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]


class PlainItem(BaseModel):
    """One line of an order."""

    name: ShortText
    quantity: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    sku: ShortText | None = None


class PlainContact(BaseModel):
    """How to reach the customer."""

    email: Address | None = None
    phone: Address | None = None
    locale: Annotated[str, Field(min_length=2, max_length=35)] | None = None
    time_zone: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")] | None = None


class PlainOrderEvent(BaseModel):
    """Something that happened to an order."""

    order_id: Identifier
    schema_version: int | None = None
    event_id: Identifier | None = None
    status: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$")] | None = None
    customer_id: Identifier | None = None
    occurred_at: AwareDatetime | None = None
    amount: PlainMoney | BareNumber | None = None
    items: Annotated[list[ShortText | PlainItem], Field(max_length=100)] | None = None
    contact: PlainContact | None = None
    channel: Literal["sms", "email", "both", "auto"] | None = None
    priority: Literal["high", "normal"] | None = None
    tracking_url: Annotated[str, Field(pattern=r"^https?://[!-~]+$", max_length=1024)] | None = None
    campaign: Identifier | None = None
    shop: Identifier | None = None
