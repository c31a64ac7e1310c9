// On every page: which gates are passed, beside their pages in the list of contents.
import { staged } from "./naming.js";
import { stage } from "./progress.js";
import { follow } from "./store.js";

export function mark() {
  const links = [...document.querySelectorAll('.bd-sidebar-primary a[href*="_practice."]')].map((link) => [link, /0(\d)_practice/.exec(link.href)?.[1]]);
  follow(({ gates }) => {
    for (const [link, chapter] of links) {
      const words = gates[chapter]?.passed ? staged(stage(gates[chapter])) : "";
      link.querySelector(".ln-gate-mark")?.remove();
      if (!words) continue;
      const node = document.createElement("span");
      node.className = "ln-gate-mark";
      node.textContent = ` ${words}`;
      link.append(node);
    }
  });
}
