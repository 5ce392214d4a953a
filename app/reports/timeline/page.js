// The page of --timeline FILE.html. Only the rows in view are in the document; their bars are drawn on one canvas.
// All texts of the run go through textContent or fillText, never through innerHTML. Times are in ns.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const { jobs, run } = JSON.parse($("data").textContent);

  const ROW = 24;
  const PAD = 8;               // beside the first and the last time
  const WORDS = {
    script: "script", success: "succeeded", failure: "failed", timeout: "timed out",
    allowed: "failed, allowed", cancelled: "cut short", skipped: "not run",
  };
  const SIGNS = { script: "", success: "✓", failure: "✕", timeout: "✕", allowed: "!", cancelled: "/", skipped: "–" };
  const CUT = new Set(["cancelled", "timeout"]);
  // States that have a filter button, in the order of the buttons.
  const FILTERS = ["failure", "timeout", "allowed", "cancelled", "skipped", "success"];

  // --- texts ---

  const count = (n, word) => `${n.toLocaleString("en")} ${word}${n === 1 ? "" : "s"}`;

  // As rounded_duration() of arun itself: three digits, a blank before the unit.
  function duration(ns) {
    const round = (step) => Math.floor((ns + step / 2) / step) * step;
    const SECOND = 1e9, MINUTE = 60e9, HOUR = 3600e9, DAY = 24 * HOUR;
    if (ns === 0) return "0 s";
    if (ns < 1e4) return "<0.01 ms";
    for (const [unit, name, end] of [[1e6, "ms", SECOND], [SECOND, "s", MINUTE]]) {
      for (const digits of [100, 10, 1]) {
        const rounded = round(unit / digits);
        if (rounded < (1000 / digits) * unit && rounded < end) return `${rounded / unit} ${name}`;
      }
    }
    const two = (value, large, largeName, small, smallName) => {
      const rest = Math.floor((value % large) / small);
      return `${Math.floor(value / large)} ${largeName}` + (rest ? ` ${rest} ${smallName}` : "");
    };
    if (round(SECOND) < HOUR) return two(round(SECOND), MINUTE, "min", SECOND, "s");
    if (round(MINUTE) < DAY) return two(round(MINUTE), HOUR, "h", MINUTE, "min");
    return two(ns, DAY, "d", HOUR, "h");
  }

  // A point of time, precise enough to tell marks at a distance of `step` apart.
  function moment(ns, step) {
    if (ns === 0) return "0";
    if (step >= 60e9) return duration(ns);
    const digits = (unit) => Math.max(0, Math.ceil(-Math.log10(step / unit) - 1e-9));
    if (ns >= 60e9) {
      const rest = ((ns % 60e9) / 1e9).toFixed(digits(1e9));
      return `${duration(ns - (ns % 60e9))}${Number(rest) ? ` ${rest} s` : ""}`;
    }
    const [unit, name] = step >= 1e8 || ns >= 1e9 ? [1e9, "s"] : [1e6, "ms"];
    return `${(ns / unit).toFixed(digits(unit))} ${name}`;
  }

  // The output of a program without what controls terminals.
  function plain(text) {
    return text
      .replace(/\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\^_]/g, "")
      .replace(/\r\n?/g, "\n")
      .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g, "\ufffd");
  }
  const line = (text) => plain(text).replace(/\s+/g, " ");

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  // --- the jobs ---

  const stateOf = (job) => run.states[job.state];
  const place = (job) => (job.file === undefined ? "" : `${run.files[job.file]}:${job.line}`);
  const kindOf = (job) => (job.kind === undefined ? "script" : run.kinds[job.kind]);
  const parents = new Int32Array(jobs.length).fill(-1);
  const counts = {};
  let total = 1;
  {
    const around = [];
    jobs.forEach((job, i) => {
      around.length = job.depth;
      if (job.depth > 0) parents[i] = around[job.depth - 1];
      around.push(i);
      job.text = line(job.label);
      counts[stateOf(job)] = (counts[stateOf(job)] || 0) + 1;
      if (job.start !== undefined) total = Math.max(total, job.start + job.length);
    });
  }
  const haystacks = new Array(jobs.length);
  function haystack(i) {
    const job = jobs[i];
    return (haystacks[i] ??= [job.text, kindOf(job), job.name, job.id, place(job), WORDS[stateOf(job)], job.reason, job.message]
      .join("\n").toLowerCase());
  }

  // --- what is shown ---

  let view = { from: 0, to: total };
  let words = [];
  let only = null;             // a state, or null
  let shown = [];              // indices of jobs
  let matching = null;         // a set of them, or null: all
  let current = 0;             // an index of `shown`
  let chosen = -1;             // the job whose details are open
  let colors = {};
  let cutPattern = null;
  let selection = null;        // the times between which a drag would zoom

  const rows = $("rows"), list = $("list"), bars = $("bars"), times = $("times"), tip = $("tip");
  const nodes = new Map();     // by index of `shown`

  function filter() {
    const keep = shown[current];
    matching = words.length || only ? new Set() : null;
    if (matching === null) {
      shown = Array.from(jobs.keys());
    } else {
      const visible = new Uint8Array(jobs.length);
      for (let i = 0; i < jobs.length; ++i) {
        if (only && stateOf(jobs[i]) !== only) continue;
        if (!words.every((word) => haystack(i).includes(word))) continue;
        matching.add(i);
        for (let k = i; k >= 0 && !visible[k]; k = parents[k]) visible[k] = 1;
      }
      shown = [];
      visible.forEach((is, i) => is && shown.push(i));
    }
    current = shown.indexOf(keep);
    if (current < 0) current = Math.max(0, matching ? shown.findIndex((i) => matching.has(i)) : 0);
    $("found").textContent = words.length ? `${matching.size.toLocaleString("en")} found` : "";
    $("nothing").hidden = shown.length > 0;
    list.style.height = `${shown.length * ROW}px`;
    clearRows();
    reveal(current);
    draw();
  }

  function clearRows() {
    for (const node of nodes.values()) node.remove();
    nodes.clear();
  }

  // `text` with <mark> around what was searched for.
  function highlight(parent, text) {
    const lower = text.toLowerCase();
    if (!words.length || lower.length !== text.length) return parent.append(text);
    const marked = new Uint8Array(text.length);
    for (const word of words)
      for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + 1)) marked.fill(1, at, at + word.length);
    for (let i = 0; i < text.length;) {
      let end = i;
      while (end < text.length && marked[end] === marked[i]) ++end;
      parent.append(marked[i] ? element("mark", "", text.slice(i, end)) : text.slice(i, end));
      i = end;
    }
  }

  function makeRow(at) {
    const i = shown[at], job = jobs[i], state = stateOf(job);
    const row = element("div", `row ${state}`);
    row.id = `job-${i}`;
    row.dataset.at = at;
    row.setAttribute("role", "option");
    row.setAttribute("aria-posinset", at + 1);
    row.setAttribute("aria-setsize", shown.length);
    row.setAttribute("aria-label", [job.text, WORDS[state], job.time, job.reason].filter(Boolean).join(", "));
    row.style.transform = `translateY(${at * ROW}px)`;
    if (matching && !matching.has(i)) row.classList.add("around");
    const label = element("div", "label");
    label.style.paddingLeft = `${10 + 14 * Math.min(job.depth, 8)}px`;
    if (job.depth > 0) label.append(element("span", "sign", SIGNS[state]));
    const text = element("span", "text");
    text.title = job.text;
    highlight(text, job.text);
    label.append(text);
    row.append(label);
    return row;
  }

  function updateRows() {
    const first = Math.max(0, Math.floor(rows.scrollTop / ROW) - 4);
    const last = Math.min(shown.length, Math.ceil((rows.scrollTop + rows.clientHeight) / ROW) + 4);
    for (const [at, node] of nodes) {
      if (at >= first && at < last) continue;
      node.remove();
      nodes.delete(at);
    }
    for (let at = first; at < last; ++at) {
      if (nodes.has(at)) continue;
      const node = makeRow(at);
      nodes.set(at, node);
      list.append(node);
    }
    for (const [at, node] of nodes) {
      node.setAttribute("aria-selected", shown[at] === chosen);
      node.classList.toggle("current", at === current);
    }
    const now = nodes.get(current);
    if (now) rows.setAttribute("aria-activedescendant", now.id);
    else rows.removeAttribute("aria-activedescendant");
  }

  // --- drawing ---

  function readColors() {
    const style = getComputedStyle(document.documentElement);
    for (const name of [...run.states, "page", "text", "muted", "line", "strong-line", "accent", "caption"])
      colors[name] = style.getPropertyValue(`--${name}`).trim();
    const tile = element("canvas"), pen = tile.getContext("2d");
    tile.width = tile.height = 8;
    pen.strokeStyle = colors.page;
    pen.globalAlpha = 0.62;
    pen.lineWidth = 2.4;
    for (const x of [-8, 0, 8]) {
      pen.moveTo(x - 1, 9);
      pen.lineTo(x + 9, -1);
    }
    pen.stroke();
    cutPattern = tile;
  }

  function pen(canvas, width, height) {
    const scale = window.devicePixelRatio || 1;
    const w = Math.max(1, Math.round(width * scale)), h = Math.max(1, Math.round(height * scale));
    if (canvas.width !== w || canvas.height !== h) {
      canvas.width = w;
      canvas.height = h;
      if (canvas === bars) Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
    }
    const context = canvas.getContext("2d");
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    return context;
  }

  // Round numbers, also of minutes and hours.
  function tickStep(width) {
    const least = ((view.to - view.from) / width) * 90;
    if (least <= 20e9) {
      for (let step = 1; ; step *= 10) for (const factor of [1, 2, 5]) if (step * factor >= least) return step * factor;
    }
    const steps = [30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200].map((s) => s * 1e9);
    for (let days = 86400e9; ; days *= 2) {
      const step = [...steps, days].find((s) => s >= least);
      if (step) return step;
    }
  }

  const widths = new Map();
  function widthOf(context, text) {
    let width = widths.get(text);
    if (width === undefined) {
      if (widths.size > 5000) widths.clear();
      width = context.measureText(text).width;
      widths.set(text, width);
    }
    return width;
  }

  // Rounds that run at the same time are drawn one below the other. Returns the lane of each step and their number.
  const laneTables = new WeakMap();
  function lanesOf(steps) {
    let lanes = laneTables.get(steps);
    if (lanes) return lanes;
    const order = steps.map((_, i) => i).slice(1).sort((a, b) => steps[a][0] - steps[b][0] || a - b);
    const ends = [], of = new Array(steps.length).fill(0);
    for (const i of order) {
      let lane = ends.findIndex((end) => end <= steps[i][0]);
      if (lane < 0) lane = ends.length < 4 ? ends.push(0) - 1 : ends.indexOf(Math.min(...ends));
      ends[lane] = Math.max(ends[lane], steps[i][1]);
      of[i] = lane;
    }
    lanes = { of, count: Math.max(ends.length, 1) };
    laneTables.set(steps, lanes);
    return lanes;
  }

  // `solid`: each step is a bar of its own; else only marks on the bar of the job, and what did not succeed.
  function drawSteps(c, job, steps, y, solid) {
    const lanes = lanesOf(steps), height = (ROW - 8) / lanes.count, gap = lanes.count > 1 ? 1 : 0;
    const complete = steps.length - 1 === steps[0];
    let last = -9;
    for (let i = 1; i < steps.length; ++i) {
      const [from, to, stepState, first, end, text] = steps[i];
      const left = c.x(from), right = Math.max(c.x(to), left + 1.5);
      if (right < 0 || left > c.width) continue;
      const name = run.states[stepState], top = y + lanes.of[i] * height;
      if (solid || name !== "success") fillBar(c, left, right, top, name, CUT.has(name), height - gap);
      if (!complete) continue;
      if (!solid && left - last >= 3 && from > job.start) {
        c.pen.fillStyle = colors.page;
        c.pen.globalAlpha *= 0.85;
        c.pen.fillRect(Math.round(left) - 0.5, y, 1, ROW - 8);
        c.pen.globalAlpha /= 0.85;
      }
      last = left;
      if (right - left < 26 || lanes.count > 1) continue;
      const caption = text && job.rounds === steps ? line(text) : first === end ? String(first) : `${first}–${end}`;
      if (widthOf(c.pen, caption) + 8 > right - left) continue;
      c.pen.fillStyle = colors.caption;
      c.pen.fillText(caption, Math.max(left, 0) + 5, y + ROW / 2 - 3.5);
    }
  }

  function fillBar(c, left, right, y, state, cut, height = state === "script" ? 6 : ROW - 8) {
    const from = Math.max(left, -10), to = Math.min(right, c.width + 10);
    if (to <= from) return;
    const p = c.pen, top = state === "script" ? y + 5 : y;
    p.fillStyle = colors[state];
    p.beginPath();
    if (to - from > 4 && p.roundRect) p.roundRect(from, top, to - from, height, 2.5);
    else p.rect(from, top, to - from, height);
    p.fill();
    if (!cut) return;
    p.fillStyle = c.pattern;
    p.fill();
  }

  function drawBar(c, job, y) {
    if (job.start === undefined) return;
    const state = stateOf(job), x = c.x;
    const left = x(job.start), right = Math.max(x(job.start + job.length), left + 2);
    const summary = [job.time];
    if (job.attempts) summary.push(count(job.attempts[0], "attempt"));
    if (job.rounds) summary.push(count(job.rounds[0], "round"));
    if (state === "cancelled" && job.reason) summary.push(line(job.reason));
    if (right > 0 && left < c.width) {
      const parallel = job.rounds && lanesOf(job.rounds).count > 1;
      if (job.attempts || parallel) {
        c.pen.globalAlpha *= 0.28;
        fillBar(c, left, right, y, state, false);
        c.pen.globalAlpha /= 0.28;
        if (job.attempts) drawSteps(c, job, job.attempts, y, true);
      } else {
        fillBar(c, left, right, y, state, job.cut);
      }
      if (job.rounds) drawSteps(c, job, job.rounds, y, parallel);
    }
    const text = summary.filter(Boolean).join(", "), width = widthOf(c.pen, text);
    c.pen.fillStyle = colors.muted;
    if (right < 0) c.pen.fillText("‹", 3, y + ROW / 2 - 3.5);
    else if (left > c.width) c.pen.fillText("›", c.width - 10, y + ROW / 2 - 3.5);
    else if (right + 10 + width < c.width) c.pen.fillText(text, right + 6, y + ROW / 2 - 3.5);
    else if (left - 6 - width > 0) c.pen.fillText(text, left - 6 - width, y + ROW / 2 - 3.5);
  }

  let font = "";
  function paint() {
    // Rows may have a scroll bar, beside which the ruler ends.
    const bar = `${rows.offsetWidth - rows.clientWidth}px`;
    if ($("ruler").style.paddingRight !== bar) $("ruler").style.paddingRight = bar;
    const width = times.clientWidth, height = rows.clientHeight;
    if (width < 1 || height < 1) return;
    updateRows();
    font ||= `12px ${getComputedStyle(document.body).fontFamily}`;
    const span = view.to - view.from;
    const x = (time) => PAD + ((time - view.from) / span) * (width - 2 * PAD);
    const c = { pen: pen(bars, width, height), width, x };
    const ruler = pen(times, width, 30);
    for (const p of [c.pen, ruler]) {
      p.font = font;
      p.textBaseline = "middle";
    }
    c.pattern = c.pen.createPattern(cutPattern, "repeat");

    const step = tickStep(width);
    for (let i = Math.ceil(view.from / step); i * step <= view.to; ++i) {
      const at = Math.round(x(i * step)) + 0.5, text = moment(i * step, step), half = widthOf(ruler, text) / 2;
      c.pen.fillStyle = colors.line;
      c.pen.fillRect(at - 0.5, 0, 1, height);
      ruler.fillStyle = colors["strong-line"];
      ruler.fillRect(at - 0.5, 24, 1, 6);
      ruler.fillStyle = colors.muted;
      ruler.fillText(text, Math.min(Math.max(at - half, 2), width - 2 * half - 2), 14);
    }
    const first = Math.floor(rows.scrollTop / ROW);
    const last = Math.min(shown.length, Math.ceil((rows.scrollTop + height) / ROW));
    for (let at = first; at < last; ++at) {
      const muted = matching && !matching.has(shown[at]);
      if (muted) c.pen.globalAlpha = 0.4;
      drawBar(c, jobs[shown[at]], at * ROW - rows.scrollTop + 4);
      c.pen.globalAlpha = 1;
    }
    if (view.from > 0 || view.to < total) {
      ruler.fillStyle = colors.accent;
      const from = (view.from / total) * width, to = (view.to / total) * width;
      ruler.fillRect(from, 0, Math.max(to - from, 3), 3);
    }
    if (selection) {
      const [from, to] = selection.map(x).sort((a, b) => a - b);
      for (const p of [c.pen, ruler]) {
        p.fillStyle = colors.accent;
        p.globalAlpha = 0.18;
        p.fillRect(from, 0, to - from, height);
        p.globalAlpha = 1;
      }
    }
  }

  let waiting = false;
  function draw() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      paint();
    });
  }

  // --- zoom ---

  function show(from, to) {
    const span = Math.min(Math.max(to - from, Math.min(total, Math.max(total / 1e6, 100))), total);
    const start = Math.min(Math.max(from + (to - from - span) / 2, 0), total - span);
    view = { from: start, to: start + span };
    draw();
  }
  function zoom(factor, at = centre()) {
    show(at - (at - view.from) * factor, at + (view.to - at) * factor);
  }
  function pan(share) {
    const by = (view.to - view.from) * share;
    show(view.from + by, view.to + by);
  }
  // The middle of the current job, if a person has gone to it and it is in view; else that of the view.
  function centre() {
    const job = chosen >= 0 || document.activeElement === rows ? jobs[shown[current]] : undefined;
    const middle = job && job.depth > 0 && job.start !== undefined ? job.start + job.length / 2 : NaN;
    return middle >= view.from && middle <= view.to ? middle : (view.from + view.to) / 2;
  }
  function bringIntoView(job) {
    if (job.start === undefined || (job.start + job.length >= view.from && job.start <= view.to)) return;
    const half = (view.to - view.from) / 2, middle = job.start + job.length / 2;
    show(middle - half, middle + half);
  }
  function zoomTo(job) {
    if (job.start === undefined) return;
    const margin = Math.max(job.length * 0.05, total / 1e6);
    show(job.start - margin, job.start + job.length + margin);
  }
  const timeAt = (event) => {
    const box = times.getBoundingClientRect();
    return view.from + ((event.clientX - box.left - PAD) / (box.width - 2 * PAD)) * (view.to - view.from);
  };

  function onWheel(event) {
    const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
    const scrolls = event.currentTarget === rows && rows.scrollHeight > rows.clientHeight;
    if (sideways && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      pan((event.deltaX || event.deltaY) / 800);
    } else if (event.ctrlKey || event.metaKey || event.altKey || !scrolls) {
      event.preventDefault();
      zoom(Math.exp(Math.max(-60, Math.min(60, event.deltaY)) / 150), timeAt(event));
    }
  }

  let drag = null;
  function onPointerDown(event) {
    if (event.button !== 0 || event.clientX < times.getBoundingClientRect().left) return;
    drag = { x: event.clientX, at: timeAt(event), selects: event.currentTarget === times, moved: false, view, target: event.currentTarget };
  }
  function onPointerMove(event) {
    if (!drag) return;
    if (!drag.moved && Math.abs(event.clientX - drag.x) < 4) return;
    if (!drag.moved) drag.target.setPointerCapture(event.pointerId);
    drag.moved = true;
    tip.hidden = true;
    if (drag.selects) {
      selection = [drag.at, timeAt(event)];
      draw();
      return;
    }
    const by = ((drag.x - event.clientX) / (times.clientWidth - 2 * PAD)) * (drag.view.to - drag.view.from);
    show(drag.view.from + by, drag.view.to + by);
  }
  let dragged = false;         // the click that follows is not one
  function onPointerUp() {
    dragged = Boolean(drag && drag.moved);
    if (selection) show(Math.min(...selection), Math.max(...selection));
    selection = null;
    drag = null;
    draw();
  }

  // --- details ---

  function factList(facts) {
    const made = element("dl");
    for (const [name, value] of facts) {
      if (value === undefined || value === "") continue;
      const dd = element("dd");
      dd.append(value);
      made.append(element("dt", "", name), dd);
    }
    return made;
  }

  function stepTable(steps, what, job) {
    const [totalSteps, ...all] = steps;
    const table = element("table"), head = element("tr");
    const withText = all.some((step) => step[5]);
    for (const [name, className] of [["#", "number"], ["Start", "number"], ["Length", "number"], ["Outcome", ""], ...(withText ? [[what === "round" ? "Item" : "Message", ""]] : [])]) {
      const cell = element("th", className, name);
      cell.scope = "col";
      head.append(cell);
    }
    table.append(head);
    for (const [from, to, state, first, last, text] of all) {
      const row = element("tr"), name = run.states[state], outcome = element("td");
      outcome.append(element("b", name, WORDS[name]));
      row.append(element("td", "number", first === last ? String(first) : `${first}–${last}`),
        element("td", "number", `+${duration(Math.max(from - job.start, 0))}`), element("td", "number", duration(to - from)), outcome);
      if (withText) row.append(element("td", "text", line(text)));
      table.append(row);
    }
    const box = element("div", "steps");
    box.append(table);
    const parts = [element("h3", "", count(totalSteps, what)), box];
    if (all.length < totalSteps)
      parts.push(element("p", "note", `A picture has room for 256 ${what}s of a job: neighbours are shown as one, with the worst outcome.`));
    return parts;
  }

  function section(title, text, className, note) {
    const box = element("pre", className, plain(text));
    box.tabIndex = 0;
    box.setAttribute("aria-label", title);
    return [element("h3", "", title), ...(note ? [element("p", "note", note)] : []), box];
  }

  function open(i) {
    chosen = i;
    bringIntoView(jobs[i]);
    const job = jobs[i], state = stateOf(job), facts = $("facts");
    const around = [];
    for (let k = parents[i]; k >= 0; k = parents[k]) around.unshift(jobs[k].text);
    const outcome = element("span");
    const shownState = state === "script" && job.outcome !== undefined ? run.states[job.outcome] : state;
    outcome.append(element("b", shownState, WORDS[shownState]));
    if (job.reason) outcome.append(`: ${line(job.reason)}`);
    const parts = [element("h2", "", job.text), element("p", "place", [kindOf(job), place(job)].filter(Boolean).join("  ·  "))];
    parts.push(factList([
      ["Outcome", outcome],
      ["Name", job.name && job.name !== job.label ? line(job.name) : ""],
      ["Id", job.id],
      ["Start", job.start === undefined ? "never" : moment(job.start, job.start < 1e9 ? 1e4 : 1e6)],
      ["Length", job.time],
      ["Attempts", job.attempts ? String(job.attempts[0]) : ""],
      ["Rounds", job.rounds ? job.rounds[0].toLocaleString("en") : ""],
      ["Inside", around.join(" › ")],
      ["Runs", [job.background && "in the background", job.finally && "in the script's finally"].filter(Boolean).join(", ")],
    ]));
    if (job.message) parts.push(...section("Failure", job.message + (job.details ? `\n\n${job.details}` : ""), "failure"));
    if (job.attempts) parts.push(...stepTable(job.attempts, "attempt", job));
    if (job.out) parts.push(...section("Output", job.out, "", job.out_cut && "Only the end of it."));
    if (job.err) parts.push(...section("Standard error", job.err, "", job.err_cut && "Only the end of it."));
    if (job.dropped) parts.push(element("p", "note", "Earlier output was dropped: there was too much of it in the whole run."));
    if (job.rounds) parts.push(...stepTable(job.rounds, "round", job));
    facts.replaceChildren(...parts);
    $("details").hidden = false;
    $("details").scrollTop = 0;
    draw();
  }

  function close() {
    chosen = -1;
    $("details").hidden = true;
    draw();
  }

  // --- rows ---

  function reveal(at) {
    const top = at * ROW;
    if (top < rows.scrollTop) rows.scrollTop = top;
    else if (top + ROW > rows.scrollTop + rows.clientHeight) rows.scrollTop = top + ROW - rows.clientHeight;
  }

  function goTo(at) {
    if (document.activeElement === document.body) rows.focus({ preventScroll: true });
    current = Math.min(Math.max(at, 0), shown.length - 1);
    reveal(current);
    if (chosen >= 0 && shown.length) open(shown[current]);
    if (shown.length) bringIntoView(jobs[shown[current]]);
    draw();
  }

  function nextMatch() {
    if (!shown.length) return;
    for (let n = 1; n <= shown.length; ++n) {
      const at = (current + n) % shown.length;
      if (!matching || matching.has(shown[at])) return goTo(at);
    }
  }

  function showTip(event) {
    const at = Math.floor((event.clientY - rows.getBoundingClientRect().top + rows.scrollTop) / ROW);
    const job = jobs[shown[at]];
    if (drag || !job || event.clientX < times.getBoundingClientRect().left) {
      tip.hidden = true;
      return;
    }
    const time = timeAt(event), state = stateOf(job);
    const parts = [element("b", "", job.text)];
    const add = (text) => parts.push(element("div", "", text));
    add([WORDS[state], job.start === undefined ? "" : job.time, job.reason && line(job.reason)].filter(Boolean).join(", "));
    for (const [steps, what] of [[job.attempts, "attempt"], [job.rounds, "round"]]) {
      const step = steps && steps.find((s, k) => k > 0 && s[0] <= time && time <= s[1]);
      if (!step) continue;
      const [from, to, stepState, first, last, text] = step;
      add(`${what} ${first === last ? first : `${first}–${last}`}: ${WORDS[run.states[stepState]]}, ${duration(to - from)}${text ? `, ${line(text)}` : ""}`);
    }
    tip.replaceChildren(...parts);
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - box.width - 8))}px`;
    tip.style.top = `${event.clientY + 18 + box.height > innerHeight ? event.clientY - box.height - 10 : event.clientY + 18}px`;
  }

  // --- keys ---

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target === $("search");
    if (event.key === "Escape") {
      if (typing && $("search").value) search("");
      else if (!$("details").hidden) close();
      else if (typing) rows.focus();
      return;
    }
    if (typing) {
      if (event.key === "Enter") nextMatch();
      if (event.key === "ArrowDown") rows.focus();
      return;
    }
    const page = Math.max(1, Math.floor(rows.clientHeight / ROW) - 1);
    const onButton = event.target.closest("button, pre, .steps");
    const actions = {
      "+": () => zoom(0.5), "=": () => zoom(0.5), "-": () => zoom(2), "_": () => zoom(2), "0": () => show(0, total),
      "/": () => $("search").select(), n: nextMatch, z: () => shown.length && zoomTo(jobs[shown[current]]),
      ArrowLeft: () => pan(-0.2), ArrowRight: () => pan(0.2),
    };
    if (!onButton) {
      Object.assign(actions, {
        ArrowUp: () => goTo(current - 1), ArrowDown: () => goTo(current + 1), PageUp: () => goTo(current - page),
        PageDown: () => goTo(current + page), Home: () => goTo(0), End: () => goTo(shown.length - 1),
        Enter: () => shown.length && open(shown[current]), " ": () => shown.length && open(shown[current]),
      });
    }
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  function search(text) {
    if ($("search").value !== text) $("search").value = text;
    words = text.toLowerCase().split(/\s+/).filter(Boolean);
    filter();
  }

  // --- start ---

  function describeRun() {
    const scripts = jobs.filter((job) => job.depth === 0);
    const names = scripts.map((job) => job.text);
    $("title").textContent = names.length > 3 ? `${names[0]} and ${names.length - 1} more` : names.join(", ") || "arun";
    document.title = `${$("title").textContent} – arun timeline`;
    const ok = run.exit_status === 0;
    const outcome = element("b", ok ? "success" : "failure", run.interruption ? line(run.interruption) : ok ? "Succeeded" : `Failed (exit status ${run.exit_status})`);
    const n = jobs.length - scripts.length;
    const started = run.started.replace("T", " ").replace(/\..*/, " UTC");
    $("summary").append(outcome, `  ·  ${count(n, "job")} in ${duration(total === 1 ? 0 : total)}  ·  ${started}`);
    if (run.left_off) $("summary").append(`  ·  ${count(run.left_off, "more job")} not shown`);

    for (const state of FILTERS) {
      if (!counts[state]) continue;
      const button = element("button");
      button.type = "button";
      button.setAttribute("aria-pressed", "false");
      button.append(swatch(state), element("b", "", counts[state].toLocaleString("en")), WORDS[state]);
      button.addEventListener("click", () => {
        only = only === state ? null : state;
        for (const other of $("filters").children) other.setAttribute("aria-pressed", other === button && only !== null);
        filter();
      });
      $("filters").append(button);
    }
    const legend = [["bar attempts", "attempts", jobs.some((job) => job.attempts)], ["bar rounds", "rounds", jobs.some((job) => job.rounds)],
      ["bar cut", "cut short", jobs.some((job) => job.cut)]];
    for (const [className, text, is] of legend) {
      if (!is) continue;
      const item = element("li");
      item.append(element("span", className), text);
      $("legend").append(item);
    }
  }

  function swatch(state) {
    const made = element("span", `swatch${CUT.has(state) ? " cut" : ""}${state === "skipped" ? " none" : ""}`);
    made.style.setProperty("--of", `var(--${state})`);
    return made;
  }

  describeRun();
  readColors();
  filter();
  rows.addEventListener("scroll", draw, { passive: true });
  rows.addEventListener("wheel", onWheel, { passive: false });
  times.addEventListener("wheel", onWheel, { passive: false });
  for (const target of [rows, times]) {
    target.addEventListener("pointerdown", onPointerDown);
    target.addEventListener("pointermove", onPointerMove);
    target.addEventListener("pointerup", onPointerUp);
    target.addEventListener("pointercancel", onPointerUp);
  }
  rows.addEventListener("pointermove", showTip);
  rows.addEventListener("pointerleave", () => (tip.hidden = true));
  rows.addEventListener("click", (event) => {
    const row = event.target.closest(".row");
    if (!row || dragged) return;
    current = Number(row.dataset.at);
    open(shown[current]);
  });
  rows.addEventListener("dblclick", (event) => {
    const row = event.target.closest(".row");
    if (row) zoomTo(jobs[shown[Number(row.dataset.at)]]);
  });
  times.addEventListener("dblclick", () => show(0, total));
  document.addEventListener("keydown", onKey);
  $("search").addEventListener("input", (event) => search(event.target.value));
  $("close").addEventListener("click", () => {
    close();
    rows.focus();
  });
  $("zoom-in").addEventListener("click", () => zoom(0.5));
  $("zoom-out").addEventListener("click", () => zoom(2));
  $("zoom-all").addEventListener("click", () => show(0, total));
  new ResizeObserver(draw).observe(rows);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    readColors();
    draw();
  });
  paint();
  // For tests: when the first picture was there.
  document.documentElement.dataset.drawn = performance.now().toFixed(1);
})();
