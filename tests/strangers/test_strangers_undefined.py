"""A name that is not there is an error at its line, never an empty prompt that is paid for."""

import random

from stranger_specs import HEAD, bodies, found

_WORDS = ("mist", "harbor", "neon", "dusk", "amber", "frost", "meadow", "copper", "linen", "violet", "ember")
_FORMS = (
    "{{{{ {} }}}}",
    "{{{{ {}|upper }}}}",
    "{{% if {} %}}x{{% endif %}}y",
    "{{{{ {} ~ '!' }}}}",
    "{{{{ [{}]|join }}}}",
)


def _spec(number: int) -> tuple[list[str], list[str]]:
    dice = random.Random(number)
    names = dice.sample(_WORDS, 5)
    lines = [f'  s{n}: "a {dice.choice(_FORMS).format(name)} street"' for n, name in enumerate(names)]
    return names, lines


def test_a_variable_that_is_gone_is_an_error_where_it_was_used() -> None:
    """T-D9: each variable of a hundred specs taken away in turn."""
    for number in range(100):
        names, lines = _spec(number)
        whole = f"{HEAD}vars: {{{', '.join(f'{name}: calm' for name in names)}}}\nshots:\n" + "\n".join(lines)
        assert len(bodies(whole)) == 5
        gone = names[number % 5]
        left = ", ".join(f"{name}: calm" for name in names if name != gone)
        findings = found(f"{HEAD}vars: {{{left}}}\nshots:\n" + "\n".join(lines))
        errors = [one for one in findings if one.is_error]
        assert [(one.code, one.message, one.origin.line) for one in errors] == [
            ("KS303", f"'{gone}' is not defined", 4 + names.index(gone))
        ]


def test_a_key_that_is_gone_is_an_error_too() -> None:
    """T-D9: inside a mapping, a list, and an imported name."""
    for source in (
        "{{ look.gone }}",
        "{{ look['gone'] }} x",
        "{{ look.k.gone }}",
        "{{ xs[9] }}",
        "{{ look.gone|upper }}",
    ):
        text = f'{HEAD}vars: {{look: {{k: v}}, xs: [1]}}\nshots:\n  a: "{source}"\n'
        [finding] = [one for one in found(text) if one.is_error]
        assert (finding.code, finding.origin.line) == ("KS304", 4)


def test_a_prompt_that_comes_out_empty_is_an_error() -> None:
    """T-D9: whatever made it so."""
    for source in ("{{ none_ }}", "{% if false %}x{% endif %}", "{{ '' }}", "{{ '  ' }}", "{# x #}"):
        [finding] = [
            one for one in found(f'{HEAD}vars: {{none_: ""}}\nshots:\n  a: "{source}"\n') if one.is_error
        ]
        assert finding.code == "KS310"
