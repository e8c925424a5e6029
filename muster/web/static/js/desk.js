// The desk by keyboard: j and k or the arrows move through the rows, Enter opens, r rules next, ? shows the keys.
const rows = Array.from(document.querySelectorAll("[data-row]"));
let here = -1;

function visible(row) { return row.offsetParent !== null; }

function go(step) {
  let next = here + step;
  while (rows[next] && !visible(rows[next])) next += step;
  if (!rows[next]) return;
  if (rows[here]) rows[here].classList.remove("is-at");
  here = next;
  rows[here].classList.add("is-at");
  rows[here].querySelector("a").focus({ preventScroll: true });
  rows[here].scrollIntoView({ block: "nearest" });
}

function help() {
  const keys = document.getElementById("keys");
  keys.open = !keys.open;
  if (keys.open) keys.scrollIntoView({ block: "nearest" });
}

function rule() {
  const next = document.querySelector("[data-next]");
  if (next) next.click();
}

const KEYS = { j: () => go(1), ArrowDown: () => go(1), k: () => go(-1), ArrowUp: () => go(-1), r: rule, "?": help };

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});
// Whoever comes to a row by Tab goes on from there.
document.addEventListener("focusin", (event) => {
  const row = event.target.closest("[data-row]");
  const found = rows.indexOf(row);
  if (found < 0 || found === here) return;
  if (rows[here]) rows[here].classList.remove("is-at");
  here = found;
  rows[here].classList.add("is-at");
});
