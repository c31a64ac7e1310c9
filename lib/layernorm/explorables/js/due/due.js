// What is due today, how far each chapter has come, and the file that carries it from one browser to another.
import { el, voice } from "../kit.js";
import { due, merge, read, share, stage } from "../practice/progress.js";
import { named, staged } from "../practice/naming.js";
import { change, clear, follow, lasts, load } from "../practice/store.js";
import { NOTE, counted, listed, reached } from "./reminders.js";

const SHOWN = 6;
const FILE = "layernorm-practice.json";

export const initialize = () => {};

export function render({ model, el: root, signal }) {
  const items = model.get("items"), chapters = model.get("chapters"), whole = model.get("whole");
  const { node: status, say } = voice();
  const today = el("div", { class: "ln-due-list" }), table = el("div", {}), note = el("p", { class: "ln-note" });
  const button = (words, act) => el("button", { type: "button", class: "ln-btn", onclick: act }, words);

  const picker = el("input", { type: "file", accept: "application/json,.json", hidden: true, "aria-label": "File with progress", onchange: async () => {
    const [file] = picker.files;
    picker.value = "";
    if (!file) return;
    const { progress, error } = read(await file.text());
    if (progress) change((mine) => merge(mine, progress));
    tell(error ?? `Read: ${listed(progress)}. What you had here is still here; of each item the later answer counts.`);
  } });
  const save = () => {
    const link = el("a", { href: `data:application/json;charset=utf-8,${encodeURIComponent(JSON.stringify(load(), null, 1))}`, download: FILE });
    link.click();
    tell(`Written to ${FILE}: ${listed(load())}.`);
  };
  // Asked twice, since it cannot be undone.
  const forget = button("Forget everything", () => { note.textContent = ""; forget.hidden = true; sure.hidden = false; no.focus(); });
  const no = button("Keep it", () => calm("Nothing was changed."));
  const yes = button("Forget it all", () => { clear(); calm("All progress in this browser is gone."); });
  const sure = el("span", { class: "ln-sure-of-it", hidden: true, role: "group", "aria-label": "Forget everything? This cannot be undone.",
    onkeydown: ({ key }) => { if (key === "Escape") no.click(); } }, "Forget everything? This cannot be undone.", no, yes);
  const calm = (words) => { sure.hidden = true; forget.hidden = false; forget.focus(); tell(words); };
  const tell = (words) => { note.textContent = words; say(words); };

  function draw(progress) {
    const now = Date.now(), waiting = due(progress, items, now), begun = items.some(({ name }) => progress.items[name]);
    const links = waiting.slice(0, SHOWN).map(({ name, kind, asks, href }) => el("li", {}, el("a", { href: href.replace("#", "?due#") }, `${named(kind)}: ${asks}`), progress.items[name].sure && !progress.items[name].right ? " (you were sure, and it was wrong)" : ""));
    today.replaceChildren(el("p", {}, el("b", {}, whole ? "Due today. " : ""), counted(waiting.length, begun, SHOWN)), ...(links.length ? [el("ol", {}, links)] : []));
    if (whole) {
      table.replaceChildren(el("table", { class: "ln-reached" }, el("thead", {}, el("tr", {}, ["Chapter", "Gate", "Passed", "Kept"].map((words) => el("th", { scope: "col" }, words)))),
        el("tbody", {}, chapters.map(({ number, title, href }) => {
          const own = items.filter((item) => item.chapter === number).map(({ name }) => name), gate = progress.gates[number];
          const count = (...stages) => own.filter((name) => stages.includes(stage(progress.items[name]))).length;
          return el("tr", {}, el("th", { scope: "row" }, el("a", { href }, title)), el("td", {}, staged(stage(gate)) || "–"),
            el("td", {}, `${count("passed", "kept")} of ${own.length}`), el("td", {}, `${count("kept")} of ${own.length}`));
        }))));
    }
    if (!lasts()) note.textContent = "This browser keeps nothing for this site (a private window, perhaps): progress lasts until you close this tab. Save it to a file to take it along.";
    for (const station of document.querySelectorAll(".ln-map [data-concept]")) {
      const names = items.filter(({ concept }) => concept === station.dataset.concept).map(({ name }) => name);
      const { sign, words } = reached(share(progress, names)), ring = station.querySelector(".ring");
      station.querySelector(".done")?.remove();
      if (sign) station.append(el("text", { class: "done", x: ring.getAttribute("cx"), y: +ring.getAttribute("cy") + 4 }, sign));
      station.setAttribute("aria-label", station.getAttribute("aria-label").split(NOTE)[0] + (words && `${NOTE}${words}`));
    }
  }

  root.classList.add("ln-ex", "ln-due");
  root.replaceChildren(today, ...(whole ? [table, el("div", { class: "ln-more" }, button("Save to a file", save), button("Read from a file", () => picker.click()), forget, sure), picker] : []), note, status);
  follow(draw, signal);
}
