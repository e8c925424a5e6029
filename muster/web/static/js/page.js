// Loaded on every page: what a plain page can do without. Old engines: no optional chaining, no :has.
import { forgetSent, keepDraft } from "./draft.js";

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

// An open menu closes when one looks elsewhere, or by Escape.
const closeMenus = (kept) => document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
  if (!menu.contains(kept)) menu.open = false;
});
document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("focusin", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest && event.target.closest("details[data-menu][open]");
  closeMenus(null);
  if (menu) menu.querySelector("summary").focus();
});

// Previews of photos. The files stay in the input itself, so that the plain form sends them.
document.addEventListener("change", (event) => {
  const input = event.target;
  const shots = input.closest && input.closest("[data-shots]");
  if (!shots || input.type !== "file") return;
  shots.querySelectorAll("[data-preview]").forEach((shot) => shot.remove());
  Array.from(input.files).forEach((file) => {
    const shot = document.createElement("span");
    shot.className = "shot sq";
    shot.dataset.preview = "1";
    const inside = document.createElement(file.type.indexOf("image/") === 0 ? "img" : "span");
    if (inside.tagName === "IMG") { inside.alt = file.name; inside.src = URL.createObjectURL(file); }
    else { inside.className = "shot-gap"; inside.textContent = file.name; }
    shot.appendChild(inside);
    shots.insertBefore(shot, shots.lastElementChild);
  });
});

// What was drafted here and is recorded now needs no draft any more; the others are kept.
if (document.querySelector(".said .recorded")) forgetSent();
document.querySelectorAll("form[data-draft]").forEach(keepDraft);
