"""The words under each field of a model, for the JSON Schema; read from the source only when it is made."""

import ast
import inspect
from itertools import pairwise
from typing import Any

from pydantic import BaseModel


def described(schema: dict[str, Any], models: list[type[BaseModel]]) -> dict[str, Any]:
    """Return the schema with a description on every property that has words in its model's source."""
    parts = {schema["title"]: schema, **schema.get("$defs", {})}
    for model in models:
        properties = parts.get(model.__name__, {}).get("properties", {})
        for base in reversed(model.__mro__):
            if issubclass(base, BaseModel) and base is not BaseModel:
                _describe(properties, base)
    return schema


def _describe(properties: dict[str, Any], model: type[BaseModel]) -> None:
    [written] = ast.parse(inspect.getsource(model)).body
    body = written.body if isinstance(written, ast.ClassDef) else []
    for field, words in pairwise(body):
        match field, words:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                alias = model.model_fields[name].alias if name in model.model_fields else None
                if (alias or name) in properties:
                    properties[alias or name]["description"] = inspect.cleandoc(text)
