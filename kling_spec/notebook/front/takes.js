// The light table: takes side by side, one bar for all of them, stars, and a pick.

const SLACK = 0.08;

const stars = (take, rate) => {
  const group = make("span", { class: "stars", role: "group", "aria-label": `rating of ${take.label}` });
  const buttons = [1, 2, 3, 4, 5].map((number) => button("", () => rate(number === take.stars ? 0 : number), {
    "aria-label": `${number} of 5`,
  }));
  group.append(...buttons);
  const show = (given) => buttons.forEach((one, place) => {
    one.textContent = place < given ? "★" : "☆";
    one.setAttribute("aria-pressed", String(place + 1 === given));
  });
  return { group, show };
};

const buildTakes = (model, home) => {
  const state = () => JSON.parse(model.get("state"));
  const { told, ask } = asker(model);
  const records = () => home.querySelectorAll(".record figure");
  let moment = 0, isPlaying = false, timer = 0, sounding = -1;

  const tiles = state().tiles.map((take, number) => {
    const shown = screen(model, number, records()[number]);
    const { video } = shown;
    const rating = stars(take, (given) => ask({ op: "rate", tile: number, stars: given }));
    const pick = button("Pick", () => ask({ op: "pick", take: take.take }));
    const facts = make("span", { class: "facts", text: take.facts });
    const preview = () => { if (!isPlaying) shown.play(); };
    const leave = () => { if (!isPlaying) { video.pause(); if (video.src) video.currentTime = moment; } };
    const press = () => (isPlaying ? pause() : video.paused ? preview() : leave());
    const box = pressed(shown, `${take.label}; press to preview`, { press, enter: preview, leave });
    box.addEventListener("blur", leave);
    const node = make("figure", { "aria-label": take.label },
      take.clip ? box : make("div", { class: "nothing", text: take.facts }),
      make("figcaption", {}, make("b", { text: take.label }), take.clip && facts),
      make("div", { class: "does" }, pick, take.clip && rating.group), shown.told);
    video.addEventListener("loadedmetadata", () => { video.currentTime = moment; stretch(); });
    return { ...shown, take, node, pick, rating };
  });
  const films = tiles.filter((tile) => tile.take.clip);

  const longest = () => Math.max(0.1, ...films.map(({ video, take }) => video.duration || take.seconds || 0));
  const bar = make("input", { type: "range", min: 0, max: longest(), step: 0.01, value: 0, "aria-label": "time" });
  const time = make("span", { class: "time" });
  const go = button("", () => (isPlaying ? pause() : start()));
  const sound = make("select", { "aria-label": "sound of", onchange: () => hush(Number(sound.value)) },
    make("option", { value: -1, text: "no sound" }),
    ...films.map((tile, place) => make("option", { value: place, text: `sound of ${tile.take.label}` })));
  const hush = (place) => { sounding = place; films.forEach(({ video }, at) => { video.muted = at !== place; }); };
  const stretch = () => { bar.max = longest(); show(); };
  const show = () => {
    bar.value = moment;
    time.textContent = `${clock(moment)} of ${clock(longest())}`;
    bar.setAttribute("aria-valuetext", time.textContent);
    go.textContent = isPlaying ? "❚❚ Pause" : "▶ Play together";
  };
  const seek = (to) => {
    moment = to;
    films.forEach(({ video, load }) => { load(); if (video.readyState) video.currentTime = Math.min(to, video.duration); });
    show();
  };
  const pause = () => { isPlaying = false; clearInterval(timer); films.forEach(({ video }) => video.pause()); show(); };
  const beat = () => {
    const leader = films.map(({ video }) => video).filter((video) => !video.ended && video.readyState > 2)
      .sort((one, other) => other.duration - one.duration)[0];
    if (!leader) {
      if (films.every(({ video }) => video.ended)) { pause(); moment = longest(); show(); }
      return;
    }
    moment = leader.currentTime;
    for (const { video } of films) {
      if (video === leader || video.ended || video.readyState < 2 || moment >= video.duration) continue;
      if (Math.abs(video.currentTime - moment) > SLACK) video.currentTime = moment;
      if (video.paused) video.play().catch(() => {});
    }
    show();
  };
  const ready = (video) => new Promise((resolve) => {
    if (video.readyState > 2) { resolve(); return; }
    video.addEventListener("canplay", resolve, { once: true });
    setTimeout(resolve, 4000);
  });
  const start = async () => {
    isPlaying = true;
    show();
    if (moment >= longest() - 0.05) moment = 0;
    films.forEach(({ load }) => load());
    await Promise.all(films.map(({ video }) => ready(video)));
    if (!isPlaying) return;
    films.forEach(({ video, play }) => { video.currentTime = Math.min(moment, video.duration || 0); play(); });
    timer = setInterval(beat, 100);
  };
  bar.addEventListener("input", () => { if (isPlaying) pause(); seek(Number(bar.value)); });

  const note = make("span");
  const refresh = () => {
    const now = state();
    note.textContent = ` ${now.note}`;
    tiles.forEach((tile, number) => {
      const take = Object.assign(tile.take, now.tiles[number]);
      const isPicked = now.picked === take.take;
      tile.node.classList.toggle("picked", isPicked);
      tile.pick.textContent = isPicked ? "✓ picked" : "Pick";
      tile.pick.setAttribute("aria-pressed", String(isPicked));
      tile.pick.setAttribute("aria-label", `pick ${take.label}`);
      tile.pick.disabled = !now.can_pick;
      tile.rating.show(take.stars);
    });
  };
  model.on("change:state", refresh);
  refresh();
  show();

  const rows = state().rows.map((row) => make("section", { "aria-label": row.label || "takes" },
    row.label && make("h4", { text: row.label }),
    make("div", { class: "tiles" }, ...row.tiles.map((number) => tiles[number].node))));
  const node = make("div", { class: "live", role: "group", "aria-label": state().title },
    make("p", {}, make("b", { text: state().title }), note), ...rows,
    films.length ? make("div", { class: "bar" }, go, bar, time, sound) : null, told);
  const move = (other) => { home = other; };
  const settled = () => { hush(sounding); if (isPlaying) films.forEach(({ video, play }) => { if (!video.ended) play(); }); };
  return { node, move, settled };
};

export default staged(buildTakes);
