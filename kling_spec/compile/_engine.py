"""The template engine; the only user of jinja2, and imported only for templates that are more than names.

A template passes three gates. Its syntax tree is held against a list of what is allowed before anything is
compiled; what may grow at run time pays out of a purse; and Jinja's own sandbox stands behind both.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from jinja2 import FunctionLoader, StrictUndefined, TemplateError, TemplateNotFound, Undefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import Template, TemplateExpression, TemplateModule
from jinja2.meta import TrackingCodeGenerator
from jinja2.runtime import Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from kling_spec.compile._allowed import LOOP_WORDS, check, check_source
from kling_spec.compile._filters import COMPARED, JOINED, LOOP, filters_of, numbers, tests_of
from kling_spec.compile._problem import TemplateProblem
from kling_spec.compile._work import LONGEST_TEXT, Purse, numeral, short, size_of, too_much

_OF_A_FILE, _OF_A_CALL = 50, 5
_DEEPEST_CALL = 20


class Engine:
    """Jinja2, sandboxed and strict. `read` gives the text of a template file, or None."""

    def __init__(self, read: Callable[[str], str | None]) -> None:
        self._purse = Purse()
        self._read = read
        self._environment = _Environment(read, self._purse)
        self._trees: dict[str, nodes.Template] = {}
        self._texts: dict[str, Template] = {}
        self._expressions: dict[str, TemplateExpression] = {}

    @property
    def builtins(self) -> frozenset[str]:
        """The names that templates see without being told."""
        return frozenset(self._environment.globals)

    def parse(self, source: str) -> tuple[frozenset[str], bool]:
        """Return the names that a template looks up, and whether it is exactly one expression.

        Raises TemplateProblem. Nothing of the template is compiled or run.
        """
        tree = self._tree(source)
        names = _Names(self._environment)
        try:
            names.visit(tree)
        except TemplateError as error:
            raise _unreadable(error) from error
        return frozenset(names.undeclared_identifiers), _only_expression(tree, source) is not None

    def reads_of_files(self, source: str) -> frozenset[str]:
        """Return the names that the files may look up which the template takes in, and those that they take in.

        What cannot be read is left to the rendering, which says why.
        """
        found, seen, waiting = set[str](), set[str](), [source]
        while waiting:
            for node in _files_of(self._tree(waiting.pop())):
                name = node.template.as_const()
                text = self._read(name) if node.with_context and name not in seen else None
                seen.add(name)
                if text is not None:
                    with suppress(TemplateProblem):
                        found |= self.parse(text)[0]
                        waiting.append(text)
        return frozenset(found)

    def text(self, source: str, names: Mapping[str, Any]) -> str:
        """Return the rendered text. Raises whatever an expression raises."""
        template = self._texts.get(source)
        if template is None:
            template = self._texts[source] = self._compiled(self._tree(source))
        self._purse.begin()
        return short(template.render(names))

    def value(self, source: str, names: Mapping[str, Any]) -> Any:
        """Return the value of a template that is one expression, with its type. Raises whatever it raises."""
        expression = self._expressions.get(source)
        if expression is None:
            made = _only_expression(self._tree(source), source)
            result = nodes.Assign(nodes.Name("result", "store", lineno=1), made, lineno=1)
            template = self._compiled(nodes.Template([result], lineno=1))
            expression = self._expressions[source] = TemplateExpression(template, undefined_to_none=False)
        self._purse.begin()
        return _plain(expression(names))

    def _tree(self, source: str) -> nodes.Template:
        tree = self._trees.get(source)
        if tree is None:
            try:
                tree = self._environment.parse(source)
            except TemplateError as error:
                raise _unreadable(error) from error
            self._trees[source] = tree
        return tree

    def _compiled(self, tree: nodes.Template) -> Template:
        environment = self._environment
        tree.set_environment(environment)
        code = environment.compile(tree)
        return Template.from_code(environment, code, environment.make_globals(None))


class _Unfolded:
    """Works nothing out while it compiles: constants are folded by nobody, so no time is spent before a run."""

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: Any) -> str:
        if not isinstance(node, nodes.TemplateData):
            raise nodes.Impossible
        found: str = super()._output_child_to_const(node, frame, finalize)  # type: ignore[misc]
        return found


class _Generator(_Unfolded, CodeGenerator):
    pass


class _Names(_Unfolded, TrackingCodeGenerator):
    def __init__(self, environment: "_Environment") -> None:
        super().__init__(environment)
        self.optimizer = None


class _Environment(ImmutableSandboxedEnvironment):
    """Templates of specs: they see mappings and lists, and neither attributes nor methods of any value."""

    code_generator_class = _Generator
    intercepted_binops = frozenset(ImmutableSandboxedEnvironment.default_binop_table)

    def __init__(self, read: Callable[[str], str | None], purse: Purse) -> None:
        super().__init__(
            undefined=StrictUndefined,
            loader=FunctionLoader(self._read),
            autoescape=False,
            keep_trailing_newline=True,
            optimized=False,
            finalize=self._shown,
        )
        self._file = read
        self._sizes: dict[str, int] = {}
        self._purse = purse
        self._calls = 0
        tests = tests_of(purse)
        self.tests = dict[str, Any](tests)
        self.filters = dict[str, Any](filters_of(purse, tests))
        self.globals = {"range": numbers}

    # -- before anything is compiled --

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Return the tree of a text or a file, looked through and with its guards in place."""
        try:
            check_source(source)
            tree = super()._parse(source, name, filename)
            check(tree, self.filters, self.tests)
        except TemplateProblem as problem:
            if name is not None:
                problem.message = f"{name}:{problem.line}: {problem.message}"
            raise
        except (ValueError, RecursionError, OverflowError):
            raise too_much("this template nests too deeply, or holds too large a number") from None
        guarded: nodes.Template = _Guard().visit(tree)
        guarded.set_environment(self)
        return guarded

    def _read(self, name: str) -> str:
        text = self._file(name)
        if text is None:
            raise TemplateNotFound(name, f"there is no template file '{name}' below the spec's folder")
        self._sizes[name] = size_of(text)
        return text

    # -- while it runs --

    def get_template(self, name: Any, *args: Any, **more: Any) -> Template:
        """Return a template file, which costs what it holds."""
        template = super().get_template(name, *args, **more)
        self._purse.spend(_OF_A_FILE + self._sizes.get(str(name), 0))
        return template

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return what a mapping holds under a key; values have no other attributes."""
        if isinstance(obj, LoopContext) and attribute in LOOP_WORDS:
            return getattr(obj, attribute)
        if isinstance(obj, TemplateModule):
            found = vars(obj).get(attribute)
            return found if isinstance(found, Macro) else self._missing(attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return what a mapping holds under a key, or a list at a number."""
        if isinstance(obj, Undefined):
            str(obj)  # raises what looking it up would raise
        is_there = isinstance(obj, dict) or (
            isinstance(obj, list | tuple | str) and isinstance(argument, int)
        )
        try:
            return obj[argument] if is_there else self._missing(argument)
        except (KeyError, IndexError, TypeError):
            return self._missing(argument)

    def call(self, context: Context, obj: Any, *args: Any, **more: Any) -> Any:
        """Call a macro, or a function of ours."""
        if isinstance(obj, Undefined):
            str(obj)  # raises what looking it up would raise
        is_ours = (
            isinstance(obj, Macro) or obj is numbers or isinstance(getattr(obj, "__self__", 0), LoopContext)
        )
        if not is_ours:
            raise TemplateProblem("only macros and 'range' can be called")
        self._purse.spend(_OF_A_CALL + sum(map(size_of, (*args, *more.values()))))
        if self._calls >= _DEEPEST_CALL:
            raise too_much(f"macros call each other more than {_DEEPEST_CALL} deep")
        self._calls += 1
        try:
            return context.call(obj, *args, **more)
        finally:
            self._calls -= 1

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Work out `left operator right`: numbers, and texts and lists that are put together."""
        for value in (left, right):
            if isinstance(value, Undefined):
                str(value)  # raises what looking it up would raise
        self._purse.spend(1)
        if isinstance(left, int | float) and isinstance(right, int | float):
            return numeral(super().call_binop(context, operator, left, right))
        alike = (isinstance(left, str) and isinstance(right, str)) or (
            isinstance(left, list | tuple) and type(left) is type(right)
        )
        if operator != "+" or not alike:
            takes = "two numbers, two texts or two lists" if operator == "+" else "numbers"
            raise TemplateProblem(f"'{operator}' takes {takes}")
        if len(left) + len(right) > LONGEST_TEXT:
            raise too_much(f"this template makes more than {LONGEST_TEXT:,} characters")
        self._purse.spend(size_of(left) + size_of(right))
        return left + right

    def _shown(self, value: Any) -> Any:
        """Return a value as it may stand in a text."""
        self._purse.spend(size_of(value))
        return _plain(value)

    def _missing(self, key: Any) -> Undefined:
        return self.undefined(hint=f"'{key}' is no key of this value")


class _Guard(NodeTransformer):
    """Puts what may cost much through filters that pay for it."""

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802 - Jinja's name
        weight = _weight(node)
        self.generic_visit(node)
        node.iter = _filter(node.iter, LOOP, nodes.Const(weight))
        return node

    def visit_Compare(self, node: nodes.Compare) -> nodes.Filter:  # noqa: N802
        self.generic_visit(node)
        rest: list[nodes.Expr] = []
        for one in node.ops:
            rest += [nodes.Const(one.op), one.expr]
        return _filter(node.expr, COMPARED, *rest)

    def visit_Concat(self, node: nodes.Concat) -> nodes.Filter:  # noqa: N802
        self.generic_visit(node)
        return _filter(nodes.List(node.nodes, lineno=node.lineno), JOINED)


def _files_of(tree: nodes.Template) -> Iterator[nodes.Include | nodes.Import | nodes.FromImport]:
    yield from tree.find_all(nodes.Include)
    yield from tree.find_all(nodes.Import)
    yield from tree.find_all(nodes.FromImport)


def _filter(node: nodes.Node, name: str, *args: nodes.Expr) -> nodes.Filter:
    for argument in args:
        argument.lineno = argument.lineno or node.lineno
    return nodes.Filter(node, name, list(args), [], None, None, lineno=node.lineno)


def _weight(loop: nodes.For) -> int:
    """Return what one turn of the loop costs at the least."""
    parts = list(loop.find_all(nodes.Node))
    letters = sum(len(part.data) for part in parts if isinstance(part, nodes.TemplateData))
    return 1 + len(parts) // 2 + letters // 16


def _plain(value: Any) -> Any:
    """Return the value, or raise TemplateProblem for what only the engine should see."""
    if isinstance(value, Undefined):
        str(value)  # raises what rendering it would raise
    if callable(value) or isinstance(value, TemplateModule | LoopContext):
        raise TemplateProblem("this is a macro or a function, and no value")
    return value


def _unreadable(error: TemplateError) -> TemplateProblem:
    return TemplateProblem(str(error.message or error), getattr(error, "lineno", None) or 1)


def _only_expression(tree: nodes.Template, source: str) -> nodes.Expr | None:
    """Return the expression of a template that is exactly one `{{ … }}`, or None."""
    bare = source.strip()
    if len(tree.body) == 1 and isinstance(tree.body[0], nodes.Output):
        children = tree.body[0].nodes
        is_expression = len(children) == 1 and not isinstance(children[0], nodes.TemplateData)
        if is_expression and bare.startswith("{{") and bare.endswith("}}"):
            return children[0]
    return None
