// The list of what is on a page stands open beside the text where there is room.
const contents = document.querySelector(".contents details");
const wide = matchMedia("(min-width: 75rem)");
const fold = () => { if (contents) contents.open = wide.matches; };
wide.addEventListener("change", fold);
fold();

// What has to be scrolled sideways can be reached by the keyboard.
const scrolling = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
for (const part of document.querySelectorAll("pre, .scroll, .formula, .outputs .html")) scrolling.observe(part);
