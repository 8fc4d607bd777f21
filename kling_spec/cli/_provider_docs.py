"""The reference of providers as Markdown: what a spec can say, and every parameter of every request."""

from collections.abc import Iterator, Sequence

from kling_spec.ir import MediaKind
from kling_spec.providers import Never, Profile, Provider, Wire, provider, provider_names, read_profile
from kling_spec.providers.coverage import Said, parameters, said_by

_INTRO = """\
# Providers

Written by `kling-spec providers --format markdown`; a test holds it to the code. The words of the first
column are the keys of a spec.

## What a spec says, and what becomes of it

**native**: the provider has a parameter for it, named here. **emulated**: it is said in another way.
**refused**: an error at the line that asked, before anything is sent. Whether two things go together is
checked as well; `kling-spec providers SPEC` shows it for one spec.
"""
_PARAMETERS = """\
## Every parameter of every request

What a spec cannot set stands in `kling-spec.toml` under `[providers.NAME]`, and nothing else sets it.
"""
_FILES = """\
## Files

How a local file travels. Where only an address will do, the file is put into the `[file_store]` of
kling-spec.toml; without one that is an error. Elements made of files are made once for an account, and
remembered.
"""


def markdown() -> str:
    """Return the whole page."""
    known = [(name, provider(name), read_profile(name)) for name in provider_names()]
    parts = [_INTRO, *_asks(known), "", _FILES, *_files(known), "", _PARAMETERS]
    for name, back_end, profile in known:
        parts += [
            f"### {name}",
            "",
            f"{profile.title}, {profile.page}",
            "",
            *_parameters(back_end, profile),
            "",
        ]
    return "\n".join(parts).rstrip() + "\n"


_WIRES = {
    Wire.BASE64: "inside the request, as base64",
    Wire.DATA_URI: "inside the request, as a data URI",
    Wire.UPLOAD: "uploaded to the provider first",
    Wire.URL_ONLY: "by address only",
}
_Known = Sequence[tuple[str, Provider, Profile]]


def _asks(known: _Known) -> Iterator[str]:
    said = {name: said_by(back_end, profile) for name, back_end, profile in known}
    yield from _head("spec", *said)
    for ask in next(iter(said.values())):
        yield _row(f"`{ask}`" if ask.isidentifier() else ask, *(_cell(said[name][ask]) for name in said))
    yield _row("`takes`", *("emulated: each is a task of its own" for _ in said))


def _cell(said: Said) -> str:
    names = ", ".join(f"`{name}`" for name in said.parameters) or "the address"
    if said.how == "refused":
        return f"refused: {said.why}"
    return f"native: {names}" if said.how == "native" else f"emulated: {said.why} ({names})"


def _files(known: _Known) -> Iterator[str]:
    yield from _head("provider", "pictures", "videos", "elements of files")
    for name, back_end, _ in known:
        takes_videos = not isinstance(back_end.asks["edit"], Never)
        pictures, videos = (_WIRES[back_end.wires[kind]] for kind in (MediaKind.IMAGE, MediaKind.VIDEO))
        elements = "made in its library" if back_end.library else _made_inline(name)
        yield _row(name, pictures, videos if takes_videos else "none go in", elements)


def _made_inline(name: str) -> str:
    said = said_by(provider(name), read_profile(name))["an element of pictures"]
    return "refused" if said.how == "refused" else "inside the request"


def _parameters(back_end: Provider, profile: Profile) -> Iterator[str]:
    yield from _head("parameter", "set by")
    for path, words in parameters(back_end, profile).items():
        yield _row(f"`{path}`", words)


def _head(*cells: str) -> Iterator[str]:
    yield _row(*cells)
    yield _row(*("---" for _ in cells))


def _row(*cells: str) -> str:
    written = " | ".join(cell.replace("|", r"\|") for cell in cells)
    return f"| {written} |"
