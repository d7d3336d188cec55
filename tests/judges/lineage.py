"""Reads our events with OpenLineage's own client, whose classes are generated from the published JSON Schemas.

    lineage.py FILE...

Every event and every facet is built anew from the class whose schema it names: a key that the class does not have, one that
it needs, and a value of another type are refused, and what the client then says must be what we said. One line says how many
events there were: judged, accepted, refused.
"""

import enum
import importlib
import inspect
import json
import pkgutil
import sys
import types
import typing

import attr
from openlineage.client import generated
from openlineage.client.generated import base
from openlineage.client.serde import Serde

MODULES = [importlib.import_module(f"{generated.__name__}.{module.name}") for module in pkgutil.iter_modules(generated.__path__)]
CLASSES = {
    class_._get_schema(): class_
    for module in MODULES
    for _, class_ in inspect.getmembers(module, inspect.isclass)
    if hasattr(class_, "_get_schema")
}


def build(hint, value):
    """The value as an instance of its type."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        (hint,) = [argument for argument in arguments if argument is not type(None)]
        return build(hint, value)
    if origin is list:
        assert isinstance(value, list), value
        return [build(arguments[0], element) for element in value]
    if origin is dict:
        assert isinstance(value, dict), value
        return {key: build(arguments[1], element) for key, element in value.items()}
    if inspect.isclass(hint) and issubclass(hint, enum.Enum):
        return hint(value)
    if isinstance(value, dict):
        return instance(CLASSES[value["_schemaURL"]] if "_schemaURL" in value else hint, value)
    assert hint is typing.Any or type(value) is hint, f"{value!r} is no {hint}"
    return value


def instance(class_, value):
    hints = typing.get_type_hints(class_)
    fields = {field.name: field for field in attr.fields(class_)}
    words = {}
    for key, element in value.items():
        assert key in fields, f"{class_.__name__} has no {key}"
        if fields[key].init:
            words[fields[key].alias] = build(hints[key], element)
    return class_(**words)


judged, accepted = 0, 0
for path in sys.argv[1:]:
    for line in open(path, encoding="utf-8"):
        judged += 1
        said = json.loads(line)
        event = json.loads(Serde.to_json(instance(base.RunEvent, said)))
        same = json.loads(json.dumps(said), object_hook=lambda o: {k: v for k, v in o.items() if v not in ({}, [])})
        back = json.loads(json.dumps(event), object_hook=lambda o: {k: v for k, v in o.items() if v not in ({}, [], None)})
        assert back == same, f"{back}\nis not\n{same}"
        accepted += 1
print(f"judged {judged} accepted {accepted} refused {judged - accepted}")
