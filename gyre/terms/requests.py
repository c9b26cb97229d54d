"""What is known of a request beside what it asks for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFacts:
    """Where a request came from, once the proxies that may speak for it were heard; all empty for a command."""

    request_id: str = ""
    address: str = ""
    user_agent: str = ""
    secure: bool = False
