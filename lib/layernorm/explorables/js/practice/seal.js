// What tells an answer is turned by 47 signs in the page's source, so that nobody reads it by accident.
export const unseal = (text) => JSON.parse(text.replace(/[!-~]/g, (sign) => String.fromCharCode(33 + ((sign.charCodeAt(0) + 14) % 94))));
