// The theme makes a navigation landmark of each copy button: dozens on a page, all without a name.
let number = 0;
const name = () => {
  for (const nav of document.querySelectorAll("nav.md-code__nav:not([aria-label])")) {
    number += 1;
    nav.setAttribute("aria-label", `${nav.querySelector("button")?.title} ${number}`);
  }
};
new MutationObserver(name).observe(document.documentElement, { childList: true, subtree: true });

// What the theme says in passing, such as that a text was copied, stands in no landmark, and
// nobody who listens to a page is told of it.
document.querySelector("[data-md-component=dialog]")?.setAttribute("role", "status");
