// The same section in the other language: the ids are the same in all of them.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a.md-select__link[hreflang]");
  if (link) link.hash = location.hash;
});
