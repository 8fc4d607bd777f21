// A film with its shots below it: as wide as they are long, and pressed to go there.

const TALLEST = 540; // pixels, so that an upright film and its shots are seen together

const buildFilm = (model, home) => {
  const state = JSON.parse(model.get("state"));
  const record = home.querySelector(".record");
  const { video, told, load, play } = screen(model, 0, record.querySelector("figcaption"), "metadata");
  video.setAttribute("aria-label", `film ${state.title}`);
  video.controls = true;
  video.muted = false;
  video.poster = record.querySelector("video").poster;
  video.style.aspectRatio = `${state.width} / ${state.height}`;
  video.style.maxWidth = `${Math.min(720, state.width, (TALLEST * state.width) / state.height)}px`;
  video.addEventListener("play", load);
  video.addEventListener("pointerdown", load);
  video.addEventListener("pointerenter", load);
  video.addEventListener("focus", load);

  const pictures = [...record.querySelectorAll(".strip img")];
  const go = (start) => {
    load();
    const seek = () => { video.currentTime = start; play(); };
    if (video.readyState > 0) seek();
    else video.addEventListener("loadedmetadata", seek, { once: true });
  };
  const shots = state.shots.map((shot) => {
    const said = `${shot.name}, ${clock(shot.start)} to ${clock(shot.start + shot.seconds)}`;
    return button("", () => go(shot.start), { "aria-label": said, title: said });
  });
  shots.forEach((one, place) => {
    const shot = state.shots[place];
    one.style.flex = `${shot.seconds} 1 0`;
    const picture = pictures[place];
    if (picture) {
      const reel = make("span", { class: "reel" });
      reel.style.backgroundImage = `url("${picture.src}")`;
      one.append(reel);
    }
    one.append(make("span", { class: "name", text: shot.name }), make("span", { class: "time", text: clock(shot.start) }));
    one.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) { event.preventDefault(); shots[place + step]?.focus(); }
    });
  });
  const mark = () => {
    const now = video.currentTime + 0.001;
    const current = state.shots.findLastIndex((shot) => shot.start <= now);
    shots.forEach((one, place) => {
      if (place === current && video.readyState) one.setAttribute("aria-current", "true");
      else one.removeAttribute("aria-current");
    });
  };
  for (const event of ["timeupdate", "seeked", "loadedmetadata"]) video.addEventListener(event, mark);
  const caption = make("p", {}, make("b", { text: state.title }), ` ${state.facts}`);
  const strip = make("div", { class: "shots", role: "group", "aria-label": "shots of the film" }, ...shots);
  return { node: make("div", { class: "live film" }, video, strip, caption, told) };
};

export default staged(buildFilm);
