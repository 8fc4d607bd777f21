"""Prompts that would run, be set as a formula or fill the page are shown as the words that they are."""

import json

from lab import Lab, wait_for

PROMPTS = (
    "<img src=x onerror=window.hit=1> frog",
    "</script><script>window.hit=1</script> hare",
    "an owl for $x$ and $y$, or \\(z\\)",
    "word " * 400,
)
SPEC = f"""\
kling_spec: 1
name: pond
defaults: {{resolution: 720p, duration: 3, aspect_ratio: "1:1"}}
shots: {json.dumps({f"shot_{number}": prompt for number, prompt in enumerate(PROMPTS)})}
"""
CELLS = (
    "import kling_spec as ks\nlaunch = ks.load('prompts.yaml')\nlaunch",
    "run = launch.run()",
    *(f"launch.explore('shot_{number}')" for number in range(len(PROMPTS))),
    "launch.takes('shot_0')",
    "launch.compile()",
)
FORMULA = "from IPython.display import HTML\nHTML('a formula: <b>$x^2$</b>')"
"""Shows that formulas are set here, where there is one."""
FORMULAS = """() => window.jupyterapp.shell.currentWidget.content.widgets.map(
    cell => cell.outputArea.node.querySelectorAll('mjx-container, .MathJax').length)"""
ROWS = "[...document.querySelectorAll('.kling-spec-board .body .row')]"


def test_hostile_prompts_are_words_in_every_view(lab: Lab) -> None:
    (lab.folder / "prompts.yaml").write_text(SPEC)
    lab.write("prompts.ipynb", *CELLS, FORMULA)
    notebook = lab.open("prompts.ipynb")

    for number in range(len(CELLS)):
        notebook.run(number)
        if number == 1:
            notebook.until(f"() => {ROWS}.length === {len(PROMPTS)}")
            assert set(notebook.page.evaluate(f"{ROWS}.map(row => row.offsetHeight)")) == {40}
        if "explore" in CELLS[number]:
            prompt = PROMPTS[number - 2].strip()
            wait_for(lambda number=number, prompt=prompt: prompt in notebook.output(number))
    notebook.run(len(CELLS))
    notebook.until("() => document.querySelector('mjx-container, .MathJax')")
    notebook.shot("prompts")

    assert notebook.page.evaluate(FORMULAS) == [0] * len(CELLS) + [1]
    assert notebook.page.evaluate("() => window.hit") is None
    assert notebook.page.locator("img[src='x']").count() == 0
    assert not notebook.complaints
    notebook.close()
