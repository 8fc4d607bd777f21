"""APIModels: Kling's omni body under a path of its own, passed on to Kling."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from kling_spec.ir import MediaKind
from kling_spec.providers._contract import Callbacks, Never, Provider, Request, Wire
from kling_spec.providers._omni import EMULATES, OMNI, mark, shape
from kling_spec.providers.apimodels.limits import limits
from kling_spec.providers.apimodels.reply import read_callback, read_poll, read_submit, read_upload

_PATH = "/api/v1/video/generations"


def _authorize(settings: Mapping[str, str], _now: datetime) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {settings['APIMODELS_API_KEY']}"}


def _upload(name: str, content: bytes, _ours: UUID) -> Request:
    return Request(method="POST", path="/api/v1/files", file=(name, content))


PROVIDER = Provider(
    name="apimodels",
    asks={
        **OMNI,
        "storyboard": Never(
            "APIModels documents no field for shots", "make the shots one by one, or use kling for this shot"
        ),
        "auto_storyboard": Never(
            "APIModels documents no field for it", "remove 'storyboard: auto', or use kling for this shot"
        ),
    },
    base=lambda ask, model_id: {"model": model_id, **shape(ask)},
    model_id=lambda _, ids: ids["any"],
    path=_PATH,
    mark=mark,
    wires={MediaKind.IMAGE: Wire.UPLOAD, MediaKind.VIDEO: Wire.UPLOAD},
    limits=limits,
    authorize=_authorize,
    credentials=(("APIMODELS_API_KEY",),),
    read_submit=read_submit,
    poll=lambda job: Request(method="GET", path=_PATH, query={"task_id": job}),
    read_poll=read_poll,
    upload=_upload,
    read_upload=read_upload,
    emulates=EMULATES,
    settings={"callback_url": lambda url: {"callback_url": url}},
    callbacks=Callbacks(read=read_callback),
)
