// The live board of a run. The kernel sends all rows once and then what moved; sorting, filtering,
// scrolling and the progress of jobs happen here. Text is only ever set as text.

const HEIGHT = 40, VISIBLE = 12, BEYOND = 6, SILENCE = 8, WORDY = 10;
const WORKING = new Set(["accepted", "running", "submitted"]);
const COLUMNS = [["task", "task"], ["state", "state"], ["asks", "asks for"], ["price", "price"], ["cost", "cost"]];

// Keys pressed in what is made here are not shortcuts of the notebook, which looks at the element itself first.
const make = (tag, look, text, more = {}) => {
  const node = document.createElement(tag);
  node.dataset.lmSuppressShortcuts = "true";
  if (look) node.className = look;
  if (text !== undefined) node.textContent = text;
  for (const [name, value] of Object.entries(more)) node.setAttribute(name, value);
  return node;
};

const put = (node, text) => { if (node.textContent !== text) node.textContent = text; };

const button = (text, act, look = "") => {
  const node = make("button", look, text, { type: "button" });
  node.addEventListener("click", (event) => { event.stopPropagation(); act(node); });
  return node;
};

const crc = (bytes) => {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (0xedb88320 & -(sum & 1));
  }
  return (sum ^ ~0) >>> 0;
};

// What is known of the run in this page, whatever shows it.
class Rows {
  constructor() { Object.assign(this, { seq: 0, size: 0, head: null, heard: 0, version: 0, thumbs: new Map() }); }

  fill(message) {
    const { rows, words } = message;
    this.states = message.states;
    this.signs = message.signs;
    this.done = new Set(message.done);
    this.trouble = new Set(message.trouble);
    this.tasks = message.tasks;
    [this.asks, this.price, this.cost] = [0, 1, 2].map((place) => rows.map((row) => words[row[place]]));
    this.usual = message.model.map((model) => message.usual[model]);
    this.size = this.tasks.length;
    this.state = new Uint8Array(this.size);
    this.since = new Array(this.size).fill(null);
    this.told = new Array(this.size).fill("");
    this.clip = new Uint8Array(this.size);
    this.zero = Date.now() / 1000 - message.now;
    this.move({ ...message, numbers: null });
    this.head = message.head;
  }

  move(message) {
    const { numbers, state, since, told, clip } = message;
    const at = (place) => (numbers ? numbers[place] : place);
    state.forEach((value, place) => {
      const row = at(place);
      this.state[row] = value;
      this.since[row] = since[place];
      this.told[row] = told[place] ?? "";
    });
    for (const place of clip) this.clip[at(place)] = 1;
    this.seq = message.seq;
    this.version += 1;
  }

  word(row) { return this.states[this.state[row]]; }

  sign(row) { return this.signs[this.state[row]]; }

  isTrouble(row) { return this.trouble.has(this.state[row]); }

  isDone(row) { return this.done.has(this.state[row]); }

  // How far a job is by the usual time, which it never quite reaches before it is done; null where it does not run.
  part(row) {
    if (this.since[row] === null || !WORKING.has(this.word(row))) return null;
    return Math.min(0.97, this.seconds(row) / this.usual[row]);
  }

  seconds(row) { return Math.max(0, Date.now() / 1000 - this.zero - this.since[row]); }

  group(row) {
    if (this.isTrouble(row)) return "trouble";
    if (this.isDone(row)) return "done";
    return this.since[row] !== null || WORKING.has(this.word(row)) || this.word(row) === "succeeded" ? "under way" : "to come";
  }
}

// Speaks with the kernel: notices what was lost, and asks for all of it then.
class Wire {
  constructor(model, rows) {
    Object.assign(this, { model, rows, views: new Set(), asked: 0, next: 1, open: new Map() });
    model.on("msg:custom", (message, buffers) => this.hear(message, buffers));
    this.hello();
  }

  hello() {
    if (Date.now() - this.asked < 2000) return;
    this.asked = Date.now();
    this.model.send({ type: "hello", have: this.rows.seq });
  }

