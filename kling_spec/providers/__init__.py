"""Back ends: one folder a provider, found by being there; they describe requests and send none."""

from importlib import import_module
from importlib.resources import files

from kling_spec.providers._body import Element, Slot
from kling_spec.providers._contract import (
    Accepted,
    Answer,
    Batch,
    Callbacks,
    Catalogue,
    ElementStatus,
    Finding,
    JobState,
    Library,
    Never,
    Page,
    Provider,
    Refusal,
    Refused,
    Reply,
    Request,
    Status,
    Unclear,
    Unsaid,
    Wire,
)
from kling_spec.providers._lower import Lowered, Lowering, Pattern
from kling_spec.providers._price import Cost, charged, in_money, plain
from kling_spec.providers._profile import Price, Profile, read_profile
from kling_spec.providers._schema import request_schema

__all__ = [
    "Accepted",
    "Answer",
    "Batch",
    "Callbacks",
    "Catalogue",
    "Cost",
    "Element",
    "ElementStatus",
    "Finding",
    "JobState",
    "Library",
    "Lowered",
    "Lowering",
    "Never",
    "Page",
    "Pattern",
    "Price",
    "Profile",
    "Provider",
    "Refusal",
    "Refused",
    "Reply",
    "Request",
    "Slot",
    "Status",
    "Unclear",
    "Unsaid",
    "Wire",
    "charged",
    "in_money",
    "is_provider",
    "plain",
    "provider",
    "provider_names",
    "read_profile",
    "request_schema",
]


def provider_names() -> tuple[str, ...]:
    """Return the names of all providers: the folders here, then what other packages register."""
    from importlib.metadata import entry_points

    here = sorted(
        entry.name.replace("_", "-")
        for entry in files(__name__).iterdir()
        if entry.is_dir() and entry.joinpath("profile.toml").is_file()
    )
    return (*here, *(point.name for point in entry_points(group="kling_spec.providers")))


def is_provider(name: str) -> bool:
    """Whether there is a provider of that name; cheap for those that have a folder here."""
    return _is_here(name) or name in provider_names()


def provider(name: str) -> Provider:
    """Return the provider of that name; only its own folder is imported. Raises KeyError."""
    if not _is_here(name):
        from importlib.metadata import entry_points

        for point in entry_points(group="kling_spec.providers", name=name):
            found = point.load()
            if isinstance(found, Provider):
                return found
        raise KeyError(name)
    found = import_module(f"{__name__}.{name.replace('-', '_')}").PROVIDER
    if not isinstance(found, Provider):
        raise TypeError(f"provider folder '{name}' has no PROVIDER")
    return found


def _is_here(name: str) -> bool:
    is_name = name.replace("-", "").replace("_", "").isalnum()
    return is_name and files(__name__).joinpath(name.replace("-", "_"), "profile.toml").is_file()
