"""What a template may say: a list of what is allowed, held against its syntax tree before anything is compiled.

Jinja folds constants while it compiles, branches that never run among them, so a tree that is not on the
list must not get that far.
"""

import re
from collections.abc import Collection, Iterator
from itertools import chain

from jinja2 import nodes
from jinja2.filters import FILTERS
from jinja2.tests import TESTS

from kling_spec.compile._problem import NOT_OFFERED, TemplateProblem
from kling_spec.diagnostics import did_you_mean
from kling_spec.source import unfit

_LONGEST = 20_000
"""Characters of one template; longer ones that are names between words never come here."""
_MOST_NODES = 4_000
_DEEPEST = 40
_MOST_LOOPS = 3
"""How many loops may stand inside each other."""
_LARGEST_BITS = 64
LOOP_WORDS = frozenset({"index", "index0", "revindex", "revindex0", "first", "last", "length", "cycle"})
_KEPT_NAMES = frozenset({"self", "super", "caller", "varargs", "kwargs"})
_FILE = re.compile(r"(?!.*\.\.)\w[\w.-]*(?:/\w[\w.-]*)*")

_PLAIN = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Const, nodes.Name, nodes.Tuple, nodes.List),
    *(nodes.Dict, nodes.Pair, nodes.Keyword, nodes.CondExpr, nodes.If, nodes.With, nodes.Assign),
    *(nodes.AssignBlock, nodes.Slice, nodes.Getitem, nodes.Getattr, nodes.Call, nodes.Filter, nodes.Test),
    *(nodes.Concat, nodes.Compare, nodes.Operand, nodes.Add, nodes.And, nodes.Or, nodes.Not, nodes.Neg),
    *(nodes.Pos, nodes.For, nodes.Macro, nodes.Import, nodes.FromImport, nodes.Include),
)
_OF_NUMBERS = (nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod)
_ALLOWED = frozenset((*_PLAIN, *_OF_NUMBERS))
_WORDS: dict[type[nodes.Node], str] = {
    nodes.Pow: "'**'",
    nodes.Extends: "'{% extends %}'",
    nodes.Block: "'{% block %}'",
    nodes.CallBlock: "'{% call %}'",
    nodes.FilterBlock: "'{% filter %}'",
    nodes.NSRef: "a namespace",
}
_OFFERED = "templates have names, 'if', 'for', 'set', 'macro', 'import', 'include' and simple filters"


def check_source(source: str) -> None:
    """Raise TemplateProblem for a text that is not even worth reading."""
    if len(source) > _LONGEST:
        message = f"this template has {len(source):,} characters; at most {_LONGEST:,} are read"
        raise TemplateProblem(message, code=NOT_OFFERED, help="write it in smaller pieces")
    if found := unfit(source):
        raise TemplateProblem(f"this template holds {found[1]}", help="remove it")


def check(tree: nodes.Template, filters: Collection[str], tests: Collection[str]) -> None:
    """Raise TemplateProblem for the first thing in the tree that specs do not offer."""
    waiting: list[tuple[nodes.Node, int, int]] = [(tree, 0, 0)]
    modules = frozenset(found.target for found in tree.find_all(nodes.Import))
    count = 0
    while waiting:
        node, depth, loops = waiting.pop()
        count += 1
        loops += isinstance(node, nodes.For)
        if depth > _DEEPEST or loops > _MOST_LOOPS or count > _MOST_NODES:
            what = f"more than {_MOST_LOOPS} loops inside each other" if loops > _MOST_LOOPS else "so much"
            raise _not_offered(node, f"a template cannot hold {what}", "write it in smaller pieces")
        _check_node(node, modules)
        if isinstance(node, nodes.Filter):
            _check_listed(node, node.name, "filter", filters, FILTERS)
        elif isinstance(node, nodes.Test):
            _check_listed(node, node.name, "test", tests, TESTS)
        waiting += [(child, depth + 1, loops) for child in node.iter_child_nodes()]


