"""A task that was given up: decided, never sent by itself, and shown as what it is."""

import json
from pathlib import Path

SPEC = """
kling_spec: 1
name: foxes
provider: apimodels
defaults: {resolution: 720p, aspect_ratio: "16:9", duration: 3}
shots:
  fox: {prompt: A fox runs}
"""


def test_a_task_that_was_given_up_is_planned_as_that_until_a_person_lets_it_be_sent(cli):
    Path("spec.yaml").write_text(SPEC, encoding="utf-8")
    run = ("run", "spec.yaml", "--sandbox", "--format", "jsonl")
    plan = ("plan", "spec.yaml", "--sandbox", "--detailed-exitcode")

    assert cli(*run, "--fault", "lost-reply").code == 5
    saved = cli(*plan, "--out", "saved.json")
    assert (saved.code, "1 unknown" in saved.out) == (2, True)
    decided = cli("ledger", "abandon", "-/fox", "--sandbox")
    assert "given up; no run sends it or waits for it" in decided.err

    shown, told = cli(*plan), cli(*plan, "--format", "json")
    assert shown.code == told.code == 0, "there is nothing that a run would do"
    assert "Nothing to send: 0 clips of 1 variant there, 1 task was given up." in shown.out
    assert "given up by a decision: never sent again by itself" in " ".join(shown.out.split())
    (row,) = told.json["tasks"]
    assert (row["action"], row["given_up"], row["cost"]["amount"]) == ("unknown", True, "0.00")
    assert cli(*run, "--plan", "saved.json").code == 1, "a decision changes the plan"
    ended = cli(*run)
    assert (ended.code, [event["event"] for event in ended.lines]) == (4, ["failed", "film"])

    assert "pays for it" in cli("ledger", "resubmit", "-/fox", "--sandbox").err
    again = cli(*plan, "--format", "json").json["tasks"][0]
    assert (again["action"], again["given_up"]) == ("create", False)
    assert cli(*run).code == 0
    charges = [
        json.loads(line) for line in Path(".kling-spec/sandbox/server/jobs.jsonl").read_text().splitlines()
    ]
    assert len(charges) == 2
