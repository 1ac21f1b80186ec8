// The theme makes a navigation landmark of each copy button: dozens on a page, all without a name.
let number = 0;
const name = () => {
  for (const nav of document.querySelectorAll("nav.md-code__nav:not([aria-label])")) {
    number += 1;
    nav.setAttribute("aria-label", `${nav.querySelector("button")?.title} ${number}`);
  }
};
new MutationObserver(name).observe(document.documentElement, { childList: true, subtree: true });
