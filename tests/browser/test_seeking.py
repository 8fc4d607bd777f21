"""A long film in a real page: going to a moment of it fetches what stands there, and never the whole."""

from lab import Lab
from long_film import LongFilm, go, playing


def test_going_to_a_minute_of_a_large_film_fetches_parts_of_it_only(lab: Lab) -> None:
    film = LongFilm(lab, "long-film")
    notebook, fetched = film.shown()
    assert film.size > 100_000_000
    assert fetched.statuses == []

    go(notebook, 60)

    assert 60 <= playing(notebook) < 65
    assert notebook.page.locator("[data-kling] .shots [aria-current]").inner_text().startswith("shot 12")
    assert fetched.statuses[-1] == 206
    assert 0 < fetched.size < film.size / 2
    go(notebook, 5)
    assert 5 <= playing(notebook) < 10
    assert fetched.statuses[-1] == 206
    assert fetched.size < film.size
    assert not notebook.complaints
    notebook.close()
