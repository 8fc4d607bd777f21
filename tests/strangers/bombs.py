"""Texts that are small to send and large to work out: templates, YAML and whole specs."""

import json
from typing import Any

TEMPLATES: dict[str, str] = {
    "a power in a branch that never runs": "{% if false %}{{ 9**(9**9) }}{% endif %}",
    "a power": "{{ 9 ** 9 ** 9 ** 9 }}",
    "a text times a number": "{{ 'a' * 1000000000 }}",
    "a list times a number": "{{ [1] * 1000000000 }}",
    "a variable times a number": "{{ word * 1000000000 }}",
    "a number times a variable": "{{ 1000000000 * word }}",
    "a width": "{{ '%999999999d' % 1 }}",
    "a width in a variable": "{{ width % 1 }}",
    "format": "{{ '%999999999d'|format(1) }}",
    "center": "{{ 'a'|center(1000000000) }}",
    "indent": "{{ 'a\\nb'|indent(1000000000) }}",
    "batch": "{{ [1]|batch(100000000, 'x')|list }}",
    "slice": "{{ [1]|slice(100000000)|list }}",
    "lipsum": "{{ lipsum(n=100000000) }}",
    "a range": "{{ range(100000000)|list }}",
    "two ranges": "{% for a in range(1000) %}{% for b in range(1000) %}x{% endfor %}{% endfor %}",
    "three ranges": "{% for a in range(99) %}{% for b in range(99) %}{% for c in range(99) %}x{% endfor %}{% endfor %}"
    "{% endfor %}",
    "four ranges": "{% for a in r %}{% for b in r %}{% for c in r %}{% for d in r %}x{% endfor %}{% endfor %}"
    "{% endfor %}{% endfor %}",
    "doubling with ~": "{% set a = 'xxxxxxxxxxxxxxxx' %}" + "{% set a = a ~ a %}" * 60 + "{{ a }}",
    "doubling with +": "{% set a = 'xxxxxxxxxxxxxxxx' %}" + "{% set a = a + a %}" * 60 + "{{ a }}",
    "doubling a list": "{% set a = [1, 2] %}" + "{% set a = a + a %}" * 60 + "{{ a|length }}",
    "doubling a nested list": "{% set a = [1] %}" + "{% set a = [a, a] %}" * 60 + "{{ a }}",
    "doubling a set block": "{% set a %}xxxxxxxx{% endset %}"
    + "{% set a %}{{ a }}{{ a }}{% endset %}" * 60
    + "{{ a }}",
    "doubling with replace": "{% set a = 'xx' %}" + "{% set a = a|replace('x', 'xx') %}" * 60 + "{{ a }}",
    "replacing nothing": "{{ long|replace('', long) }}",
    "joining by a long text": "{{ long|list|join(long) }}",
    "squaring": "{% set a = 99999 %}" + "{% set a = a * a %}" * 60 + "{{ a }}",
    "digits": "{{ 1.5|round(1000000000) }}",
    "macros that call macros": "{% macro m0() %}xxxxxxxxxx{% endmacro %}"
    + "".join(
        f"{{% macro m{n}() %}}{('{{ m' + str(n - 1) + '() }}') * 10}{{% endmacro %}}" for n in range(1, 12)
    )
    + "{{ m11() }}",
    "a macro that calls itself": "{% macro m(n) %}{{ m(n + 1) }}{{ m(n + 1) }}{% endmacro %}{{ m(1) }}",
    "sorting again and again": "{% for a in r %}{{ many|sort|unique|sort|first }}{% endfor %}",
    "looking again": "{% for a in many %}{% if a in many and [many, 1] == [other, 1] %}x{% endif %}{% endfor %}",
    "many loops of words": "{% for a in many %}{{ long }}{% endfor %}",
    "static words in loops": "{% for a in many %}" + "word " * 3000 + "{% endfor %}",
    "brackets": "{{ " + "(" * 4000 + "1" + ")" * 4000 + " }}",
    "lists in lists": "{{ " + "[" * 4000 + "]" * 4000 + " }}",
    "not not not": "{{ " + "not " * 4000 + "1 }}",
    "a long sum": "{{ " + "+".join("1" * 4000) + " }}",
    "a long chain": "{{ " + "|".join(["1", *["abs"] * 3000]) + " }}",
    "ifs in ifs": "{% if 1 %}" * 900 + "x" + "{% endif %}" * 900,
    "loops in loops": "{% for a in [1] %}" * 400 + "x" + "{% endfor %}" * 400,
    "digits of a literal": "{{ " + "9" * 9000 + " }}",
    "digits of a hexadecimal": "{{ 0x" + "f" * 9000 + " }}",
    "an exponent": "{{ 1e999 ** 9 }}",
    "many braces": "{" * 19000,
    "many open comments": "{#" * 9000,
    "many open blocks": "{%   " * 3000,
    "many expressions": "{{ n|abs }}" * 1800,
    "a file that includes itself": "{% include 'loop.j2' %}",
    "files that include each other twice": "{% include 'd0.j2' %}",
}
NAMES: dict[str, Any] = {
    "word": "abc", "width": "%999999999d", "long": "x" * 9000, "n": 1, "r": list(range(60)),
    "many": [f"w{n}" for n in range(900)], "other": [f"w{n}" for n in range(900)],
}  # fmt: skip
FILES = {
    "loop.j2": "{% include 'loop.j2' %}",
    **{f"d{n}.j2": f"{{% include 'd{n + 1}.j2' %}}" * 2 for n in range(40)},
    "d40.j2": "x",
}


