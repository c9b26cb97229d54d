"""What tells and is told: alerts, providers, receivers.

What all objects share is in schema.types.resource.
"""

from schema.types.declare import at, object_type
from schema.types.resource import Resource
from schema.types.sources import NamedReference


@object_type
class EventSource:
    """Objects whose events an alert passes on."""

    kind: str | None = at("kind", "Their kind.")
    namespace: str | None = at("namespace", "Their namespace; null means the alert's own.")
    name: str | None = at("name", "Their name, or `*`.")


@object_type
class Alert(Resource):
    """Passes events of some objects on to a provider; nothing reconciles it."""

    provider_ref: NamedReference | None = at("spec.providerRef", "The Provider they are sent with.")
    event_severity: str | None = at("spec.eventSeverity", "`info` is everything, `error` only failures.")
    event_sources: list[EventSource] = at("spec.eventSources", "Whose events are passed on.")
    inclusion_list: list[str] = at("spec.inclusionList", "Regular expressions a message must match.")
    exclusion_list: list[str] = at("spec.exclusionList", "Regular expressions of messages left out.")
    summary: str | None = at("spec.summary", "A sentence that is sent along.")


@object_type
class Provider(Resource):
    """Where alerts are sent; nothing reconciles it."""

    type: str | None = at("spec.type", "As `slack`, `github` or `generic`.")
    channel: str | None = at("spec.channel", "The channel.")
    username: str | None = at("spec.username", "The name it posts under.")
    address: str | None = at("spec.address", "Its address, secret parts masked.")
    interval: str | None = at("spec.interval", "How often it was reconciled, in old versions.")
    timeout: str | None = at("spec.timeout", "How long sending may take.")
    secret_ref: NamedReference | None = at("spec.secretRef", "The Secret with its credentials.")


@object_type
class ReceiverResource:
    """Objects that a receiver asks to reconcile."""

    kind: str | None = at("kind", "Their kind.")
    namespace: str | None = at("namespace", "Their namespace; null means the receiver's own.")
    name: str | None = at("name", "Their name, or `*`.")


@object_type
class Receiver(Resource):
    """Takes webhooks and asks objects to reconcile; its webhook path is a secret and masked."""

    type: str | None = at("spec.type", "Whose webhooks it takes, as `github`.")
    webhook_events: list[str] = at("spec.events", "The events it reacts to.")
    resources: list[ReceiverResource] = at("spec.resources", "What it asks to reconcile.")
    interval: str | None = at("spec.interval", "How often it is reconciled, as `10m`.")
    secret_ref: NamedReference | None = at("spec.secretRef", "The Secret its webhooks are checked with.")