  hear(message, buffers) {
    const { rows } = this;
    rows.heard = Date.now();
    if (message.type === "snapshot") {
      this.asked = 0;
      rows.fill(message);
    } else if (!rows.size) {
      this.hello();
      return;
    } else if (message.type === "changes") {
      if (message.seq !== rows.seq + 1) { this.hello(); return; }
      rows.move(message);
    } else if (message.type === "beat") {
      if (message.seq !== rows.seq || message.hash !== crc(rows.state)) this.hello();
    } else if (message.type === "head") {
      rows.head = message;
    } else if (message.type === "thumbs") {
      message.rows.forEach((row, place) => this.keep(row, buffers[place]));
    } else if (message.type === "done") {
      this.open.get(message.id)?.(message);
      this.open.delete(message.id);
    }
    for (const view of this.views) view.see(message, buffers);
  }

  keep(row, bytes) {
    const { thumbs } = this.rows;
    if (thumbs.get(row)) URL.revokeObjectURL(thumbs.get(row));
    thumbs.set(row, URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" })));
  }

  want(numbers) {
    const missing = numbers.filter((row) => this.rows.clip[row] && !this.rows.thumbs.has(row));
    for (const row of missing) this.rows.thumbs.set(row, "");
    if (missing.length) this.model.send({ type: "thumbs", rows: missing });
  }

  // Ask for something; `then` hears what came of it, and `late` that the kernel has no time now.
  act(does, rows, then, late, more = {}) {
    const id = this.next++;
    this.open.set(id, then);
    this.model.send({ type: "act", id, does, rows, ...more });
    setTimeout(() => { if (this.open.has(id)) late(); }, 1000);
  }

  play(row) { this.model.send({ type: "clip", row }); }
}

class View {
  constructor(wire, place) {
    Object.assign(this, { wire, rows: wire.rows, place, shown: [], lines: new Map(), picked: new Set() });
    Object.assign(this, { at: 0, order: null, down: false, seen: -1, said: 0, saying: "", film: "", open: null });
    this.build();
    this.draw();
    this.timer = setInterval(() => this.tick(), 1000);
  }

  // -- its parts --

  build() {
    const { place } = this;
    place.classList.add("kling-spec-board");
    this.title = make("strong");
    this.heading = make("span", "dim");
    this.line = make("div", "line");
    this.bar = make("progress", "", undefined, { max: "1", value: "0", "aria-label": "clips that are there" });
    this.main = button("", () => this.press(), "main");
    this.again = button("Try again …", () => this.ask("retry", [...this.picked]));
    this.back = button("Take back", () => this.ask("cancel", [...this.picked]));
    this.note = make("span", "note", "", { role: "status" });
    this.find = make("input", "", undefined, { type: "search", placeholder: "find a task", "aria-label": "find a task" });
    this.find.addEventListener("input", () => this.arrange());
    this.only = make("select", "", undefined, { "aria-label": "which tasks are shown" });
    for (const name of ["all", "trouble", "under way", "to come", "done"]) this.only.append(new Option(name, name));
    this.only.addEventListener("change", () => this.arrange());
    this.banner = make("div", "banner", "", { role: "alert" });
    this.banner.hidden = true;
    this.dialog = make("div", "dialog", undefined, { role: "alertdialog", "aria-label": "please confirm" });
    this.dialog.hidden = true;
    this.grid = make("div", "grid", undefined, { role: "grid", "aria-label": "tasks of the run", "aria-multiselectable": "true" });
    this.heads = make("div", "row heads", undefined, { role: "row" });
    this.heads.append(make("span", "", "clip", { role: "columnheader" }));
    for (const [name, text] of COLUMNS) {
      const head = make("span", name, undefined, { role: "columnheader", "aria-sort": "none" });
      head.append(button(text, () => this.sort(name, head)));
      this.heads.append(head);
    }
    this.space = make("div", "space", undefined, { role: "presentation" });
    this.body = make("div", "body", undefined, { role: "rowgroup" });
    this.body.append(this.space);
    this.body.addEventListener("scroll", () => this.paint());
    this.space.addEventListener("keydown", (event) => this.key(event));
    this.space.addEventListener("click", (event) => this.click(event));
    this.grid.append(this.heads, this.body);
    this.detail = make("div", "detail", undefined, { role: "region", "aria-label": "one task" });
    this.detail.hidden = true;
    this.films = make("div", "films");
    const top = make("div", "top");
    top.append(this.title, this.heading);
    const tools = make("div", "tools");
    tools.append(this.main, this.again, this.back, this.note, this.only, this.find);
    place.replaceChildren(top, this.line, this.bar, this.banner, tools, this.dialog, this.grid, this.detail, this.films);
    place.append(this.live = make("div", "unseen", "", { "aria-live": "polite" }));
  }

