// The bar over the ticked rows: how many they are, and a box that ticks them all. Without this, the bar stands there always.
const bar = document.querySelector("[data-bulk]");
const rows = document.getElementById("rows");

function boxes() { return Array.from(document.querySelectorAll("input[type=checkbox][name=id]")); }

function tell() {
  const ticked = boxes().filter((box) => box.checked).length;
  bar.hidden = ticked === 0;
  const said = bar.querySelector("[data-ticked]");
  said.textContent = said.dataset.ticked.replace("#", String(ticked));
  boxes().forEach((box) => {
    const row = box.closest("tr");
    if (row) row.classList.toggle("ticked", box.checked);
  });
  const all = document.querySelector("[data-tick-all]");
  if (all) { all.checked = ticked > 0 && ticked === boxes().length; all.indeterminate = ticked > 0 && !all.checked; }
}

function offerAll() {
  const head = rows.querySelector("thead .tick");
  if (!head || document.querySelector("[data-tick-all]")) return;
  const all = document.createElement("input");
  all.type = "checkbox";
  all.className = "tickbox";
  all.dataset.tickAll = "1";
  all.setAttribute("aria-label", bar.dataset.all);
  head.appendChild(all);
}

if (bar && rows) {
  offerAll();
  const untick = bar.querySelector("[data-untick]");
  untick.hidden = false;
  untick.addEventListener("click", () => { boxes().forEach((box) => { box.checked = false; }); tell(); });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-tick-all]")) boxes().forEach((box) => { box.checked = event.target.checked; });
    if (event.target.matches("[data-tick-all], input[name=id]")) tell();
  });
  window.addEventListener("pageshow", tell);
  tell();
}
