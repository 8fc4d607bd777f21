"""What a provider is: rules for each ask, and requests and replies described but never sent."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from kling_spec.diagnostics import Severity
from kling_spec.ir import Ask, Media, MediaKind, Secret, Text, unsigned
from kling_spec.providers._profile import Price

# -- what is asked -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Never:
    """The provider cannot express this ask: an error at the line that asked."""

    why: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A fragment's answer that this task asks in vain: a warning, and nothing is sent."""

    why: str


Fragment = Callable[[Ask], Mapping[str, Any] | Unsaid]
"""From an ask to the part of the body that it decides.

`Text` and `Media` values may stand in the body as they are: lowering writes and places them.
"""


@dataclass(frozen=True, slots=True)
class Script:
    """Shots told one after the other in one text: each is limited as a shot, the whole as a prompt."""

    shots: tuple[tuple[str, Text], ...]
    """What is said in front of each shot, and the shot."""
    end: str
    """Ends each shot, and so may stand in none."""

    @property
    def text(self) -> Text:
        """The whole."""
        parts = (Text((lead,)) + shot + Text((f"{self.end} ",)) for lead, shot in self.shots)
        return Text(tuple(part for text in parts for part in text.parts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A limit that an ask breaks, in the provider's words; lowering adds the place."""

    ask: str
    """The field of the ask that is at fault, as in `ir.ASKS`."""
    message: str
    """Begins with what is wrong; the shot's name is put in front of it."""
    label: str = ""
    help: str = ""
    severity: Severity = Severity.ERROR
    code: str = "KS402"
    at: str = ""
    """Where in the ask it stands, as in `Ask.origins` (`storyboard[1]`); the ask itself where that is all."""


class Wire(StrEnum):
    """How the bytes of a local file travel in a body."""

    BASE64 = "base64"
    """Bare base64, without a prefix."""
    DATA_URI = "data_uri"
    UPLOAD = "upload"
    """Sent first with `Provider.upload`; the address or the id that it gets stands in the body."""
    URL_ONLY = "url"
    """Only an address that the provider can reach will do."""
    STORE = "store"
    """The same, and the file is first put into the file store that the settings name."""
    ELEMENT = "element"
    """Made first with `Provider.library`; the element's id stands in the body."""


# -- what is sent ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request, described. `path` follows the provider's base URL."""

    method: str
    path: str
    json: Any = None
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    file: tuple[str, bytes] | None = None
    """File name and content of a multipart upload in the field `file`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back: the status, and the body parsed as JSON or None where it was none."""

    status: int
    body: Any = field(repr=False)
    """It may hold signed addresses, so it is shown nowhere."""
    text: str = field(default="", repr=False)
    """The first few hundred characters, for messages."""
    date: datetime | None = None
    """The provider's time, where it told it."""


# -- what is answered --------------------------------------------------------------------------


class Refusal(StrEnum):
    """What the runner does about a refused submit."""

    FINAL = "final"
    """The task is wrong; other tasks go on."""
    RETRY = "retry"
    """Nothing was accepted; the same task may be sent again later."""
    SIGN = "sign"
    """Signed for another time than the provider's; signed anew, it may be sent again once."""
    STOP = "stop"
    """The account is at fault; nothing more is sent in this run."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has the task under the id `job`."""

    job: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The provider said no in so many words."""

    kind: Refusal
    code: str
    message: str

    def __post_init__(self) -> None:
        """Keep signed addresses out of what is told."""
        object.__setattr__(self, "message", unsigned(self.message))


@dataclass(frozen=True, slots=True)
class Unclear:
    """Nobody can tell whether the provider has the task; it is never sent again by itself."""

    why: str

    def __post_init__(self) -> None:
        """Keep signed addresses out of what is told."""
        object.__setattr__(self, "why", unsigned(self.why))


Answer = Accepted | Refused | Unclear


class JobState(StrEnum):
    """Where a job stands at the provider. A word that is not known counts as running."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    LOST = "lost"
    """The provider does not know the id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One look at a job."""

    state: JobState
    video_url: Secret | None = None
    """Where the clip can be fetched, which may be signed; None with a success is odd, and a person has to look."""
    seconds: Decimal | None = None
    message: str = ""
    """Why it failed, or what was odd about the answer."""
    cost: Decimal | None = None
    currency: str | None = None
    """What the provider says that it took; the currency is `units` where it counts those."""

    def __post_init__(self) -> None:
        """Keep signed addresses out of what is told."""
        object.__setattr__(self, "message", unsigned(self.message))


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementStatus:
    """One look at an element that is being made."""

    state: JobState
    id: int | str | None = None
    """As it stands in a body, once it is made."""
    message: str = ""

    def __post_init__(self) -> None:
        """Keep signed addresses out of what is told."""
        object.__setattr__(self, "message", unsigned(self.message))


# -- a provider --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """How a provider makes an element of pictures or of a video: once, and kept under an id."""

    path: str
    """Where one is submitted; the method is POST."""
    body: Callable[[Media, str], Mapping[str, Any]]
    """From the element and our own id to the body; its files stand in it as `Media`."""
    limits: Callable[[Media], Iterable[Finding]]
    """What is wrong with the element itself."""
    read_submit: Callable[[Reply], Answer]
    poll: Callable[[str], Request]
    """How an element is looked at, by the id of its making or by our own."""
    read_poll: Callable[[str, Reply], ElementStatus]


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """A price list that the provider serves, for one that publishes none in its documents."""

    request: Request
    read: Callable[[Reply, datetime], Sequence[Price]]
    """From the reply and the time to price rows; empty where nothing in it is understood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Callbacks:
    """What a provider sends by itself when a job moves on. Each is a hint to look, and no more."""

    read: Callable[[Any], tuple[str, Status] | None]
    """From the parsed body to the job's id and its status, or None; never raises."""
    is_signed: Callable[[Mapping[str, str], bytes, str, datetime], bool] | None = None
    """From headers (lower case), the raw body, the secret and the time to whether the signature holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one look at many jobs shows."""

    statuses: Mapping[str, Status]
    """By job; what is not on the page is missing."""
    is_last: bool = True
    """Whether another page would show no more of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """How many jobs are looked at with one request."""

    request: Callable[[Sequence[str], int], Request]
    """From the jobs and the number of the page, from 0, to the request."""
    read: Callable[[Sequence[str], Reply], Page]
    """From the jobs that are looked for and the reply; never raises."""
    size: int = 100
    """How many jobs one request may name."""
    most: int = 3
    """How many pages are looked at, for as long as each shows some, before the rest is asked for one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Everything that is known of one wire format."""

    name: str
    asks: Mapping[str, Fragment | Never]
    """A rule for every name in `ir.ASKS`; the order of the table is the order of the lists."""
    base: Callable[[Ask, str], Mapping[str, Any]]
    """From the ask and the provider's model id to what every body holds (model and the like)."""
    model_id: Callable[[Ask, Mapping[str, str]], str]
    """From the ask and the profile's ids of its model, by resolution or kind, to the id that is sent."""
    path: str
    """Where a task is submitted, `{model}` standing for the provider's model id; the method is POST."""
    mark: Callable[[Media, int, Ask], str]
    """How a prompt writes the n-th image, video or element (n counts from 1)."""
    mark_runs_on: bool = False
    """Whether a letter or a digit right behind a mark would be taken for a part of it."""
    wires: Mapping[MediaKind, Wire]
    """How a local image and a local video travel."""
    limits: Callable[[Ask], Iterable[Finding]]
    """Rules that the profile's tables cannot say."""
    emulates: Mapping[str, str] = field(default_factory=dict)
    """Asks for which the provider has no field of its own, and how they are said instead."""
    settings: Mapping[str, Callable[[str], Mapping[str, Any]]] = field(default_factory=dict)
    """From the value of a setting of that name to the part of the body that it decides.

    What settings decide is not part of what is asked: a fingerprint does not change with it.
    """
    client_id: Callable[[str], Mapping[str, Any]] = lambda _: {}
    """From our own id of a submit to the part of the body that carries it."""
    submit_headers: Callable[[str], Mapping[str, str]] = lambda _: {}
    """From our own id of a submit to the headers that carry it, where the body does not."""
    client_id_format: Callable[[str, int], str] = lambda fingerprint, attempt: (
        f"ks-{fingerprint[:24]}-{attempt}"
    )
    """From a fingerprint and the number of the attempt to that id."""
    wrap: Callable[[Mapping[str, Any]], Any] = lambda body: body
    """From the body of one task to what is sent (Runware sends a list); lowering does it, no one after it."""
    authorize: Callable[[Mapping[str, str], datetime], Mapping[str, str]]
    """From the credentials by setting name and the time to the headers; raises KeyError for a missing one."""
    credentials: Sequence[Sequence[str]]
    """The names of the settings that hold keys, one set that is enough each."""
    read_submit: Callable[[Reply], Answer]
    poll: Callable[[str], Request]
    read_poll: Callable[[str, Reply], Status]
    """From the job's id and the reply; never raises."""
    batch: Batch | None = None
    """How jobs are looked at together, where the provider offers a list or takes several ids."""
    find: Callable[[str], Request] | None = None
    """How to look a task up by our own id, where the provider offers it."""
    read_find: Callable[[str, Reply], Answer | None] = lambda _client_id, _reply: None
    """From our id and the reply of `find`; None where the provider surely has no such task."""
    repeats_for: timedelta | None = None
    """How long the same submit may be sent again under the same id without being taken twice."""
    upload: Callable[[str, bytes, UUID], Request] | None = None
    """From a file's name, its content and a fresh id of ours to the request that leaves it there."""
    read_upload: Callable[[Reply], str | None] = lambda _reply: None
    """From the reply to what names the uploaded file in a body, or None."""
    library: Library | None = None
    catalogue: Catalogue | None = None
    callbacks: Callbacks | None = None