  // -- what it hears --

  see(message, buffers) {
    if (message.type === "clip") this.show(message.row, buffers[0]);
    if (message.type === "beat") this.watch();
    else if (message.type === "thumbs") this.paint();
    else this.draw(message.type === "snapshot");
  }

  tick() {
    this.watch();
    this.paint();
    if (this.saying !== this.line.textContent && Date.now() - this.said > WORDY * 1000) {
      this.said = Date.now();
      this.live.textContent = this.saying = this.line.textContent;
    }
  }

  watch() {
    const { heard } = this.rows;
    const lost = heard > 0 && Date.now() - heard > SILENCE * 1000;
    const words = "The kernel is not connected. Jobs that are paid for may still be running: run the cell again to follow them.";
    if (lost === this.banner.hidden) {
      this.banner.hidden = !lost;
      this.banner.textContent = lost ? words : "";
    }
  }

  // -- how it looks --

  draw(isNew = false) {
    const { rows } = this, { head } = rows;
    if (!head) { put(this.line, "waiting for the kernel …"); this.bar.hidden = this.grid.hidden = true; return; }
    this.grid.hidden = false;
    put(this.title, head.spec);
    put(this.heading, ` ${head.heading}`);
    put(this.line, [head.problem, ...(head.answer.length ? head.answer : [head.line])].filter(Boolean).join("\n"));
    let done = 0;
    for (let row = 0; row < rows.size; row++) done += rows.isDone(row);
    this.bar.hidden = head.phase === "asking";
    this.bar.value = rows.size ? done / rows.size : 0;
    this.offer(head);
    if (this.film !== head.films.join("\n")) {
      this.film = head.films.join("\n");
      this.films.replaceChildren(...head.films.map((text) => make("div", "", text)));
    }
    if (this.seen !== rows.version || isNew) {
      this.seen = rows.version;
      const moves = this.only.value !== "all" || this.order === "state";
      if (isNew || moves || this.shown.length === 0) this.arrange();
      else this.paint();
      if (this.open !== null && !this.detail.contains(document.activeElement)) this.tell(this.open);
    }
  }

  offer(head) {
    const open = this.everyAgain().length;
    const texts = { asking: head.offer, running: "Stop", stopping: "Stopping …", done: open ? `Try ${open} again …` : "" };
    const text = texts[head.phase];
    if (this.main.dataset.busy !== head.phase) { put(this.main, text); this.main.disabled = head.phase === "stopping"; }
    this.main.hidden = !text;
    this.main.classList.toggle("paid", head.phase === "asking");
    this.again.hidden = head.phase !== "done" || ![...this.picked].some((row) => this.isAgain(row));
    this.back.hidden = head.phase !== "running" || ![...this.picked].some((row) => this.rows.word(row) === "create");
  }

  isAgain(row) { return this.rows.isTrouble(row) || ["taken back", "create", "waiting"].includes(this.rows.word(row)); }

  everyAgain() {
    const found = [];
    for (let row = 0; row < this.rows.size; row++) if (this.isAgain(row)) found.push(row);
    return found;
  }

  arrange() {
    const { rows } = this, wanted = this.find.value.trim().toLowerCase(), group = this.only.value;
    const shown = [];
    for (let row = 0; row < rows.size; row++) {
      if (group !== "all" && rows.group(row) !== group) continue;
      if (wanted && !`${rows.tasks[row]} ${rows.word(row)} ${rows.told[row]}`.toLowerCase().includes(wanted)) continue;
      shown.push(row);
    }
    const { order } = this;
    if (order) {
      const value = { task: (row) => rows.tasks[row], state: (row) => rows.word(row), asks: (row) => rows.asks[row],
        price: (row) => rows.price[row], cost: (row) => parseFloat(rows.cost[row]) || 0 }[order];
      const sign = this.down ? -1 : 1;
      shown.sort((one, other) => (value(one) < value(other) ? -sign : value(one) > value(other) ? sign : one - other));
    }
    this.shown = shown;
    this.at = Math.min(this.at, Math.max(0, shown.length - 1));
    this.grid.setAttribute("aria-rowcount", String(shown.length + 1));
    this.space.style.height = `${shown.length * HEIGHT}px`;
    this.body.style.height = `${Math.min(shown.length, VISIBLE) * HEIGHT + 2}px`;
    this.paint();
  }

