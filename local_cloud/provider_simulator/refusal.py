"""A provider call that the provider would refuse comes in; its error, as the SDK expects it, goes out."""


class Refused(Exception):
    """The call is answered with this HTTP status, error code and message."""

    def __init__(self, *, code: str, message: str, status: int = 400) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.status = status
