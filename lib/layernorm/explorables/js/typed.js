// A field for a number: what it takes, and why something was not taken.
import { el, exact } from "./kit.js";

// A sign that a field of numbers would drop without a word.
export const oddIn = (text) => [...text].find((sign) => !/[\d.eE+-]/.test(sign)) ?? "";
// Why a field's text was not taken, or nothing.
export function refused(name, was, { unreadable, value, odd = "" }, [low, high]) {
  const stays = `${name} stays ${exact(was)}: `;
  if (odd === ",") return `${stays}one number a field, with a point in it, not a comma. A space goes on to the next.`;
  if (odd) return `${stays}“${odd}” is no part of a number here. Digits, point, hyphen and e are.`;
  if (unreadable) return `${stays}that is not a number.`;
  if (Number.isNaN(value)) return `${stays}the field was empty.`;
  return value < low || value > high ? `${stays}this field takes ${exact(low)} to ${exact(high)}.` : "";
}

// As a field shows it: nine digits, a small number with its power.
const written = (v) => (v !== 0 && Math.abs(v) < 1e-3 ? (+v.toPrecision(9)).toExponential() : String(+v.toPrecision(9)));

// A field that takes a number or says why not, and shows what stands when it is left.  A space, or a comma and a space,
// goes on to the next one.
export function field(view, name, limits, get, set, more = {}, next = () => null, write = written) {
  let odd = "";
  const take = () => {
    const no = refused(name(), get(), { unreadable: input.validity.badInput, value: input.valueAsNumber, odd }, limits());
    odd = "";
    input.setAttribute("aria-invalid", no !== "");
    if (no) view.refuse(no);
    else set(input.valueAsNumber);
    return !no;
  };
  const input = el("input", {
    type: "number", step: "any", class: "ln-field", ...more,
    onbeforeinput(event) {
      const sign = oddIn(event.data ?? "");
      if (!sign) return;
      event.preventDefault();
      if (sign === " " && (odd === "" || odd === ",")) {
        odd = "";
        if (take()) next()?.select();                         // which takes the focus along
      } else odd ||= sign;
      if (odd && odd !== ",") view.refuse(refused(name(), get(), { odd }, limits()));
    },
    oninput({ inputType }) { if (/^delete/.test(inputType)) odd = ""; },         // what is deleted or replaced takes the odd sign along
    onselect() { odd = ""; },
    onchange: take,
    onblur() {
      if (odd && input.isConnected) view.refuse(refused(name(), get(), { odd }, limits()));
      odd = "";
      show(true);
    },
  });
  const show = (anyway) => {
    if (!anyway && document.activeElement === input) return;
    input.removeAttribute("aria-invalid");
    const now = write(get());
    if (input.value !== now || input.validity.badInput) input.value = now;
  };
  return { input, show };
}
