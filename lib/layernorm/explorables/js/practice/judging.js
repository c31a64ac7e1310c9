// Whether an answer is right, and what was done where it is not.  Pure.

export const SHARE = 0.005;                                   // both as in forms.py
export const LEAST = 0.5;
export const EXACT = 1e-9;
const ROUGH = 10;                                             // what is up to so many times as far off is close,
const FEW = 20;                                               // and what was rounded to one digit may be as far as this
const WORDS = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight"];
const counted = (n) => WORDS[n] ?? String(n);

export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

const largest = (v) => v.reduce((most, a) => Math.max(most, Math.abs(a)), 0) || 1;
// How far off the worst entry is, in units of what it may be off by.
function apart(given, wanted, { whole, entrywise }) {
  if (given.length !== wanted.length) return Infinity;
  const least = entrywise ? 0 : LEAST * largest(wanted);
  const by = (v) => (whole ? EXACT : SHARE * Math.max(Math.abs(v), least));
  return given.reduce((most, a, i) => Math.max(most, a === wanted[i] ? 0 : Math.abs(a - wanted[i]) / by(wanted[i])), 0);
}

// Is what was typed, with so many places behind each point, `wanted` with fewer digits?
const rounded = (given, places, wanted) => given.every((a, i) => places[i] !== null && Math.abs(a - wanted[i]) <= 0.5 * 10 ** -places[i] * (1 + EXACT));

// `slip` marks what is not counted: the learner had it, and rounded too much.  `places`: how many each number was typed with, null if
// it was no decimal.
function numbers(form, { wrong, cases }, at, given, places = given.map(() => null)) {
  const { answer, wrong: others, told } = cases[at], { whole } = form, truth = apart(given, answer, form);
  if (truth <= 1) return { right: true, words: "" };
  const offs = others.map((one) => apart(given, one, form)), known = offs.indexOf(Math.min(...offs));
  const itsName = { right: false, known, words: fill(wrong[known], told) };
  if (offs[known] <= 1) return itsName;
  const few = (wanted, off) => !whole && off <= FEW && rounded(given, places, wanted);
  if (few(answer, truth)) return { right: false, slip: true, words: "Nearly: give three digits." };
  if (few(others[known], offs[known])) return itsName;
  if (!whole && truth <= ROUGH) return { right: false, words: "Close, but not it: go through the arithmetic again." };
  if (apart(given.map((a) => -a), answer, form) <= 1) return { right: false, words: given.length > 1 ? "All signs are turned round." : "The size is right, the sign is not." };
  const sorted = (v) => [...v].sort((a, b) => a - b), none = "It is none of the slips that this exercise knows";
  if (given.length > 1 && apart(sorted(given), sorted(answer), form) <= 1) return { right: false, words: "These are the right numbers in another order." };
  if (given.length === 1) {
    const [mine] = given, [wanted] = answer, too = Math.abs(mine) > Math.abs(wanted) ? "too large" : "too small";
    const size = Math.min(mine, wanted) < 0 ? `In size it is ${too}` : `T${too.slice(1)}`;
    return { right: false, words: `${size}${mine * wanted < 0 ? ", and of the other sign" : ""}. ${none}: go through it again, line by line.` };
  }
  const first = given.findIndex((a, i) => apart(given.map((_, k) => (k === i ? a : answer[k])), answer, form) > 1);
  return { right: false, words: `${none}. Number ${first + 1} of your ${given.length} is the first that is off.` };
}

function options({ options: texts }, { right, whys }, at, given) {
  const wrong = texts.map((_, i) => i).filter((i) => given.includes(i) !== right.includes(i));
  if (!wrong.length) return { right: true, words: "" };
  const [i] = wrong, rest = wrong.length > 1 ? ` ${counted(wrong.length)[0].toUpperCase()}${counted(wrong.length).slice(1)} are judged wrongly in all.` : "";
  return { right: false, words: `Look again at “${texts[i].replace(/[“”]/g, "")}”: you ${given.includes(i) ? "said that it holds" : "left it out"}. ${whys[i]}${rest}` };
}

function prediction(_, { right, whys }, at, [given]) {
  return String(right) === String([given]) ? { right: true, words: whys[given] } : { right: false, words: whys[given] };
}

function line(_, key, at, [given]) {
  if (given === key.line) return { right: true, words: `Line ${given} should be \`${key.mended.trim()}\`. What the test says of the listing above: ${key.fails}` };
  return { right: false, words: `Line ${given} is not it. ${key.others[given] ?? "Try it with a small x: it does what it should."}` };
}

// `given` are places in the shuffled list; `order` says which line of the derivation stands at each.
function order(_, { order: places, whys }, at, given) {
  const wrong = given.findIndex((shown, place) => places[shown] !== place);
  if (wrong < 0) return { right: true, words: "" };
  return { right: false, words: `${wrong ? `The first ${wrong === 1 ? "line is" : `${counted(wrong)} lines are`} right. ` : ""}Line ${wrong + 1} should be the one of which this is the reason: ${whys[wrong]}.` };
}

function points(_, key, at, given) {
  const missing = key.points.filter((_, i) => !given.includes(i));
  if (!missing.length) return { right: true, words: "" };
  return { right: false, words: `Not said yet: ${missing.join(" ")}` };
}

const JUDGES = { compute: numbers, shapes: numbers, choose: options, predict: prediction, bug: line, order, explain: points };

// { right, words, known?, slip? } for what was given to an item.
export const judge = (seen, key, at, given, places) => JUDGES[seen.kind](seen, key, at, given, places);
