// What cards of one page tell each other.  Modules may be loaded apart from each other; the document is what they share.

const kept = () => (document.lnGuesses ??= new Map());

// `choice` is null once a guess is taken back.
export function tellPage(question, choice) {
  kept().set(question, choice);
  document.dispatchEvent(new CustomEvent("ln-guess", { detail: question }));
}

// Calls `tell` now and whenever the guess at `question` changes.
export function hearPage(question, tell, signal) {
  document.addEventListener("ln-guess", (event) => {
    if (event.detail === question) tell(kept().get(question) ?? null);
  }, { signal });
  tell(kept().get(question) ?? null);
}
