"""`doctor`: is this machine ready, are keys set, what is about to expire."""

import json
import platform
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from kling_spec.media import FfmpegError, MediaError, find_ffmpeg
from kling_spec.providers import provider, provider_names, read_profile
from kling_spec.session import Settings, credentials, read_settings

_STALE = timedelta(days=90)


def doctor(arguments: Any) -> int:
    """Print what was found; the exit code is 1 where films could not be cut here."""
    settings = read_settings(Path(arguments.folder).absolute())
    checks = [
        _python(),
        _ffmpeg(settings),
        *(_provider(name, settings) for name in provider_names()),
        _state(settings),
        *_demands(settings),
    ]
    if arguments.format == "json":
        print(json.dumps(checks, indent=1))
    else:
        from kling_spec.cli._tables import console, table

        signs = {"ok": "[green]ok[/]", "note": "[yellow]note[/]", "missing": "[red]missing[/]"}
        rows = [(signs[check["state"]], check["what"], check["found"]) for check in checks]
        console(arguments).print(table(("", "what", "found"), rows))
    return 1 if any(check["state"] == "missing" for check in checks) else 0


def _check(state: str, what: str, found: str) -> dict[str, str]:
    return {"state": state, "what": what, "found": found}


def _python() -> dict[str, str]:
    return _check("ok", "Python", f"{platform.python_version()} on {platform.system()}")


def _ffmpeg(settings: Settings) -> dict[str, str]:
    try:
        found = find_ffmpeg(settings.harmless().ffmpeg)
    except (FfmpegError, MediaError) as error:
        return _check("missing", "ffmpeg", str(error))
    lacking = (*found.missing, *found.lacks)
    lacks = f"; lacks {', '.join(lacking)}" if lacking else ""
    return _check("note" if lacks else "ok", "ffmpeg", f"{found.version}, {found.source}{lacks}")


def _provider(name: str, settings: Settings) -> dict[str, str]:
    profile = read_profile(name)
    wanted = provider(name).credentials
    words = " or ".join(" + ".join(names) for names in wanted)
    has_key = credentials(settings, wanted) is not None
    dates = [row.as_of for row in profile.prices if row.as_of is not None]
    age = f"prices as of {min(dates)}" if dates else "no published prices"
    is_stale = bool(dates) and date.today() - min(dates) > _STALE  # noqa: DTZ011 - a day, where the user is
    stale = " (older than 90 days)" if is_stale else ""
    key = "key is set" if has_key else f"set {words} to run"
    return _check("ok" if has_key and not is_stale else "note", name, f"{key}; {age}{stale}")


def _state(settings: Settings) -> dict[str, str]:
    folder = settings.state
    return _check("ok", "state", f"{folder}" if folder.exists() else f"{folder} (made by the first run)")


def _demands(settings: Settings) -> list[dict[str, str]]:
    """Say what the project asks for and nobody has agreed to; none of it is tried here."""
    found = settings.demands.open()
    told = ", ".join(demand.setting for demand in found)
    return [_check("note", "trust", f"not agreed to: {told}; see 'kling-spec trust'")] if found else []