def _chain(first: str, more: str, count: int) -> str:
    return first + "".join(more.format(n=n, before=n - 1) for n in range(1, count)) + "shots: {a: x}\n"


YAML: dict[str, str] = {
    "billion laughs": _chain("a0: &a0 [x, x]\n", "a{n}: &a{n} [*a{before}, *a{before}]\n", 30),
    "billion laughs of mappings": _chain("a0: &a0 {k: x}\n", "a{n}: &a{n} {{l: *a{before}, r: *a{before}}}\n", 30),
    "merges": _chain("a0: &a0 {k: x}\n", "a{n}: &a{n} {{<<: [*a{before}, *a{before}], k{n}: 1}}\n", 30),
    "a chain of aliases": _chain("a0: &a0 [x]\n", "a{n}: &a{n} [*a{before}]\n", 1500),
    "a chain of merges": _chain("a0: &a0 {k: x}\n", "a{n}: &a{n} {{<<: *a{before}}}\n", 900),
    "a long text, often": "a: &a " + "x" * 60000 + "\nb: [" + "*a," * 3000 + "]\n",
    "itself": "a: &a [*a]\n",
    "itself, merged": "a: &a {<<: *a}\n",
    "itself, through another": "a: &a {b: &b [*a, *b]}\n",
    "brackets": "a: " + "[" * 50000,
    "closed brackets": "a: " + "[" * 5000 + "]" * 5000,
    "braces": "a: " + "{a: " * 5000,
    "dashes": "- " * 20000 + "x",
    "question marks": "? " * 20000 + "x",
    "indentation": "".join(" " * n + "a:\n" for n in range(400)),
    "half a million values": "a: [" + "x," * 500000 + "]\n",
    "half a million lines": "a:\n" + "- x\n" * 250000,
    "many keys": "a: {" + ",".join(f"k{n}: 1" for n in range(90000)) + "}\n",
    "a long key": "k" * 100000 + ": 1\n",
    "a long text": "a: " + "x" * 200000 + "\n",
    "a long quoted text": 'a: "' + "\\x41" * 100000 + '"\n',
    "a long number": "a: " + "9" * 100000 + "\n",
    "a long hexadecimal": "a: 0x" + "f" * 100000 + "\n",
    "too much of everything": "#" * 1100000,
    "many anchors": "a: [" + ",".join(f"&a{n} x" for n in range(120000)) + "]\n",
    "many colons": "a: " + "x:" * 300000,
    "many quotes": "a: " + "'" * 600001,
    "many documents": "---\n" * 100000,
    "many directives": "%TAG !x! tag:x,2026:\n" * 20000,
    "many duplicates": "".join("a: 1\n" for _ in range(20000)),
}  # fmt: skip


def _spec(**parts: Any) -> str:
    return json.dumps({"kling_spec": 1, "shots": {"a": {"prompt": "x"}}} | parts)


_TEN = list(range(10))
SPECS: dict[str, str] = {
    "a matrix of 10^12": _spec(matrix={f"m{n}": _TEN for n in range(12)}),
    "a matrix of 10^300": _spec(matrix={f"m{n}": _TEN for n in range(300)}),
    "a matrix of 10^12 named values": _spec(
        matrix={f"m{n}": {f"v{k}": {f"w{n}": k} for k in _TEN} for n in range(12)}
    ),
    "a matrix with many lines": _spec(
        matrix={"a": list(range(900)), "b": list(range(900)), "exclude": [{"a": n} for n in range(900)]}
    ),
    "a matrix of 10^6 with a hundred takes": _spec(
        matrix={f"m{n}": _TEN for n in range(6)}, shots={"a": {"prompt": "x", "takes": 100}}
    ),
    "variables that double": _spec(
        vars={"v0": "x" * 50} | {f"v{n}": f"{{{{ v{n - 1} }}}}" * 2 for n in range(1, 50)},
        shots={"a": {"prompt": "{{ v49 }}"}},
    ),
    "lists of variables that double": _spec(
        vars={"v0": [1]} | {f"v{n}": [f"{{{{ v{n - 1} }}}}"] * 2 for n in range(1, 50)},
        shots={"a": {"prompt": "{{ v49|length }}"}},
    ),
    "a long variable, often": _spec(
        vars={"v": "x" * 60000}, shots={"a": {"prompt": "{{ v }}" * 399}}
    ),
    "many names that nobody knows": _spec(
        vars={f"variable_{n}": 1 for n in range(3000)},
        shots={f"s{n}": {"prompt": f"{{{{ variabel_{n} }}}}"} for n in range(1000)},
    ),
}  # fmt: skip
