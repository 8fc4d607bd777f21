"""YAML text to a document."""

import re

from ruamel.yaml.error import MarkedYAMLError, YAMLError

from kling_spec.diagnostics import Diagnostic, Origin
from kling_spec.source._characters import unfit
from kling_spec.source._document import Document
from kling_spec.source._node import MappingNode, Node, compose, extent, origin_of
from kling_spec.source._values import build, expanded

_LARGEST = 1024 * 1024
"""Characters; a spec of ten thousand lines is half of it."""
_DEEPEST = 60
_MOST_VALUES = 200_000
"""Of one file, its keys among them; counted again with every alias written out."""
_MOST_LETTERS = 4 * _LARGEST
"""Of one file, once every alias is written out."""


def parse(  # noqa: PLR0911 - each way of being unreadable ends it
    text: str, file: str
) -> tuple[Document | None, list[Diagnostic]]:
    """Return the one document in `text`, or None where it cannot be read, and what is wrong with it.

    `file` is the name that origins carry. Size, depth and number of values are measured before anything
    is built, so that no text of a stranger costs more than a moment.
    """
    text = text.removeprefix("\ufeff")
    if len(text) > _LARGEST:
        message = f"the file has {len(text):,} characters; a spec has at most {_LARGEST:,}"
        return None, [_at_start(file, "KS100", message, "split it; large media are assets")]
    if found := _unreadable(text, file):
        return None, [found]
    try:
        deep, many = extent(text, _DEEPEST, _MOST_VALUES)
        if deep > _DEEPEST:
            return None, [_too_deep(file)]
        if many > _MOST_VALUES:
            message = f"the file holds more than {_MOST_VALUES:,} values"
            return None, [_at_start(file, "KS115", message, "split it, or let the matrix make the variants")]
        root = compose(text)
    except MarkedYAMLError as error:
        return None, [_syntax(error, file)]
    except YAMLError as error:
        return None, [
            _at_start(file, "KS102", str(error).splitlines()[0], "save the file as plain UTF-8 text")
        ]
    if root is None:
        return None, [_at_start(file, "KS101", "the file is empty", "begin with 'kling_spec: 1'")]
    if "*" in text and (found := _expanding(root, file)):
        return None, [found]
    return _document(root, text, file)


def _expanding(root: Node, file: str) -> Diagnostic | None:
    """Return what is wrong with the tree that the aliases make, or None."""
    whole = expanded(root, _MOST_VALUES, _MOST_LETTERS)
    if whole.depth > _DEEPEST:
        return _too_deep(file)
    if whole.values > _MOST_VALUES or whole.letters > _MOST_LETTERS:
        what, most = (
            ("values", _MOST_VALUES) if whole.values > _MOST_VALUES else ("characters", _MOST_LETTERS)
        )
        message = f"the aliases of this file expand to more than {most:,} {what}"
        return _at_start(file, "KS105", message, "write the values out, or use the matrix")
    return None


def _too_deep(file: str) -> Diagnostic:
    return _at_start(file, "KS103", f"values are nested more than {_DEEPEST} deep", "flatten the file")


def _document(root: Node, text: str, file: str) -> tuple[Document | None, list[Diagnostic]]:
    value, found = build(root, lambda _: file)
    if not isinstance(root, MappingNode):
        origin = origin_of(root, file)
        return None, [
            Diagnostic(
                code="KS101",
                message="a spec is a mapping of keys to values",
                origin=origin,
                help="begin with 'kling_spec: 1' and 'shots:'",
            )
        ]
    if any(finding.code in _UNUSABLE for finding in found):
        return None, found
    return Document(file=file, value=value, texts={file: text}, root=root, files={}), found


_UNUSABLE = ("KS102", "KS115")
"""What no later stage should have to look at: its text would not be safe to show, or take too long to."""


def _unreadable(text: str, file: str) -> Diagnostic | None:
    found = unfit(text)
    if found is None:
        return None
    at, what = found
    line = text.count("\n", 0, at) + 1
    column = at - (text.rfind("\n", 0, at) + 1) + 1
    return Diagnostic(
        code="KS102",
        message=f"{what} cannot stand in a spec",
        origin=Origin(file, line, column, line, column + 1),
        help="remove it; the file must be plain UTF-8 text",
    )


_KNOWN = {
    "mapping values are not allowed in this context": (
        "a ':' followed by a space begins a value, and none may begin here",
        "put the text in quotes, or indent the line under its key",
    ),
    "found character that cannot start any token": (
        "this character cannot begin a value",
        "indent with spaces, never tabs; put text that begins with @, ` or % in quotes",
    ),
    "did not find expected key": (
        "a key was expected here",
        "check the indentation, and the quotes and brackets of the lines above",
    ),
    "could not find expected ':'": (
        "a ':' is missing",
        "write 'key: value' with a space behind the colon",
    ),
    "did not find expected ',' or ']'": ("a list in brackets is not closed", "add the missing ',' or ']'"),
    "did not find expected ',' or '}'": (
        "a mapping in braces is not closed",
        "add the missing ',' or '}'; a value that begins with '{{' must stand in quotes",
    ),
    "did not find expected '-' indicator": ("a '-' was expected here", "indent every entry of a list alike"),
    "found unexpected end of stream": ("a quoted text is not closed", "add the missing quote"),
    "found undefined alias": ("this alias was never anchored", "write '&name' at the value that it repeats"),
    "expected a single document in the stream": (
        "a second document begins here",
        "keep one spec a file; remove the '---'",
    ),
    "found duplicate anchor": ("this anchor is already used", "give it another name"),
    "found invalid Unicode character escape code": (
        "this escape stands for no character",
        "write the character itself, or '\\U' and the eight digits of its number",
    ),
    "found unknown escape character": (
        "unknown escape in a double-quoted text",
        "write '\\\\' for a backslash, or use single quotes",
    ),
}  # fmt: skip


_OPENED = re.compile("while parsing a flow|while scanning a quoted")


def _syntax(error: MarkedYAMLError, file: str) -> Diagnostic:
    problem = str(error.problem or error.context or "this is not YAML").split(";")[0]
    mark = error.problem_mark or error.context_mark
    if error.context_mark and mark.line != error.context_mark.line and _OPENED.match(error.context or ""):
        mark = error.context_mark  # where it was opened says more than where the file ended
    message, help_ = _KNOWN.get(problem, (problem, "check the indentation, quotes and brackets around here"))
    if error.context == "expected a single document in the stream":
        message, help_ = _KNOWN[error.context]
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Diagnostic(
        code="KS102", message=message, origin=Origin(file, line, column, line, column + 1), help=help_
    )


def _at_start(file: str, code: str, message: str, help_: str) -> Diagnostic:
    return Diagnostic(code=code, message=message, origin=Origin(file), help=help_)