  paint() {
    const { shown, lines, body } = this;
    const first = Math.max(0, Math.floor(body.scrollTop / HEIGHT) - BEYOND);
    const last = Math.min(shown.length, first + VISIBLE + 2 * BEYOND);
    const wanted = new Set(shown.slice(first, last));
    for (const [row, line] of lines) if (!wanted.has(row)) { line.remove(); lines.delete(row); }
    for (let place = first; place < last; place++) this.paintRow(shown[place], place);
    this.wire.want([...wanted]);
  }

  paintRow(row, place) {
    const { rows } = this;
    let line = this.lines.get(row);
    if (!line) {
      line = this.newLine(row);
      this.lines.set(row, line);
      this.space.append(line);
    }
    const word = rows.word(row), part = rows.part(row);
    line.style.transform = `translateY(${place * HEIGHT}px)`;
    line.setAttribute("aria-rowindex", String(place + 2));
    line.setAttribute("aria-selected", String(this.picked.has(row)));
    line.tabIndex = place === this.at ? 0 : -1;
    line.classList.toggle("trouble", rows.isTrouble(row));
    line.classList.toggle("good", rows.isDone(row));
    const { glyph, state, told, job, picture } = line.parts;
    put(glyph, rows.sign(row));
    put(state, part === null ? word : `${word} ${Math.floor(rows.seconds(row))} s`);
    put(told, rows.isTrouble(row) || word === "waiting" ? rows.told[row] : "");
    job.hidden = part === null;
    job.value = part ?? 0;
    const address = rows.thumbs.get(row) ?? "";
    if (address && picture.src !== address) picture.src = address;
    picture.hidden = !address;
  }

  newLine(row) {
    const { rows } = this;
    const line = make("div", "row", undefined, { role: "row" });
    line.row = row;
    const cell = (look, ...inside) => {
      const one = make("span", look, undefined, { role: "gridcell" });
      one.append(...inside);
      return one;
    };
    const picture = make("img", "", undefined, { alt: "" });
    const parts = { picture, glyph: make("span", "glyph", "", { "aria-hidden": "true" }), state: make("span"),
      told: make("span", "told"), job: make("progress", "", undefined, { max: "1", value: "0", "aria-label": "by the usual time" }) };
    line.parts = parts;
    line.append(
      cell("picture", picture), cell("task", rows.tasks[row]), cell("state", parts.glyph, parts.state, parts.told, parts.job),
      cell("asks", rows.asks[row]), cell("price dim", rows.price[row]), cell("cost", rows.cost[row]));
    return line;
  }

  // -- what a person does --

  sort(name, head) {
    const next = this.order !== name ? [name, false] : this.down ? [null, false] : [name, true];
    [this.order, this.down] = next;
    for (const other of this.heads.children) if (other.hasAttribute("aria-sort")) other.setAttribute("aria-sort", "none");
    if (this.order) head.setAttribute("aria-sort", this.down ? "descending" : "ascending");
    this.arrange();
  }

  key(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: VISIBLE, PageUp: -VISIBLE, Home: -Infinity, End: Infinity };
    if (event.key in steps) {
      event.preventDefault();
      this.go(Math.max(0, Math.min(this.shown.length - 1, this.at + steps[event.key])));
    } else if (event.key === " ") {
      event.preventDefault();
      this.pick(this.shown[this.at], true);
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.tell(this.shown[this.at]);
      this.detail.querySelector("button")?.focus();
    }
  }

  go(place) {
    this.at = place;
    const top = place * HEIGHT, { body } = this, high = body.clientHeight;
    if (top < body.scrollTop) body.scrollTop = top;
    else if (top + HEIGHT > body.scrollTop + high) body.scrollTop = top + HEIGHT - high;
    this.paint();
    this.lines.get(this.shown[place])?.focus({ preventScroll: true });
  }

  click(event) {
    const line = event.target.closest(".row");
    if (!line) return;
    const place = this.shown.indexOf(line.row);
    if (event.shiftKey) {
      const [from, to] = [Math.min(this.at, place), Math.max(this.at, place)];
      for (const row of this.shown.slice(from, to + 1)) this.picked.add(row);
      this.picked.add(line.row);
    } else this.pick(line.row, event.ctrlKey || event.metaKey);
    this.at = place;
    this.tell(line.row);
    this.paint();
    this.offer(this.rows.head);
  }

