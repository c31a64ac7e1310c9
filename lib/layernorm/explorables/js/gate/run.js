// A run through a gate.  Pure.

const SECOND_TRIES = 1;

// `turn` is how often the gate was run before.
export const begin = (count, turn) => ({ queue: [...Array(count).keys()], turn, tries: Array(count).fill(0), missed: [], done: 0 });

// Which of its numbers a question has in this run: others than in the runs before, second tries included.
export const numbered = ({ turn, tries }, which) => turn * (1 + SECOND_TRIES) + tries[which];

// What is wrong once comes again at the end, with other numbers; wrong twice, or two wrong, and the run is lost, but goes on.
export function advance(run, right) {
  const [which, ...queue] = run.queue, tries = run.tries.with(which, run.tries[which] + 1);
  const back = !right && run.tries[which] === 0 && run.missed.length < SECOND_TRIES;
  return { ...run, queue: back ? [...queue, which] : queue, tries, done: run.done + 1, missed: right ? run.missed : [...run.missed, which] };
}

// A run that was left in the middle, if it still is one of this gate.
export const resumed = (run, count, turn) => (run?.turn === turn && run.tries?.length === count && run.done > 0 && run.queue.length ? run : null);

export const outcome = ({ missed }) => missed.length <= SECOND_TRIES;

export function verdict(run, count, { passed, kept, time }) {
  const wrong = new Set(run.missed).size, right = count - wrong;
  if (!outcome(run)) return { mark: "✕ Not yet.", text: `${right} of ${count} were right at once. Reread what is listed, then come back: what has numbers will have others.` };
  if (kept === time) return { mark: "✓✓ Kept.", text: "You passed again, on a later day. This chapter stays with you." };
  if (passed === time) return { mark: "✓ Passed.", text: "Come back tomorrow or later and pass again; then it is kept." };
  return { mark: "✓ Passed again.", text: kept ? "It was kept already." : "To be kept, it has to be on a later day." };
}
