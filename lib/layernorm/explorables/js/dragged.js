// A number that is typed, dragged sideways and moved by keys.
import { numeric } from "./kit.js";

const SLACK = 4;                                              // of a press the finger may slip so many pixels
const KEYS = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 };
const tidy = (v) => +v.toPrecision(12);

// `step` of a key, `grain` of a drag and how many `pixels` it takes; `put(v, send, fresh)` sets the number, sends it to a kernel or not,
// and hears of the first change of a gesture; `sent` comes when a typed number is left, `refuse` when it was none within the limit.
export function numberField(view, { label, limit, step, grain, pixels, get, put, sent, refuse }) {
  const node = numeric("r-x", { "aria-label": label });
  let grabbed = null, fresh = true;
  const bad = (v) => !Number.isFinite(v) || Math.abs(v) > limit;
  function change(v, send) {
    if (v === get()) return;
    put(Math.min(limit, Math.max(-limit, tidy(v))), send, fresh);
    fresh = false;
  }
  node.addEventListener("focus", () => { fresh = true; });
  node.addEventListener("blur", () => { fresh = true; });
  node.addEventListener("input", () => {
    const v = node.valueAsNumber;
    node.setAttribute("aria-invalid", bad(v));
    if (!bad(v)) change(v, false);
  });
  node.addEventListener("change", () => {
    if (node.getAttribute("aria-invalid") === "true") refuse();
    node.removeAttribute("aria-invalid");                     // whatever was typed, what holds now is written
    sent();
  });
  node.addEventListener("keydown", (event) => {
    if (!KEYS[event.key] || node.readOnly) return;
    change(get() + KEYS[event.key] * step, true);
    event.preventDefault();
    event.stopPropagation();
  });
  node.addEventListener("pointerdown", (event) => {
    if (event.button || node.readOnly) return;
    grabbed = { at: event.clientX, value: get(), moved: false };
    node.setPointerCapture(event.pointerId);
  });
  node.addEventListener("pointermove", (event) => {
    if (!grabbed || (!grabbed.moved && Math.abs(event.clientX - grabbed.at) < SLACK)) return;
    if (!grabbed.moved) {
      grabbed = { at: event.clientX, value: grabbed.value, moved: true };
      fresh = true;
      node.classList.add("is-dragged");
      view.hold(true);
    }
    change(grabbed.value + Math.round((event.clientX - grabbed.at) / pixels) * grain, false);
    event.preventDefault();
  });
  for (const end of ["pointerup", "pointercancel"]) node.addEventListener(end, () => {
    if (grabbed?.moved) { fresh = true; node.classList.remove("is-dragged"); view.hold(false); }
    grabbed = null;
  });
  return { node, show(v, still, name = label) {
    const text = String(+v.toFixed(3)), typing = document.activeElement === node && (node.valueAsNumber === v || node.getAttribute("aria-invalid") === "true");
    if (!typing && node.value !== text) node.value = text;    // never over what is being typed: 1.0 may become 1.05
    node.readOnly = still;
    node.ariaReadOnly = String(Boolean(still));
    if (node.ariaLabel !== name) node.setAttribute("aria-label", name);
  } };
}