  pick(row, several) {
    const was = this.picked.has(row);
    if (!several) this.picked.clear();
    if (several && was) this.picked.delete(row);
    else this.picked.add(row);
    this.paint();
    this.offer(this.rows.head);
  }

  // Show all that is known of a task, and what can be done about it.
  tell(row) {
    const { rows, detail } = this, word = rows.word(row), { phase } = rows.head;
    if (this.open !== row) { this.open = row; this.player = null; }
    const what = make("div", "what");
    what.append(make("strong", "", rows.tasks[row]), ` ${rows.sign(row)} ${word} · ${rows.asks[row]} · ${rows.cost[row]} · ${rows.price[row]}`);
    const does = make("div", "does");
    const add = (text, act) => does.append(button(text, act));
    if (rows.clip[row] && !this.player) add("Play", (node) => { put(node, "Loading …"); this.wire.play(row); });
    if (phase === "running" && word === "create") add("Take back", () => this.ask("cancel", [row]));
    if (phase === "done" && word === "unknown") {
      const job = make("input", "", undefined, { placeholder: "the provider's id of the job", "aria-label": "the provider's id of the job" });
      does.append(job);
      add("Adopt", () => this.ask("adopt", [row], { job: job.value }));
      add("Send again at the next try", () => this.ask("resubmit", [row]));
      add("Give up …", () => this.ask("abandon", [row]));
    }
    if (phase === "done" && this.isAgain(row)) add("Try again …", () => this.ask("retry", [row]));
    add("Close", () => { detail.hidden = true; this.open = null; this.go(this.at); });
    detail.replaceChildren(what, make("div", "told", rows.told[row]), does);
    if (this.player) detail.append(this.player);
    detail.hidden = false;
  }

  show(row, bytes) {
    if (this.open !== row) return;
    this.player = make("video", "", undefined, { controls: "", "aria-label": `the clip of ${this.rows.tasks[row]}` });
    this.player.src = URL.createObjectURL(new Blob([bytes], { type: "video/mp4" }));
    const wasHere = this.detail.contains(document.activeElement);
    this.tell(row);
    if (wasHere) this.player.focus({ preventScroll: true });
    this.player.play().catch(() => {});
  }

  press() {
    const { phase } = this.rows.head;
    this.main.dataset.busy = phase;
    put(this.main, phase === "running" ? "Stopping …" : "Requested …");
    this.main.disabled = true;
    this.ask({ asking: "confirm", running: "stop", done: "retry" }[phase], []);
  }

  ask(does, rows, more = {}) {
    put(this.note, "requested …");
    const late = () => put(this.note, "the kernel is busy: this is delivered when the cell that runs has ended");
    this.wire.act(does, rows, (came) => this.answered(came), late, more);
  }

  answered({ wrong, ask, nonce }) {
    delete this.main.dataset.busy;
    this.main.disabled = false;
    put(this.note, wrong ?? "");
    this.note.classList.toggle("wrong", Boolean(wrong));
    this.dialog.hidden = !ask;
    if (ask) {
      const close = () => { this.dialog.hidden = true; this.main.focus(); };
      const yes = button(ask.endsWith("counted.") ? "Give up" : ask, () => { close(); this.ask("yes", [], { nonce }); }, "paid");
      this.dialog.replaceChildren(make("p", "", ask.endsWith("counted.") ? ask : "Please confirm:"), yes, button("Not now", close));
      this.dialog.onkeydown = (event) => { if (event.key === "Escape") close(); };
      this.dialog.lastChild.focus();
    }
    this.draw();
  }

  close() {
    clearInterval(this.timer);
    this.wire.views.delete(this);
  }
}

// A page that cannot draw the board says so, and shows the rows as plain text.
const plainly = (place, rows, error) => {
  const lines = [];
  for (let row = 0; row < Math.min(rows.size, 50); row++) lines.push(`${rows.tasks[row]}  ${rows.word(row)}  ${rows.cost[row]}`);
  place.replaceChildren(make("pre", "", `This board cannot be drawn here (${error}). The run goes on; run.text() tells how it stands.\n\n${lines.join("\n")}`));
};

export default () => {
  const rows = new Rows();
  let wire = null;
  return {
    initialize({ model }) { wire = new Wire(model, rows); },
    render({ model, el }) {
      try {
        wire ??= new Wire(model, rows);
        const view = new View(wire, el);
        wire.views.add(view);
        return () => view.close();
      } catch (error) {
        plainly(el, rows, error);
        return undefined;
      }
    },
  };
};
