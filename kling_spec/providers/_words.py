"""Words that several providers need where they lack a field."""

from kling_spec.ir import Text

_AVOID = Text((" Avoid: ",))


def with_negative(prompt: Text, negative: Text) -> Text:
    """Return the prompt with the negative one folded in, for providers that have no field for it."""
    return prompt + _AVOID + negative if negative else prompt
