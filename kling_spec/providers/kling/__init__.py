"""Kling itself, by the first standard of its API: one path, flat fields, numbers as text.

Since July 2026 a second standard stands beside it, with other paths, words and defaults; that
one is a provider of its own.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import quote

from kling_spec.ir import MediaKind
from kling_spec.providers._contract import Batch, Provider, Request, Wire
from kling_spec.providers._omni import EMULATES, OMNI, beats, mark, shape
from kling_spec.providers.kling.callback import CALLBACKS
from kling_spec.providers.kling.library import LIBRARY
from kling_spec.providers.kling.limits import limits
from kling_spec.providers.kling.reply import PAGE_SIZE, read_find, read_page, read_poll, read_submit

_PATH = "/v1/videos/omni-video"


def _authorize(settings: Mapping[str, str], now: datetime) -> Mapping[str, str]:
    """Sign with the plain key where there is one, else with a fresh token of the older key pair."""
    key = settings.get("KLING_API_KEY")
    if not key:
        import jwt

        seconds = int(now.timestamp())
        claims = {"iss": settings["KLING_ACCESS_KEY"], "exp": seconds + 1800, "nbf": seconds - 5}
        key = jwt.encode(claims, settings["KLING_SECRET_KEY"], algorithm="HS256")
    return {"Authorization": f"Bearer {key}"}


def _look(task: str) -> Request:
    """Describe the look at one task, by Kling's id or by ours."""
    return Request(method="GET", path=f"{_PATH}/{quote(task, safe='')}")


def _page(_jobs: Sequence[str], number: int) -> Request:
    """Describe a page of the account's tasks."""
    query = {"pageNum": str(number + 1), "pageSize": str(PAGE_SIZE)}
    return Request(method="GET", path=_PATH, query=query)


PROVIDER = Provider(
    name="kling",
    asks={
        **OMNI,
        "storyboard": lambda ask: {
            "multi_shot": True,
            "shot_type": "customize",
            "prompt": "",
            "multi_prompt": beats(ask),
        },
        "auto_storyboard": lambda _: {"multi_shot": True, "shot_type": "intelligence"},
    },
    base=lambda ask, model_id: {"model_name": model_id, **shape(ask)},
    model_id=lambda _, ids: ids["any"],
    path=_PATH,
    mark=mark,
    wires={MediaKind.IMAGE: Wire.BASE64, MediaKind.VIDEO: Wire.URL_ONLY},
    limits=limits,
    client_id=lambda ours: {"external_task_id": ours},
    authorize=_authorize,
    credentials=(("KLING_API_KEY",), ("KLING_ACCESS_KEY", "KLING_SECRET_KEY")),
    read_submit=read_submit,
    poll=_look,
    read_poll=read_poll,
    batch=Batch(request=_page, read=read_page),
    find=_look,
    read_find=read_find,
    emulates=EMULATES,
    settings={"callback_url": lambda url: {"callback_url": url}},
    library=LIBRARY,
    callbacks=CALLBACKS,
)
