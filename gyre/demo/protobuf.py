"""Kubernetes objects in protobuf, as kubectl sends those it makes itself (`kubectl create namespace`): read into JSON.

Only what such objects hold; an object with a field that is not in the table is refused, never cut. Answers are JSON.
"""

import base64
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from gyre.clock import rfc3339
from gyre.demo import refusals
from gyre.demo.resources import Manifest

MEDIA_TYPE = "application/vnd.kubernetes.protobuf"
MAGIC = b"k8s\0"
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5

# Per message: number=field:type. Types: s text, b/B flag, i/I number (small letters: left out when false or zero),
# y bytes, t time, n number or text, m map of text, d map of bytes, q map of quantities; another message by its name.
# `*` many. `-` not taken over.
TABLE = """
Unknown 1=typeMeta:TypeMeta 2=raw:y 3=contentEncoding:s 4=contentType:s
TypeMeta 1=apiVersion:s 2=kind:s
ObjectMeta 1=name:s 2=generateName:s 3=namespace:s 4=selfLink:s 5=uid:s 6=resourceVersion:s 7=generation:i
ObjectMeta 8=creationTimestamp:t 9=deletionTimestamp:t 10=deletionGracePeriodSeconds:I 11=labels:m 12=annotations:m
ObjectMeta 13=ownerReferences:*OwnerReference 14=finalizers:*s 17=managedFields:-
OwnerReference 1=kind:s 3=name:s 4=uid:s 5=apiVersion:s 6=controller:B 7=blockOwnerDeletion:B
LabelSelector 1=matchLabels:m 2=matchExpressions:*LabelSelectorRequirement
LabelSelectorRequirement 1=key:s 2=operator:s 3=values:*s
DeleteOptions 1=gracePeriodSeconds:I 2=preconditions:Preconditions 3=orphanDependents:B
DeleteOptions 4=propagationPolicy:s 5=dryRun:*s
Preconditions 1=uid:s 2=resourceVersion:s
Namespace 1=metadata:ObjectMeta 2=spec:NamespaceSpec 3=status:NamespaceStatus
NamespaceSpec 1=finalizers:*s
NamespaceStatus 1=phase:s
ConfigMap 1=metadata:ObjectMeta 2=data:m 3=binaryData:d 4=immutable:B
Secret 1=metadata:ObjectMeta 2=data:d 3=type:s 4=stringData:m 5=immutable:B
ServiceAccount 1=metadata:ObjectMeta 2=secrets:*ObjectReference 3=imagePullSecrets:*Named
ServiceAccount 4=automountServiceAccountToken:B
ObjectReference 1=kind:s 2=namespace:s 3=name:s 4=uid:s 5=apiVersion:s 6=resourceVersion:s 7=fieldPath:s
Named 1=name:s
Service 1=metadata:ObjectMeta 2=spec:ServiceSpec 3=status:-
ServiceSpec 1=ports:*ServicePort 2=selector:m 3=clusterIP:s 4=type:s 5=externalIPs:*s 7=sessionAffinity:s
ServiceSpec 10=externalName:s 11=externalTrafficPolicy:s 13=publishNotReadyAddresses:b 17=ipFamilyPolicy:s
ServiceSpec 18=clusterIPs:*s 19=ipFamilies:*s 22=internalTrafficPolicy:s
ServicePort 1=name:s 2=protocol:s 3=port:i 4=targetPort:n 5=nodePort:i 6=appProtocol:s
Pod 1=metadata:ObjectMeta 2=spec:PodSpec 3=status:-
PodTemplateSpec 1=metadata:ObjectMeta 2=spec:PodSpec
PodSpec 2=containers:*Container 3=restartPolicy:s 4=terminationGracePeriodSeconds:I 6=dnsPolicy:s 7=nodeSelector:m
PodSpec 8=serviceAccountName:s 9=serviceAccount:s 10=nodeName:s 11=hostNetwork:b 12=hostPID:b 13=hostIPC:b
PodSpec 15=imagePullSecrets:*Named 16=hostname:s 17=subdomain:s 19=schedulerName:s 20=initContainers:*Container
PodSpec 21=automountServiceAccountToken:B
Container 1=name:s 2=image:s 3=command:*s 4=args:*s 5=workingDir:s 6=ports:*ContainerPort 7=env:*EnvVar
Container 8=resources:ResourceRequirements 13=terminationMessagePath:s 14=imagePullPolicy:s 16=stdin:b 17=stdinOnce:b
Container 18=tty:b 20=terminationMessagePolicy:s
ContainerPort 1=name:s 2=hostPort:i 3=containerPort:i 4=protocol:s 5=hostIP:s
EnvVar 1=name:s 2=value:s
ResourceRequirements 1=limits:q 2=requests:q
Event 1=metadata:ObjectMeta 2=involvedObject:ObjectReference 3=reason:s 4=message:s 5=source:EventSource
Event 6=firstTimestamp:t 7=lastTimestamp:t 8=count:i 9=type:s 10=eventTime:t 12=action:s 13=related:ObjectReference
Event 14=reportingComponent:s 15=reportingInstance:s
EventSource 1=component:s 2=host:s
Deployment 1=metadata:ObjectMeta 2=spec:DeploymentSpec 3=status:-
DeploymentSpec 1=replicas:I 2=selector:LabelSelector 3=template:PodTemplateSpec 4=strategy:DeploymentStrategy
DeploymentSpec 5=minReadySeconds:i 6=revisionHistoryLimit:I 7=paused:b 9=progressDeadlineSeconds:I
DeploymentStrategy 1=type:s 2=rollingUpdate:RollingUpdate
RollingUpdate 1=maxUnavailable:n 2=maxSurge:n
SelfSubjectAccessReview 1=metadata:ObjectMeta 2=spec:AccessSpec 3=status:-
AccessSpec 1=resourceAttributes:ResourceAttributes 2=nonResourceAttributes:NonResourceAttributes
ResourceAttributes 1=namespace:s 2=verb:s 3=group:s 4=version:s 5=resource:s 6=subresource:s 7=name:s
NonResourceAttributes 1=path:s 2=verb:s
SelfSubjectRulesReview 1=metadata:ObjectMeta 2=spec:RulesSpec 3=status:-
RulesSpec 1=namespace:s
SelfSubjectReview 1=metadata:ObjectMeta 2=status:-
"""
_FIELD = re.compile(r"(\d+)=(\w+):(\*?)([\w-]+)")


