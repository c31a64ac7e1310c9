// A number as a learner types it: a decimal, a fraction, a root, a power.  Pure.

const NUMBER = /^(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?/i;
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

// One form for what keyboards and papers have several of.
export const plain = (text) => text.trim()
  .replace(/[−–—]/g, "-")
  .replace(/⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+/g, (power) => `^${[...power].map((c) => (c === "⁻" ? "-" : RAISED.indexOf(c))).join("")}`)
  .replace(/(\d?)½/g, (_, before) => (before ? `${before}.5` : "0.5"))
  .replace(/[·×]|(?<=\d)\s*x\s*(?=10\s*\^)/g, "*").replace(/sqrt/gi, "√")
  .replace(/\s*([*/^])\s*|(√)\s+/g, "$1$2");

// sum := product { (+|-) product },  product := signed { (*|/) signed },  signed := {-|+} power,  power := atom [^ signed],
// atom := number [√ atom] | √ power | ( sum ).  null if it is none of these.
export function value(token) {
  let rest = token.replace(/\s/g, "");
  const take = (sign) => rest.startsWith(sign) && ((rest = rest.slice(sign.length)), true);
  function sum() {
    let whole = product();
    while (/^[-+]/.test(rest)) whole = take("-") ? whole - product() : (take("+"), whole + product());
    return whole;
  }
  function product() {
    let whole = signed();
    while (/^[*/]/.test(rest)) whole = take("*") ? whole * signed() : (take("/"), whole / signed());
    return whole;
  }
  const signed = () => (take("-") ? -signed() : take("+") ? signed() : power());
  const power = () => {
    const base = atom();
    return take("^") ? base ** signed() : base;
  };
  function atom() {
    if (take("√")) return Math.sqrt(power());
    if (take("(")) {
      const inside = sum();
      return take(")") ? inside : NaN;
    }
    const found = NUMBER.exec(rest);
    if (!found) return NaN;
    take(found[0]);
    return rest.startsWith("√") ? +found[0] * atom() : +found[0];
  }
  const whole = sum();
  return rest === "" && Number.isFinite(whole) ? whole : null;
}
