// What a learner has done and when it comes back.  Pure: the time is always given.

const DAY = 86_400_000;
const VERSION = 1;
const AFTER = [1, 3, 7, 21, 60];                              // days until an item returns, by how often it went well in a row

// Days are the reader's own, from midnight to midnight.
function midnight(time, days = 0) {
  const at = new Date(time);
  return new Date(at.getFullYear(), at.getMonth(), at.getDate() + days).getTime();
}
export const daysBetween = (from, to) => Math.round((midnight(to) - midnight(from)) / DAY);
const laterDay = (time, than) => than === undefined || daysBetween(than, time) > 0;

export const empty = () => ({ layernorm: "practice", version: VERSION, items: {}, gates: {} });

// How far an item, or a gate, has come: "new", "tried", "passed" (without hints), "kept" (again, on a later day).
export const stage = (record) => (!record ? "new" : record.kept ? "kept" : record.passed ? "passed" : "tried");

// An answer: `right`, `sure` (undefined where it was not asked), `hinted`, `at` (the number of the case), `time` in ms.  What was asked
// with the same numbers on the same day is no pass, and a right answer before its day moves nothing.
export function answer(progress, name, { right, sure, hinted, at, time }) {
  const old = progress.items[name] ?? { row: 0, due: time };
  const met = laterDay(time, old.time) ? 0 : old.met ?? 0;    // the cases of this day, a bit each
  const clean = right && !hinted && !(met & (1 << at)), early = right && time < old.due;
  const row = !right ? 0 : early ? old.row : clean && sure !== false ? Math.min(old.row + 1, AFTER.length) : Math.min(old.row, 1);
  const record = { row, time, case: at, met: met | (1 << at), right, sure, due: !right ? time : early ? old.due : midnight(time, AFTER[Math.max(row, 1) - 1]) };
  record.passed = old.passed ?? (clean ? time : undefined);
  record.kept = old.kept ?? (clean && old.passed !== undefined && laterDay(time, old.passed) ? time : undefined);
  return { ...progress, items: { ...progress.items, [name]: cleaned(record) } };
}

// A run through a gate that ended.
export function gate(progress, chapter, { passed, time }) {
  const old = progress.gates[chapter] ?? { runs: 0 }, was = old.passed;
  const record = { runs: old.runs + 1, time, passed: was ?? (passed ? time : undefined),
                   kept: old.kept ?? (passed && was !== undefined && laterDay(time, was) ? time : undefined) };
  return { ...progress, gates: { ...progress.gates, [chapter]: cleaned(record) } };
}

const cleaned = (record) => Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));

// Which of the items (each { name, concept }) are to be done now: sure and wrong first, then the longest due; one concept after another.
export function due(progress, items, time) {
  const waiting = items.filter(({ name }) => progress.items[name]?.due <= time);
  const weight = ({ name }) => (progress.items[name].sure && !progress.items[name].right ? 0 : 1);
  waiting.sort((a, b) => weight(a) - weight(b) || progress.items[a.name].due - progress.items[b.name].due);
  const order = [];
  while (waiting.length) {
    const last = order.at(-1)?.concept, head = weight(waiting[0]);
    const next = waiting.findIndex((item) => item.concept !== last && weight(item) === head);
    order.push(...waiting.splice(Math.max(next, 0), 1));
  }
  return order;
}

// How much of a concept has been done: the share of its items that are passed, and of those that are kept.
export function share(progress, names) {
  const stages = names.map((name) => stage(progress.items[name]));
  const of = (...wanted) => stages.filter((one) => wanted.includes(one)).length / (names.length || 1);
  return { passed: of("passed", "kept"), kept: of("kept") };
}

// --- Files -----------------------------------------------------------------------------------

const finite = (value) => typeof value === "number" && Number.isFinite(value);
const record = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
// What is counted on later must be there: a row or a date that is missing would spoil the file that is written next.
const NEEDED = { items: ["row", "time", "due"], gates: ["runs", "time"] };
const whole = (value) => Number.isSafeInteger(value) && value >= 0;
const sound = (one, part) => record(one) && NEEDED[part].every((key) => whole(one[key])) && Object.values(one).every((value) => typeof value === "boolean" || whole(value));

// The progress in a text, or why there is none: { progress } or { error }.
export function read(text) {
  let found;
  try {
    found = JSON.parse(text);
  } catch {
    return { error: "This file is not what “Save to a file” writes: it cannot be read as JSON. Nothing was changed." };
  }
  if (!record(found) || found.layernorm !== "practice") return { error: "This file holds something else: the mark of this course is missing. Nothing was changed." };
  if (!Number.isInteger(found.version) || found.version < 1) return { error: `This file has no version that this course knows (${found.version ?? "none"}). Nothing was changed.` };
  if (found.version > VERSION) return { error: `This file was written by a newer version of the course (${found.version}; this one reads up to ${VERSION}). Reload the page and try again. Nothing was changed.` };
  for (const part of ["items", "gates"]) {
    if (!record(found[part])) return { error: `This file is damaged: its ${part} are missing. Nothing was changed.` };
    const odd = Object.entries(found[part]).find(([, one]) => !sound(one, part));
    if (odd) return { error: `This file is damaged: the entry “${odd[0]}” of its ${part} cannot be read. Nothing was changed.` };
  }
  return { progress: { ...empty(), items: found.items, gates: found.gates } };
}

// Two lives of one learner as one: of each item what happened last, and never less than was reached.
export function merge(mine, theirs) {
  const both = (a, b) => {
    if (!a || !b) return a ?? b;
    const [old, late] = a.time <= b.time ? [a, b] : [b, a], earliest = (key) => Math.min(a[key] ?? Infinity, b[key] ?? Infinity);
    const reached = Object.fromEntries(["passed", "kept"].map((key) => [key, earliest(key)]).filter(([, value]) => finite(value)));
    return { ...old, ...late, ...reached };
  };
  const joined = (part) => Object.fromEntries([...new Set([...Object.keys(mine[part]), ...Object.keys(theirs[part])])]
    .map((name) => [name, both(mine[part][name], theirs[part][name])]));
  return { ...empty(), items: joined("items"), gates: joined("gates") };
}
