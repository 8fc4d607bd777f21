"""Which settings of a project could do harm: those of its file, imported only where there is one."""

import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from kling_spec.files import UnfitFile, opened
from kling_spec.providers import read_profile
from kling_spec.session._settings_file import SettingsFile
from kling_spec.session._trust import Demand
from kling_spec.session._written import Written


def demands_of(table: SettingsFile, written: Written) -> Iterator[Demand]:
    """Yield every setting of the file that could do harm, but for the folders; `written` tells where each stands."""
    if table.ffmpeg:
        yield Demand(
            setting="ffmpeg",
            value=_program(table.ffmpeg),
            does=f"the program '{table.ffmpeg}' would be started",
            origin=written.place("ffmpeg"),
            variable="KLING_SPEC_FFMPEG",
        )
    for name, settings in table.providers.items():
        profile = read_profile(name)
        if settings.base_url is not None and settings.base_url.rstrip("/") != profile.base_url:
            setting = f"providers.{name}.base_url"
            yield Demand(
                setting=setting,
                value=settings.base_url,
                does=f"the key of {name} would be sent to {_host(settings.base_url)}",
                origin=written.place(setting),
                variable=profile.base_url_setting,
            )
        for key, value in settings.own.items():
            setting = f"providers.{name}.{key}"
            does = f"{name} would be told '{key} = {value}'"
            yield Demand(setting=setting, value=str(value), does=does, origin=written.place(setting))
    if table.file_store is not None:
        put, get = table.file_store.put, table.file_store.get
        does = f"files of yours, and the token of the file store, would be sent to {_host(put)}"
        yield Demand(
            setting="file_store", value=f"{put} {get}", does=does, origin=written.place("file_store")
        )


def _program(named: str) -> str:
    """Return the program and, where it is a file, what is in it: a clone may bring another one tomorrow."""
    file = Path(shutil.which(named) or named)
    try:
        with opened(file) as program:
            return f"{named} ({sha256(program.read()).hexdigest()})"
    except (OSError, UnfitFile):
        return named


def _host(address: str) -> str:
    """Return the host that an address leads to, whatever it looks like."""
    try:
        parts = urlsplit(address)
        host = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    except ValueError:
        host = None
    return host or f"'{address}'"
