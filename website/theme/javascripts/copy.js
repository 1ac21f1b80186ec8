// The theme copies what is seen and cuts the end off; a reader gets the text that was executed.
document.addEventListener(
  "click",
  (event) => {
    const button = event.target.closest?.("[data-clipboard-target]");
    const code = button && document.querySelector(button.dataset.clipboardTarget);
    if (code) button.dataset.clipboardText = code.textContent;
  },
  { capture: true },
);
