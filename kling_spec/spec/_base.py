"""What all models of the language share."""

import re
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    ValidatorFunctionWrapHandler,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import core_schema

TEMPLATE = re.compile(r"\{\{|\{%|\{#")
"""What makes a string a template."""


class Part(BaseModel):
    """A mapping of the language: unknown keys are refused, nothing changes once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, protected_namespaces=())


class Templated:
    """Lets a string with `{{ … }}` stand for a value of any type, until it is rendered.

    Validation with a context checks rendered values: there a string is a string.
    """

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Validate as the type says, but for templates."""

        def either(value: Any, check: ValidatorFunctionWrapHandler, info: core_schema.ValidationInfo) -> Any:
            if isinstance(value, str) and not info.context and TEMPLATE.search(value):
                return value
            return check(value)

        return core_schema.with_info_wrap_validator_function(either, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Show editors both forms."""
        return {"anyOf": [handler(schema), {"type": "string", "pattern": r"\{[{%#]"}]}


class Shorthand:
    """Lets a string stand for a mapping with one key."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Spell the string out before it is checked."""

        def spelt_out(value: Any) -> Any:
            return {self.key: value} if isinstance(value, str) else value

        return core_schema.no_info_before_validator_function(spelt_out, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Show editors both forms."""
        return {"anyOf": [{"type": "string"}, handler(schema)]}


Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
"""An identifier, so that templates can say it."""

Whole = Annotated[int, Field(strict=True)]
"""A number that YAML wrote as a whole one."""

Truth = Annotated[bool, Field(strict=True)]
"""`true` or `false`, and not a word that means them."""