def _messages() -> dict[str, dict[int, tuple[str, bool, str]]]:
    found: dict[str, dict[int, tuple[str, bool, str]]] = {}
    for line in TABLE.strip().splitlines():
        message = found.setdefault(line.split()[0], {})
        for number, field, many, kind in _FIELD.findall(line):
            message[int(number)] = (field, bool(many), kind)
    return found


MESSAGES = _messages()


def read(body: bytes) -> Manifest:
    """The object of a body; refused with 400 when it is malformed, with 415 when it holds what is not known here."""
    if not body.startswith(MAGIC):
        raise refusals.bad_request("the body is no Kubernetes object in protobuf")
    try:
        envelope = _message("Unknown", memoryview(body)[len(MAGIC) :])
        types = envelope.get("typeMeta", {})
        if types.get("kind") not in MESSAGES:
            raise _not_known(f"objects of kind {types.get('kind')}")
        return {**types, **_message(types["kind"], memoryview(base64.b64decode(envelope.get("raw", ""))))}
    except (IndexError, UnicodeDecodeError, ValueError, OverflowError) as problem:
        raise refusals.bad_request(f"the body is malformed protobuf: {problem}") from problem


def _message(name: str, data: memoryview) -> Manifest:
    known = MESSAGES[name]
    read: Manifest = {}
    for number, value in _fields(data):
        if number not in known:
            if isinstance(value, memoryview) and len(value):
                raise _not_known(f"field {number} of {name}")
            continue
        field, many, kind = known[number]
        if kind in "mdq":
            key, item = _entry(kind, value)
            read.setdefault(field, {})[key] = item
        elif many:
            read.setdefault(field, []).append(_value(kind, value))
        elif kind != "-" and (kept := _value(kind, value)) is not None:
            read[field] = kept
    return read


def _value(kind: str, value: Any) -> Any:
    if kind in MESSAGES:
        return _message(kind, value) or None
    if kind in "bBiI":
        number: Any = bool(value) if kind in "bB" else value
        return number if number or kind in "BI" else None
    if kind == "t":
        parts = dict(_fields(value))
        return rfc3339(datetime.fromtimestamp(parts[1], UTC)) if parts.get(1) else None
    if kind == "n":
        parts = dict(_fields(value))
        return str(parts[3], "utf-8") if parts.get(1) else parts.get(2, 0)
    if kind == "y":
        return base64.b64encode(value).decode()
    return str(value, "utf-8") or None


def _entry(kind: str, data: memoryview) -> tuple[str, str]:
    parts = dict(_fields(data))
    key, value = str(parts.get(1, b""), "utf-8"), parts.get(2, b"")
    if kind == "d":
        return key, base64.b64encode(value).decode()
    if kind == "q":
        value = dict(_fields(value)).get(1, b"")
    return key, str(value, "utf-8")


def _fields(data: memoryview) -> Iterator[tuple[int, Any]]:
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        number, wire = tag >> 3, tag & 7
        if wire == VARINT:
            value, at = _varint(data, at)
            yield number, value - (1 << 64) if value >> 63 else value
            continue
        length = {FIXED64: 8, FIXED32: 4}.get(wire)
        if wire == BYTES:
            length, at = _varint(data, at)
        if length is None or at + length > len(data):
            raise ValueError("a field ends behind the end")
        yield number, data[at : at + length]
        at += length


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not byte & 0x80:
            return value, at


def _not_known(what: str) -> refusals.Refusal:
    return refusals.unsupported_media_type(
        f"{what} cannot be read from protobuf here - accepted media types include: application/json, application/yaml"
    )
