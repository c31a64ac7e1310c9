// Ask first: a guess, then the thing itself happens in the picture, then the verdict stands beside the guess and stays.
import { ROUND } from "../arithmetic.js";
import { dated, el } from "../kit.js";
import { choices, strip } from "../desk.js";
import { LAST, PRESETS, told, verdict } from "./tale.js";

const SLOW = 2400;

export function bet(view) {
  const show = strip(), kept = new Map();                     // by preset: { guess, verdict }
  const here = () => String(["mode", "x", "g", "gamma", "beta", "eps"].map(view.get));
  const state = () => told(Object.fromEntries(["mode", "x", "g", "gamma", "beta", "eps"].map((key) => [key, view.get(key)])));
  // A question about one x and one g stands beside others.
  const elsewhere = (name, quiz) => !quiz.path && ["x", "g"].some((key) => String(view.get(key)) !== String(view.given(name)[key]));

  function commit(name, quiz, guess) {
    // What was asked is about the case of the preset, or about any x whose size ε does not touch.
    if (quiz.path ? quiz.full && state().n.spread < ROUND : elsewhere(name, quiz)) view.set({ x: [...view.given(name).x], g: [...view.given(name).g] });
    const start = state(), mine = { guess, verdict: null, judge };
    function judge() {
      if (kept.get(name) !== mine || view.preset() !== name) return kept.delete(name);
      Object.assign(mine, { verdict: verdict(quiz, guess, start, state()), of: here() });
      return view.later();
    }
    kept.set(name, mine);
    view.later();
    if (quiz.path) view.perform((u) => quiz.path(u, start), SLOW, judge);
    else view.walk(LAST, judge);
  }

  return {
    node: show.node,
    words: show.words,
    forget(name) { kept.delete(name); },
    // Somebody took hold before the thing had happened: there is nothing to judge.
    halted() { for (const [name, { verdict: said }] of kept) if (!said) kept.delete(name); },
    // A reader goes through the steps by hand: at the last the thing has happened.
    arrived(step) {
      const mine = kept.get(view.preset());
      if (step === LAST && mine && !mine.verdict) mine.judge();
    },
    // Where a question about size will take x, for the picture to hold it; nothing new once it is on its way.
    ahead() {
      const name = view.preset(), quiz = PRESETS[view.get("mode")][name];
      return !quiz.full ? null : kept.has(name) ? undefined : quiz.path(1, state()).x;
    },
    draw() {
      const name = view.preset(), quiz = PRESETS[view.get("mode")][name], mine = kept.get(name);
      if (!mine) {
        const other = elsewhere(name, quiz);
        show.show(`${name} asked ${other}`, ["asked", "Predict", other ? `${quiz.ask} (Check brings this case back.)` : quiz.ask], () => choices(quiz.options, quiz, (guess) => commit(name, quiz, guess)));
      } else if (!mine.verdict) {
        show.show(`${name} held`, ["held", "Your guess:", `${mine.guess.map((i) => quiz.options[i]).join(", ")}. Watch.`]);
      } else {
        const past = mine.of !== here();
        show.show(`${name} told ${past}`, dated(mine.verdict, past), () => [el("button", { type: "button", class: "ln-btn ln-open", onclick: () => view.load(name) }, "Guess again")]);
      }
    },
  };
}
