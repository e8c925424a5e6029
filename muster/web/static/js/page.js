// Loaded on every page: what a plain page can do without. Old engines: no optional chaining, no :has.

// One submit per press: a second click on a slow line would only send the same again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  window.setTimeout(() => { delete form.dataset.sent; }, 8000);
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
});

// 复制文字: the text stands in the page; without a clipboard it is selected for the reader to copy.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  event.preventDefault();
  const source = document.getElementById(button.dataset.copy);
  const done = () => { button.querySelector("[data-label]").textContent = button.dataset.done; };
  if (navigator.clipboard) { navigator.clipboard.writeText(source.value).then(done); return; }
  source.classList.remove("vh");
  source.select();
  if (document.execCommand("copy")) done();
});
