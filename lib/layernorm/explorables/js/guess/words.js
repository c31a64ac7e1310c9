// What a card says, without a page to say it on.  Pure.

const LEAST = 0.02;                                           // a typed number is right if it is off by no more than this share

// One after another; options that hold a comma themselves are told apart by another sign.
const listed = (options, words) => words.join(options.some((one) => one.includes(",")) ? "; " : ", ");
export const chosen = (options, indices) => listed(options, indices.map((i) => options[i])) || "none";

// A number as it is written in the text: four digits, a whole number in full, no exponent, a true minus.
export const plain = (v, digits = 4) => String(Number.isInteger(v) ? v : +v.toPrecision(digits)).replace("-", "\u2212");

// What the reader said, in words.
export const said = (options, choice) => (options.length ? chosen(options, choice) : plain(choice[0] ?? 0, 6));

export function judge({ options, right, truth, other }, choice) {
  if (other) return false;
  if (!options.length) return Math.abs(choice[0] - truth) <= LEAST * Math.abs(truth);
  return String(choice) === String(right);
}

// The answer in words; what no option says is told as it is.
function truly({ options, right, truth, other }) {
  if (!options.length) return plain(truth);
  if (!other) return chosen(options, right);
  return listed(options, [...right.map((i) => options[i]), `none of these: ${other}`]);
}

export const answered = ({ right, truth }) => right !== null || truth !== null;

// While the answer is still to come.
export const held = ({ options }, choice) => ["held", "Your guess:", `${said(options, choice)}. The answer comes below.`];

// The answer beside the guess: [state, tag, words]; `choice` is null for whoever has not guessed.
export function verdict(card, choice) {
  const is = truly(card), own = choice && said(card.options, choice);
  if (!choice) return ["told", "Answer", `${is}. ${card.tell}`];
  if (judge(card, choice)) return ["right", own === is ? "✓ As you said:" : `✓ Close to your ${own}:`, `${is}. ${card.tell}`];
  return ["wrong", "✕ Not quite.", `You said ${own}; the answer: ${is}. ${card.tell}`];
}

// The verdict that takes most room: a wrong guess in many words.
export function longest(card) {
  const wrong = card.options.map((_, i) => i).filter((i) => String(card.right) !== String([i]));
  const words = wrong.map((i) => verdict(card, [i])).sort((a, b) => b[2].length - a[2].length);
  return words[0] ?? verdict(card, [-1000.5]);
}
