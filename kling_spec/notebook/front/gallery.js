// The gallery: hover to look, press to play with sound; one plays at a time.

const buildGallery = (model, home) => {
  const state = JSON.parse(model.get("state"));
  const records = new Map([...home.querySelectorAll(".record tbody tr")].flatMap((row, place) =>
    [...row.querySelectorAll("td")].slice(1).map((cell, column) => [`${place} ${column}`, cell])));
  let playing = null;
  const halt = () => {
    if (!playing) return;
    playing.video.pause();
    playing.video.muted = true;
    playing = null;
  };
  const cell = (number, row, column) => {
    if (number === null) return make("td", { class: "none", text: "no such variant" });
    const tile = state.tiles[number];
    if (!tile.clip) return make("td", { class: "none", text: tile.facts });
    const film = screen(model, number, records.get(`${row} ${column}`));
    const { video } = film;
    const press = () => {
      const isMine = playing === film && !video.paused;
      halt();
      if (isMine) return;
      playing = film;
      video.muted = false;
      if (video.ended) video.currentTime = 0;
      film.play();
    };
    const enter = () => { if (!playing) film.play(); };
    const leave = () => { if (playing !== film) video.pause(); };
    const box = pressed(film, `${tile.label}; press to play`, { press, enter, leave });
    return make("td", {}, box, make("span", { class: "facts", text: tile.facts }), film.told);
  };
  const body = state.rows.map((row, place) => make("tr", {},
    row.label ? make("th", { scope: "row", text: row.label }) : null,
    ...row.tiles.map((number, column) => cell(number, place, column))));
  const hasSide = state.rows.some((row) => row.label);
  const head = make("tr", {}, hasSide && make("th", { scope: "col", text: state.corner }),
    ...state.columns.map((column) => make("th", { scope: "col", text: column })));
  const node = make("div", { class: "live" },
    make("p", {}, make("b", { text: state.title }), ` ${state.note}`),
    make("table", { class: "gallery" }, make("thead", {}, head), make("tbody", {}, ...body)));
  return { node };
};

export default staged(buildGallery);
