// Where progress lives: in this browser, or, where that is not allowed, in this tab.
import { empty, read } from "./progress.js";

export const GATE = "layernorm.gate.";                        // where a run through a gate is, by chapter
const KEY = "layernorm.practice", SPOILT = `${KEY}.unreadable`;
// Modules may be loaded apart from each other; the document is what they share, and the name of the tab what its pages share.
const TAB = `${KEY}:`;
const ours = () => name === "" || name.startsWith(TAB);
const shared = () => (document.lnPractice ??= { memory: name.startsWith(TAB) ? name.slice(TAB.length) : null });
function remember(text) {
  shared().memory = text;
  if (ours()) name = text === null ? "" : TAB + text;
}

// What could not be stored counts before what was.
function stored() {
  const { memory } = shared();
  try {
    return { text: memory ?? localStorage.getItem(KEY), works: memory === null };
  } catch {
    return { text: memory, works: false };
  }
}

export function load() {
  const { text } = stored();
  if (text === null) return empty();
  const { progress } = read(text);
  if (progress) return progress;
  try {
    localStorage.setItem(SPOILT, text);                       // nothing is lost: whoever knows what it is can still fetch it
  } catch { /* nowhere to keep it */ }
  return empty();
}

export function change(step) {
  const text = JSON.stringify(step(load()));
  remember(null);
  try {
    localStorage.setItem(KEY, text);
  } catch {
    remember(text);
  }
  document.dispatchEvent(new Event("ln-progress"));
}

// Progress, what could not be read of it, and gates that were left in the middle.
export function clear() {
  change(empty);
  try {
    localStorage.removeItem(SPOILT);
    for (const key of Object.keys(sessionStorage).filter((one) => one.startsWith(GATE))) sessionStorage.removeItem(key);
  } catch { /* nothing is kept here */ }
}

// Whether what is done here is still there tomorrow.
export const lasts = () => stored().works;

// Calls `tell` now and whenever progress changes, on this page or on another.
export function follow(tell, signal) {
  document.addEventListener("ln-progress", () => tell(load()), { signal });
  addEventListener("storage", ({ key }) => { if (key === KEY || key === null) tell(load()); }, { signal });
  tell(load());
}
