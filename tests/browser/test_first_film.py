"""The shortest way in a real page: a spec, its plan, a rehearsal, a film that plays."""

from lab import Lab

SPEC = """
kling_spec: 1
name: pond
defaults: {resolution: 720p, duration: 3, aspect_ratio: "16:9", sound: true}
shots:
  frog: {prompt: A frog}
  hare: {prompt: A hare}
cuts:
  main: {timeline: [frog, hare]}
"""


def test_a_plan_is_seen_a_run_ends_and_its_film_plays(lab: Lab) -> None:
    (lab.folder / "pond.yaml").write_text(SPEC)
    lab.write(
        "pond.ipynb",
        "import kling_spec as ks\nlaunch = ks.load('pond.yaml', sandbox=True)\nlaunch",
        "run = launch.run()",
        "run.wait()",
        "launch.cut()",
    )
    notebook = lab.open("pond.ipynb")

    notebook.run(0)
    notebook.shot("first-film-plan")
    assert "Cost: 0.672 USD" in notebook.output(0)
    for cell in (1, 2, 3):
        notebook.run(cell)
    notebook.shot("first-film-end")
    assert "Done: 2 tasks sent" in notebook.output(2)
    video = notebook.page.locator("video").last
    video.evaluate("async film => {film.muted = true; await film.play()}")
    notebook.until("() => [...document.querySelectorAll('video')].some(film => film.currentTime > 0.2)")
    assert video.evaluate("film => [film.duration, film.videoWidth]") == [6, 1280]
    assert not notebook.complaints
    notebook.close()
