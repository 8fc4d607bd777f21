"""Words that several providers need where they lack a field."""

from kling_spec.ir import Text

_AVOID = "Avoid: "


def with_negative(prompt: Text, negative: Text) -> Text:
    """Return the prompt with the negative one folded in, for providers that have no field for it."""
    if not negative:
        return prompt
    return prompt + Text((f" {_AVOID}" if prompt else _AVOID,)) + negative