def _check_node(node: nodes.Node, modules: Collection[str]) -> None:
    kind = type(node)
    if kind not in _ALLOWED:
        what = _WORDS.get(kind, f"'{kind.__name__.lower()}'")
        raise _not_offered(node, f"a template cannot use {what}", _OFFERED)
    for name in _names(node):
        if name.startswith("_") or "__" in name or name in _KEPT_NAMES:
            raise _not_offered(node, f"a template cannot use the name '{name}'", "choose another name")
    match node:
        case nodes.Const():
            _check_constant(node)
        case nodes.Call():
            _check_call(node, modules)
        case nodes.Getattr(node=nodes.Name(name="loop")) if node.attr not in LOOP_WORDS:
            help_ = f"it has {', '.join(sorted(LOOP_WORDS))}"
            raise _not_offered(node, f"'loop' has no '{node.attr}' in a spec", help_)
        case nodes.For(recursive=True):
            raise _not_offered(node, "a loop cannot be recursive", "use loops inside each other")
        case nodes.Import() | nodes.FromImport() | nodes.Include():
            _check_file(node)
    if isinstance(node, _OF_NUMBERS) and any(_is_no_number(side) for side in (node.left, node.right)):
        raise _not_offered(node, f"'{node.operator}' takes numbers only", "join texts with '~'")


def _check_call(node: nodes.Call, modules: Collection[str]) -> None:
    target = node.node
    is_ours = isinstance(target, nodes.Name) or (
        isinstance(target, nodes.Getattr)
        and isinstance(target.node, nodes.Name)
        and (target.node.name in modules or (target.node.name, target.attr) == ("loop", "cycle"))
    )
    if not is_ours:
        help_ = "use a filter, as in '{{ name|upper }}'"
        raise _not_offered(node, "values have no methods in a template", help_)
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        raise _not_offered(node, "a call cannot spread its arguments", "write them one by one")


def _check_constant(node: nodes.Const) -> None:
    value = node.value
    if isinstance(value, int) and value.bit_length() > _LARGEST_BITS:
        raise _not_offered(node, "this number is too large for a template", "")
    if isinstance(value, str) and (found := unfit(value.replace("\r", "\x00"))):
        raise _not_offered(node, f"a text in a template holds {found[1]}", "remove the escape")


def _check_listed(
    node: nodes.Node, name: str, what: str, ours: Collection[str], known: Collection[str]
) -> None:
    if name in ours:
        return
    offered = [other for other in ours if other.isidentifier()]
    if name in known:
        raise _not_offered(
            node, f"the {what} '{name}' is not offered in specs", f"offered: {', '.join(offered)}"
        )
    raise TemplateProblem(f"no {what} named '{name}'", node.lineno, help=did_you_mean(name, offered))


def _check_file(node: nodes.Import | nodes.FromImport | nodes.Include) -> None:
    name = node.template
    if not isinstance(name, nodes.Const) or not isinstance(name.value, str):
        raise _not_offered(
            node, "a template file is named by a plain text", 'as {% import "shared/x.j2" … %}'
        )
    if not _FILE.fullmatch(name.value):
        help_ = "name a file below the spec's folder, such as 'shared/prompts.j2'"
        raise _not_offered(node, f"'{name.value}' is no template file below the spec's folder", help_)


def _names(node: nodes.Node) -> Iterator[str]:
    """Yield every name that the node itself says."""
    match node:
        case nodes.Name() | nodes.Macro():
            yield node.name
        case nodes.Getattr():
            yield node.attr
        case nodes.Keyword():
            yield node.key
        case nodes.Import():
            yield node.target
        case nodes.FromImport():
            yield from chain.from_iterable((one,) if isinstance(one, str) else one for one in node.names)
        case nodes.Getitem(arg=nodes.Const(value=str())):
            yield node.arg.as_const()


def _is_no_number(node: nodes.Expr) -> bool:
    collections = (nodes.List, nodes.Tuple, nodes.Dict, nodes.Concat)
    return isinstance(node, collections) or (isinstance(node, nodes.Const) and isinstance(node.value, str))


def _not_offered(node: nodes.Node, message: str, help_: str) -> TemplateProblem:
    return TemplateProblem(message, node.lineno or 1, NOT_OFFERED, help_)
