"""One file laid over another: mappings merge, everything else replaces."""

from collections.abc import Iterator

from kling_spec.source._document import Document
from kling_spec.source._node import MappingNode, Node, ScalarNode, SequenceNode
from kling_spec.source._values import build, flat_pairs


def merged(base: Document, over: Document, *, without: str) -> Document:
    """Return `over` laid over `base`; origins point into the file that wrote the value.

    The key `without` is taken from neither.
    """
    files = {**_files(base), **_files(over)}
    root = _laid_over(base.root, over.root, files)
    root.value = [pair for pair in root.value if pair[0].value != without]
    value, _ = build(root, lambda node: files.get(id(node), over.file))
    return Document(file=over.file, value=value, texts={**base.texts, **over.texts}, root=root, files=files)


def _laid_over(base: Node, over: Node, files: dict[int, str]) -> Node:
    if not (isinstance(base, MappingNode) and isinstance(over, MappingNode)):
        return over
    pairs: dict[str, tuple[Node, Node]] = {str(key.value): (key, value) for key, value in flat_pairs(base)}
    for key, value in flat_pairs(over):
        old = pairs.get(str(key.value))
        pairs[str(key.value)] = (key, value if old is None else _laid_over(old[1], value, files))
    whole = MappingNode(
        over.ctag, list(pairs.values()), over.start_mark, over.end_mark, flow_style=over.flow_style
    )
    files[id(whole)] = files[id(over)]
    return whole


def _files(document: Document) -> dict[int, str]:
    files = dict(document.files)
    for node in _nodes(document.root, set()):
        files.setdefault(id(node), document.file)
    return files


def _nodes(node: Node, seen: set[int]) -> Iterator[Node]:
    if id(node) in seen:
        return
    seen.add(id(node))
    yield node
    if isinstance(node, MappingNode):
        for key, value in node.value:
            yield key
            yield from _nodes(value, seen)
    elif isinstance(node, SequenceNode):
        for item in node.value:
            yield from _nodes(item, seen)
    elif not isinstance(node, ScalarNode):
        raise TypeError(type(node))
