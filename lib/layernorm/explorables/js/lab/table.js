// The stored results of all combinations, the last input changing fastest.  Pure.

export const place = (values, value) => values.findIndex((one) => one === value);

export function chosenRow(grid, choice) {
  return Object.entries(grid).reduce((row, [name, values]) => row * values.length + place(values, choice[name]), 0);
}

export function nameOf(controls, name, value) {
  const { values, texts } = controls.find((one) => one.name === name);
  return texts[place(values, value)];
}
