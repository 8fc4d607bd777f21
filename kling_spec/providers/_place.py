"""Where the media of an ask stand in a body: as an address, or as a place that the run fills."""

from dataclasses import dataclass, field
from hashlib import sha256

from kling_spec.ir import Ask, ElementParts, Link, LocalFile, Media, MediaKind, Output, OutputPart
from kling_spec.providers._body import CLIENT_ID, Body, Element, Slot, settle
from kling_spec.providers._contract import Finding, Provider, Wire
from kling_spec.providers._profile import Profile


def parts_digest(media: Media, parts: ElementParts) -> str:
    """Return the hex sha256 of everything that an element is made of."""
    made_of = [part for part in (parts.frontal, *parts.images, parts.video, parts.voice) if part is not None]
    names = [part.url if isinstance(part, Link) else part.sha256 for part in made_of]
    told = "\n".join((media.description, *names, *parts.tags))
    return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Placer:
    """Places the media of one ask; what cannot be placed is added to `found`."""

    ask: Ask
    provider: Provider
    profile: Profile
    has_store: bool
    """Whether the settings name a file store."""
    found: list[Finding] = field(default_factory=list)

    def place(self, media: Media) -> str | Slot:
        """Return the address of the media, or the slot that the run fills."""
        match media.source:
            case Link(url):
                return url
            case Output(_, OutputPart.VIDEO):
                return Slot(media.source, Wire.URL_ONLY)
            case Output() | LocalFile():
                return Slot(media.source, self._wire(media))
            case ElementParts() as parts:
                return Slot(self._element(media, parts), Wire.ELEMENT)
            case other:
                raise TypeError(f"an element cannot stand in a body by itself: {other!r}, of {media.name}")

    def _wire(self, media: Media) -> Wire:
        wire = self.provider.wires[media.kind]
        if wire is not Wire.URL_ONLY:
            return wire
        if not self.has_store:
            self.found.append(self._needs_address(media))
        return Wire.STORE

    def _element(self, media: Media, parts: ElementParts) -> Element:
        """Return the element with the body that makes it, whose files are placed like any others."""
        digest = parts_digest(media, parts)
        library = self.provider.library
        body = Body({}, ())
        if library is None:
            self.found.append(self._needs_id(media))
        else:
            self.found.extend(library.limits(media))
            body = Body(*settle(library.body(media, CLIENT_ID), write=str, place=self.place))
        return Element(name=media.name, sha256=digest, client_id=f"ks-el-{digest[:24]}", body=body)

    def _needs_id(self, media: Media) -> Finding:
        title = self.profile.title
        return Finding(
            ask="elements",
            message=f"uses '{media.name}', an element made from files; {title} takes those of a library only",
            help="make the element in Kling's library and write its id: '{element: ID}'",
        )

    def _needs_address(self, media: Media) -> Finding:
        what = "video" if media.kind is MediaKind.VIDEO else "picture"
        return Finding(
            ask=self._asked_as(media),
            message=f"uses the local file of '{media.name}'; {self.profile.title} takes a {what} by address only",
            help="write its https address on the asset, or name a place for files "
            "under [file_store] in kling-spec.toml",
            code="KS406",
        )

    def _asked_as(self, media: Media) -> str:
        names = ("edit", "reference_video", "first_frame", "last_frame", "images", "elements")
        return next((name for name in names if media.name in _named(self.ask, name)), "prompt")


def _named(ask: Ask, name: str) -> set[str]:
    value = getattr(ask, name)
    return {media.name for media in (value if isinstance(value, tuple) else (value,)) if media is not None}
