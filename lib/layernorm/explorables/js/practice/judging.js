// Whether an answer is right, and what was done where it is not.  Pure.

export const SHARE = 0.005;                                   // both as in forms.py
export const EXACT = 1e-9;
const ROUGH = 6;                                              // so many times farther off it was rounded too much, or a slip
const WORDS = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight"];
const counted = (n) => WORDS[n] ?? String(n);

export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

const largest = (v) => v.reduce((most, a) => Math.max(most, Math.abs(a)), 0) || 1;
const off = (given, wanted) => given.reduce((most, a, i) => Math.max(most, Math.abs(a - wanted[i])), 0);
function near(given, wanted, whole, times = 1) {
  return given.length === wanted.length && off(given, wanted) <= times * (whole ? EXACT : SHARE * largest(wanted));
}

// `slip` marks what is not counted: the learner had it, or nearly.
function numbers({ whole }, { wrong, cases }, at, given) {
  const { answer, wrong: others, told } = cases[at];
  if (near(given, answer, whole)) return { right: true, words: "" };
  const known = others.findIndex((one) => one.length && near(given, one, whole));
  if (known >= 0) return { right: false, known, words: fill(wrong[known], told) };
  if (!whole && near(given, answer, whole, ROUGH)) return { right: false, slip: true, words: "Nearly: give three digits. This is not counted yet." };
  if (near(given.map((a) => -a), answer, whole)) return { right: false, words: "All signs are turned round. Which way does the subtraction go?" };
  const sorted = (v) => [...v].sort((a, b) => a - b);
  if (given.length > 1 && near(sorted(given), sorted(answer), whole)) return { right: false, words: "These are the right numbers in another order." };
  if (given.length === 1) {
    return { right: false, words: `Too ${Math.abs(given[0]) > Math.abs(answer[0]) ? "large" : "small"}${Math.abs(given[0] + answer[0]) < Math.abs(given[0] - answer[0]) ? ", and of the other sign" : ""}. It is none of the slips that this exercise knows: go through it again, line by line.` };
  }
  const first = given.findIndex((a, i) => Math.abs(a - answer[i]) > (whole ? EXACT : SHARE * largest(answer)));
  return { right: false, words: `It is none of the slips that this exercise knows. Number ${first + 1} of your ${given.length} is the first that is off.` };
}

function options({ options: texts }, { right, whys }, at, given) {
  const wrong = texts.map((_, i) => i).filter((i) => given.includes(i) !== right.includes(i));
  if (!wrong.length) return { right: true, words: "" };
  const [i] = wrong, rest = wrong.length > 1 ? ` ${counted(wrong.length)[0].toUpperCase()}${counted(wrong.length).slice(1)} are judged wrongly in all.` : "";
  return { right: false, words: `Look again at “${texts[i]}”: you ${given.includes(i) ? "said that it holds" : "left it out"}. ${whys[i]}${rest}` };
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
export const judge = (seen, key, at, given) => JUDGES[seen.kind](seen, key, at, given);
