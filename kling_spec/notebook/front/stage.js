// What players have in common. A saved notebook holds a plain record; where its model is alive, the record
// becomes a player. Text is only ever set as text.

// Keys pressed in what is made here are not shortcuts of the notebook, which looks at the element itself first.
const make = (tag, more = {}, ...kids) => {
  const node = document.createElement(tag);
  node.dataset.lmSuppressShortcuts = "true";
  for (const [name, value] of Object.entries(more)) {
    if (name === "text") node.textContent = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...kids.filter(Boolean));
  return node;
};

const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const clock = (seconds) => `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(1).padStart(4, "0")}`;
const playable = (link) => ["http:", "https:", "file:"].includes(link?.protocol);

// A film that is loaded when it is first wanted: from its address, or from the kernel where there is none.
const screen = (model, number, record, ahead = "auto") => {
  const link = record?.querySelector("a");
  const video = make("video", { preload: "none", playsinline: true, poster: record?.querySelector("img")?.src });
  const told = make("p", { class: "told", role: "status" });
  video.muted = true;
  let hasAsked = false;
  const ask = () => {
    if (hasAsked) return;
    hasAsked = true;
    model.send({ op: "bytes", tile: number });
  };
  const load = () => {
    if (video.src) return;
    video.preload = ahead;
    if (playable(link)) video.src = link.href;
    else ask();
  };
  video.addEventListener("error", ask);
  const hear = (message, buffers) => {
    if (message.tile !== number) return;
    if (message.op === "bytes") video.src = URL.createObjectURL(new Blob([buffers[0]], { type: "video/mp4" }));
    if (message.op === "none") told.textContent = message.why;
  };
  model.on("msg:custom", hear);
  const play = () => { load(); return video.play().catch(() => {}); };
  return { video, told, load, play };
};

// A film that is pressed like a button, and looked at by hovering.
const pressed = ({ video }, label, { press, enter, leave }) => {
  const box = make("div", { class: "screen", role: "button", tabindex: "0", "aria-label": label }, video);
  box.addEventListener("pointerenter", () => { if (!isCalm()) enter(); });
  box.addEventListener("pointerleave", leave);
  box.addEventListener("click", press);
  box.addEventListener("keydown", (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    press();
  });
  return box;
};

// Asks the kernel for something, and says what came of it; a kernel that is gone or busy does not answer.
const asker = (model) => {
  const told = make("p", { class: "told", role: "status", "aria-live": "polite" });
  let count = 0, waiting = null;
  model.on("msg:custom", (message) => {
    if (message.op !== "done" || message.id !== waiting) return;
    waiting = null;
    told.className = message.wrong ? "told wrong" : "told";
    told.textContent = message.wrong || message.told;
  });
  const ask = (content) => {
    const id = `${Date.now()}-${++count}`;
    waiting = id;
    told.className = "told";
    told.textContent = "asked …";
    model.send({ ...content, id });
    setTimeout(() => {
      if (waiting === id) told.textContent = "the kernel is busy or gone; it is done when the kernel is free";
    }, 3000);
  };
  return { told, ask };
};

const button = (text, act, more = {}) => make("button", { type: "button", text, onclick: act, ...more });

// Puts a player into every record of this model, also into those that come later: a page that is loaded
// again, a record that is written anew. A player that is there already moves in and goes on.
const staged = (build) => () => ({
  initialize({ model }) {
    let live = null, isDue = false;
    const settle = (home) => {
      home.dataset.live = "yes";
      try {
        if (!live || live.node.isConnected) live = build(model, home);
        else live.move?.(home);
        if (!home.querySelector("style.look")) home.append(make("style", { class: "look", text: LOOK }));
        home.append(live.node);
        home.querySelector(".record").hidden = true;
        live.settled?.();
      } catch (error) {
        home.querySelector(".record").hidden = false;
        home.append(make("p", { class: "told wrong", text: `This cannot be shown live: ${error.message}` }));
      }
    };
    const look = () => {
      isDue = false;
      document.querySelectorAll(`[data-kling="${model.get("key")}"]:not([data-live])`).forEach(settle);
    };
    const watcher = new MutationObserver(() => {
      if (isDue) return;
      isDue = true;
      requestAnimationFrame(look);
    });
    watcher.observe(document.body, { childList: true, subtree: true });
    look();
    return () => watcher.disconnect();
  },
});
