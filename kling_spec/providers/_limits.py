"""The limits that a profile's tables hold, checked once for all providers."""

from collections.abc import Iterator
from typing import Any

from kling_spec.ir import Ask
from kling_spec.providers._contract import Finding
from kling_spec.providers._profile import Model, Option, Profile


def model_limits(ask: Ask, model: Model, profile: Profile) -> Iterator[Finding]:
    """Yield what the model's table says against the ask."""
    who = f"{profile.title}'s {model.name}"
    if ask.resolution not in model.resolutions:
        yield _not_one_of("resolution", ask.resolution, model.resolutions, who)
    if ask.aspect_ratio is not None and ask.aspect_ratio not in model.aspect_ratios:
        yield _not_one_of("aspect_ratio", ask.aspect_ratio, model.aspect_ratios, who)
    low, high = model.durations
    if ask.duration is not None and not low <= ask.duration <= high:
        nearest = min(max(ask.duration, low), high)
        yield Finding(
            ask="storyboard" if ask.storyboard else "duration",
            message=f"asks for {ask.duration} seconds; {who} makes {low} to {high}",
            label=f"not from {low} to {high}",
            help=f"let the shots add up to {low} to {high} seconds"
            if ask.storyboard
            else f"write 'duration: {nearest}'",
        )
    if ask.sound and not model.sound:
        yield Finding(
            ask="sound",
            message=f"asks for sound; {who} makes silent films only",
            help="write 'sound: false', or use model v3-omni",
        )
    if (ask.storyboard and not model.storyboard) or (ask.auto_storyboard and not model.auto_storyboard):
        yield Finding(
            ask="auto_storyboard" if ask.auto_storyboard else "storyboard",
            message=f"asks for a storyboard; {who} has none",
            help="make the shots one by one, or use model v3-omni with a provider that offers storyboards",
        )
    elif len(ask.storyboard) > model.storyboard:
        yield Finding(
            ask="storyboard",
            message=f"has a storyboard of {len(ask.storyboard)} shots; {who} takes up to {model.storyboard}",
            label=f"more than {model.storyboard}",
            help="split it into two shots",
        )
    total = sum(beat.duration for beat in ask.storyboard)
    if ask.storyboard and ask.duration not in (None, total):
        yield Finding(
            ask="storyboard",
            message=f"has a storyboard of {total} seconds in a film of {ask.duration}",
            help=f"write 'duration: {total}', or let the shots add up to {ask.duration} seconds",
        )


def _not_one_of(ask: str, value: str, allowed: tuple[str, ...], who: str) -> Finding:
    names = ", ".join(allowed)
    return Finding(
        ask=ask,
        message=f"asks for {ask.replace('_', ' ')} {value}; {who} offers {names}",
        label=f"not one of {names}",
        help=f"write one of {names}",
    )


def option_limits(ask: Ask, profile: Profile) -> Iterator[Finding]:
    """Yield what is wrong with the spec's `provider_options` for this provider."""
    for key, value in ask.options.items():
        option = profile.options.get(key)
        if key in profile.settings_only:
            yield Finding(
                ask="provider_options",
                message=f"sets '{key}', which only the settings decide",
                help=f"remove '{key}' from the spec; it stands in kling-spec.toml",
                code="KS405",
            )
        elif option is None:
            known = ", ".join(profile.options) or "none"
            yield Finding(
                ask="provider_options",
                message=f"sets the option '{key}', which {profile.title} does not document",
                help=f"its options: {known}",
                code="KS405",
            )
        elif wrong := _wrong_option(value, option):
            yield Finding(
                ask="provider_options",
                message=f"sets the option '{key}' to {value!r}; {profile.title} takes {wrong}",
                help=option.about,
                code="KS405",
            )


def _wrong_option(value: Any, option: Option) -> str:
    """Return what the option would take, or nothing where the value is right."""
    kinds: dict[str, Any] = {
        "boolean": bool, "integer": int, "string": str, "object": dict, "array": (list, tuple),
    }  # fmt: skip
    kind = kinds[option.type]
    if not isinstance(value, kind) or (option.type == "integer" and isinstance(value, bool)):
        return f"{'an' if option.type[0] in 'aio' else 'a'} {option.type}"
    if option.values and value not in option.values:
        return "one of " + ", ".join(str(item) for item in option.values)
    if option.minimum is not None and value < option.minimum:
        return f"at least {option.minimum}"
    if option.maximum is not None and value > option.maximum:
        return f"at most {option.maximum}"
    if option.type == "object":
        return _wrong_field(value, option)
    return ""


def _wrong_field(value: dict[Any, Any], option: Option) -> str:
    for key, item in value.items():
        field = option.fields.get(key)
        if field is None:
            return f"the keys {', '.join(option.fields)} in it"
        if wrong := _wrong_option(item, field):
            return f"{wrong} for '{key}' in it"
    return ""
