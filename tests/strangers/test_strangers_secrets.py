"""Secrets stay where they are, and no spec decides where anything is sent."""

import json
import random
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from stranger_specs import PROVIDERS, bodies, codes, found, prompt_of

from kling_spec.cli import main
from kling_spec.diagnostics import SpecError, draw
from kling_spec.providers import provider, provider_names, read_profile

SECRETS = {
    name: f"canary-{number}-4f7a1c"
    for number, name in enumerate(
        (
            *("KLING_API_KEY", "KLING_ACCESS_KEY", "KLING_SECRET_KEY", "HIAPI_API_KEY", "RUNWARE_API_KEY"),
            *("APIMODELS_API_KEY", "KLING_SPEC_FILE_STORE_TOKEN", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN"),
            *("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "HF_TOKEN", "DATABASE_URL", "PGPASSWORD", "NPM_TOKEN"),
            *("SSH_AUTH_SOCK_CANARY", "SECRET", "PASSWORD", "TOKEN", "KLING_CALLBACK_TOKEN"),
        )
    )
}
_FORMS = (
    "${{{name}}}", "${name}", "%{name}%", "{{{{ {name} }}}}", "{{{{ env.{name} }}}}", "{{{{ environ['{name}'] }}}}",
    "{{{{ os.environ.{name} }}}}", "{{{{ lookup('env', '{name}') }}}}", "!ENV {name}", "$env:{name}",
    "$({name})",
    "{{{{ self.{name} }}}}", "{{{{ vars['{name}'] }}}}", "{{{{ variant.{name} }}}}",
    "{{% include '/proc/self/environ' %}}",
    "${{{{ secrets.{name} }}}}", "<%= ENV['{name}'] %>", "env:{name}", "@{name}", "{{{{ config.{name} }}}}",
)  # fmt: skip


def test_no_text_of_a_spec_becomes_a_variable_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """T-D11: ten thousand specs that ask for twenty secrets in every way that some tool would answer."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    plain = []
    for form, name in product(_FORMS, SECRETS):
        ask = form.format(name=name)
        texts = [_said(prompt_of(ask)), _said(prompt_of("x {{ said }}", {"said": ask}))]
        assert "canary-" not in "".join(texts)
        plain += [ask] if all(text.startswith("[") for text in texts) else []
    dice = random.Random(11)
    for _ in range(92):  # a hundred mixtures each, of those that are words and nothing else
        asks = ["".join(dice.choices([*plain, " ", "{", "}", "$", "%"], k=4)) for _ in range(100)]
        shots = {f"s{number}": {"prompt": f"x {ask}"} for number, ask in enumerate(asks) if "{{" not in ask}
        said = _said(json.dumps({"kling_spec": 1, "shots": shots}))
        assert "canary-" not in said
    assert len(plain) >= 100


def _said(text: str) -> str:
    """The bodies of a spec, or what is said against it."""
    try:
        return json.dumps(bodies(text, environment=SECRETS))
    except SpecError as error:
        return str(error)


@pytest.mark.parametrize("command", [["check"], ["compile"], ["plan", "--format", "json"]])
def test_no_secret_is_printed(
    command: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """T-D11, T-D19: neither in what is found, nor in payloads, nor in plans."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KLING_SPEC_STATE", str(tmp_path / "state"))
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    for number, form in enumerate(_FORMS):
        spec = tmp_path / f"s{number}.yaml"
        spec.write_text(prompt_of(form.format(name="KLING_API_KEY")))
        main([*command, str(spec)])

    printed = capsys.readouterr()
    assert "canary-" not in printed.out + printed.err
    assert not any(
        "canary-" in path.read_text(errors="replace") for path in tmp_path.rglob("*") if path.is_file()
    )


ENDPOINTS = (
    *("callback_url", "callbackUrl", "callback", "webhookURL", "webhook_url", "webhook", "uploadEndpoint"),
    *(
        "upload_endpoint",
        "base_url",
        "endpoint",
        "notify_url",
        "notifyUrl",
        "storage",
        "route",
        "url",
        "hook",
    ),
    *("external_task_id", "taskUUID", "numberResults", "api_key", "Authorization", "headers"),
)
_HOST = "https://evil.example/take"


def _depths(key: str, name: str) -> Iterator[dict[str, Any]]:
    """The key by itself, and inside of everything that the provider documents as an option."""
    yield {key: _HOST}
    yield {key: {"url": _HOST}}
    yield {key: [{"url": _HOST}]}
    for option, about in read_profile(name).options.items():
        yield {option: {key: _HOST}}
        yield {option: [{key: _HOST}]}
        yield {option: {field: {key: _HOST} for field in about.fields} or {"x": {key: _HOST}}}


def test_no_spec_says_where_anything_is_sent() -> None:
    """T-D13: every such key, for every provider, at any depth: refused, and in no body."""
    tried = 0
    for name, key in product(PROVIDERS, ENDPOINTS):
        for number, options in enumerate(_depths(key, name)):
            own = {"provider_options": {name: options}}
            spec: dict[str, Any] = {"kling_spec": 1, "shots": {"a": {"prompt": "x"}}}
            spec |= {"defaults": own} if number % 2 else {"shots": {"a": {"prompt": "x"} | own}}
            tried += 1
            assert codes(json.dumps(spec), provider=name) & {"KS405", "KS204"}, (name, options)
    assert tried > 600


def test_an_option_that_a_template_makes_is_looked_at_as_well() -> None:
    """T-D13: keys are never templates, and values are checked as they come out."""
    for name in PROVIDERS:
        for key in ("callback_url", "webhookURL", "{{ 'callback' ~ '_url' }}", "{{ k }}"):
            spec = {
                "kling_spec": 1,
                "vars": {"k": "callback_url", "v": {"callback_url": _HOST}},
                "shots": {"a": {"prompt": "x", "provider_options": {name: {key: _HOST}}}},
            }
            assert codes(json.dumps(spec), provider=name) & {"KS405"}
        whole = json.dumps({"kling_spec": 1, "vars": {"v": {"callback_url": _HOST}}, "shots": {
            "a": {"prompt": "x", "provider_options": {name: "{{ v }}"}}}})  # fmt: skip
        assert codes(whole, provider=name) & {"KS204", "KS405"}


@pytest.mark.parametrize(
    "key",
    [
        "base_url",
        "callback_url",
        "endpoint",
        "webhook",
        "state",
        "output",
        "ffmpeg",
        "providers",
        "file_store",
        "api_key",
    ],
)
def test_the_language_has_no_key_for_settings(key: str) -> None:
    """T-D13: neither at the top nor in a shot, a cut or an asset."""
    parts = {
        "top": {key: _HOST},
        "shot": {"shots": {"a": {"prompt": "x", key: _HOST}}},
        "cut": {"cuts": {"m": {"timeline": ["a"], key: _HOST}}}
        if key != "output"
        else {"cuts": {"m": {key: "x"}}},
        "asset": {"assets": {"i": {"image": "https://cdn.example.com/x.png", key: _HOST}}},
    }
    for part in parts.values():
        spec = {"kling_spec": 1, "shots": {"a": {"prompt": "x"}}} | part
        assert codes(json.dumps(spec)) & {"KS201", "KS202", "KS204", "KS314"}


def test_keys_are_held_by_no_object_that_shows_them() -> None:
    """T-D19: settings carry the environment, and never print it."""
    from stranger_specs import checked

    session = checked(prompt_of("a fox"), environment=SECRETS)

    for shown in (repr(session.settings), repr(session.project), repr(session), str(session.settings)):
        assert "canary-" not in shown
    for finding in found(prompt_of("{{ gone }}"), environment=SECRETS):
        assert "canary-" not in repr(finding) + draw([finding], lambda _: [])
    assert all(provider(name).credentials for name in provider_names())
