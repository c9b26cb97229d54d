"""What a ResourceSet's templates become when `<< inputs.name >>` is filled in."""

import re
from collections.abc import Iterator

import orjson
import yaml

from gyre.demo.resources import Manifest

_PLACE = re.compile(r"<<\s*inputs\.([A-Za-z0-9_.]+)(?:\s*\|[^>]*)?\s*>>")


class BadTemplate(ValueError):
    """A template asks for an input that is not given, or becomes no object."""


def rendered(spec: Manifest, inputs: list[Manifest], namespace: str) -> list[Manifest]:
    """The objects of all templates for all inputs, each once; without inputs the templates as they are."""
    found: dict[tuple[str, str, str], Manifest] = {}
    for given in inputs or [{}]:
        for each in _objects(spec, given):
            meta = each.get("metadata")
            if not isinstance(meta, dict) or not meta.get("name") or not each.get("kind") or not each.get("apiVersion"):
                raise BadTemplate("a resource has no apiVersion, kind or name")
            meta.setdefault("namespace", namespace)
            found[each["kind"], meta["namespace"], meta["name"]] = {**each, "metadata": meta}
    return list(found.values())


def _objects(spec: Manifest, given: Manifest) -> Iterator[Manifest]:
    steps = spec.get("steps") or [spec]
    for step in steps:
        for each in step.get("resources") or ():
            yield orjson.loads(_filled(orjson.dumps(each).decode(), given))
        try:
            documents = list(yaml.safe_load_all(_filled(step.get("resourcesTemplate") or "", given)))
        except yaml.YAMLError as error:
            raise BadTemplate(f"yaml: {error}") from error
        yield from (each for each in documents if isinstance(each, dict))


def _filled(text: str, given: Manifest) -> str:
    return _PLACE.sub(lambda found: _value(given, found[1]), text)


def _value(given: Manifest, path: str) -> str:
    value: object = given
    for part in path.split("."):
        if not isinstance(value, dict) or part not in value:
            raise BadTemplate(f"template: resources: map has no entry for key {part!r}")
        value = value[part]
    return str(value)
