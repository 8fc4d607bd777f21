"""A campaign from its plan to its film in one notebook, over a restart of the kernel, and paid for once."""

from pathlib import Path

from board_cells import OFTEN, provider
from lab import Lab, Notebook, wait_for

from kling_spec.sandbox import Sandbox

SPEC = """\
kling_spec: 1
name: pond      # a campaign in two formats
matrix: {ratio: ["16:9", "1:1"]}
defaults: {resolution: 720p, duration: 3, aspect_ratio: "{{ ratio }}"}
shots:
  frog:
    prompt: A frog waits   # calm
    takes: 2               # one of them is used
  leap: {next_of: frog, prompt: It leaps}
cuts:
  main: {timeline: [frog, leap]}
"""
BOARD = ".kling-spec-board"


def test_a_campaign_is_planned_confirmed_run_chosen_and_played_over_a_restart(
    lab: Lab, tmp_path: Path
) -> None:
    folder = lab.folder / "studio"
    folder.mkdir()
    (folder / "pond.yaml").write_text(SPEC)
    (folder / "kling-spec.toml").write_text(OFTEN)
    with provider(tmp_path / "server", 2.0) as (server, cell):
        lab.write(
            "studio/studio.ipynb",
            f"{cell}\nimport kling_spec as ks\nlaunch = ks.load('pond.yaml')\nlaunch",
            "run = launch.run()",
            "await run",
            "launch.takes('frog')",
            "launch.cut(ratio='16:9')",
        )
        notebook = lab.open("studio/studio.ipynb")
        page = notebook.page

        plan_and_run(notebook, server)
        assert len(server.book().charges) == 6

        notebook.run(3)
        page.get_by_role("button", name="pick take 2").first.click()
        wait_for(lambda: "pick: 2" in (folder / "pond.yaml").read_text())
        page.wait_for_selector("text=take 2 of 'frog' is picked")
        notebook.shot("studio-4-picked")
        wanted = SPEC.replace("# one of them is used\n", "# one of them is used\n    pick: 2\n")
        assert (folder / "pond.yaml").read_text() == wanted
        charged = len(server.book().charges)

        notebook.save()
        notebook.restart()
        notebook.run(0)
        notebook.run(1)
        page.get_by_role(
            "button", name="Send 2 tasks for 0.756 USD"
        ).click()  # the leaps follow the other take
        notebook.until(f"() => document.querySelector('{BOARD} .line')?.textContent.includes('running')"
                       " || document.body.innerText.includes('Done: 2')")  # fmt: skip
        for number in (2, 3, 4):
            notebook.run(number)
        assert "Done: 2 tasks sent" in notebook.output(1)
        assert len(server.book().charges) == charged + 2

        page.locator("video").last.wait_for()
        page.locator("video").last.scroll_into_view_if_needed()
        page.locator("video").last.evaluate("async film => {film.muted = true; await film.play()}")
        notebook.until("() => [...document.querySelectorAll('video')].some(film => film.currentTime > 0.3)")
        notebook.shot("studio-5-film")
        assert page.locator("video").last.evaluate("film => film.duration") == 6

        notebook.restart()
        for number in range(5):
            notebook.run(number)
        assert len(server.book().charges) == charged + 2
        assert "nothing was sent" in notebook.output(1)
        assert not notebook.complaints
    notebook.close()


def plan_and_run(notebook: Notebook, server: Sandbox) -> None:
    """See the plan, confirm what it costs, and see its rows move."""
    notebook.run(0)
    assert "6 to create; 2 variants, 2 films" in notebook.output(0)
    notebook.shot("studio-1-plan")
    notebook.run(1)
    send = notebook.page.get_by_role("button", name="Send 6 tasks for")
    send.wait_for()
    assert "USD" in send.inner_text()
    assert not server.book().charges
    notebook.shot("studio-2-confirm")
    send.click()
    notebook.until(f"() => document.querySelector('{BOARD}').innerText.includes('running')")
    notebook.until(f"() => document.querySelectorAll('{BOARD} .row.good').length > 0 "
                   "|| document.body.innerText.includes('Done: 6')")  # fmt: skip
    notebook.shot("studio-3-running")
    notebook.run(2)
    notebook.until("() => document.body.innerText.includes('Done: 6 tasks sent')")
