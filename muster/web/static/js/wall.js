// Keeps a wall up to date: fetches its board every few seconds, less often while there is no connection, and says so.
// What is shown is never older than it says; when nothing came for a while, even a screen that slept says it is stale.
const EVERY_MS = 15000;
const SLOWEST_MS = 120000;
const STALE_MS = 45000;
const TIMEOUT_MS = 10000;

const board = document.querySelector("[data-board]");
let came = Date.now();
let wait = EVERY_MS;
let ended = false;

function show(state) {
  document.querySelectorAll("[data-state]").forEach((one) => { one.hidden = one.dataset.state !== state; });
  document.querySelector("[data-stale]").hidden = state !== "lost";
  document.querySelector("[data-gone]").hidden = state !== "ended";
}

function address() {
  const query = window.location.search ? window.location.search + "&part=1" : "?part=1";
  return window.location.pathname + query;
}

// A link that was ended, or a session: what it showed isn't this screen's any more.
function end() {
  ended = true;
  board.textContent = "";
  show("ended");
}

async function update() {
  const stop = new AbortController();
  const timer = window.setTimeout(() => stop.abort(), TIMEOUT_MS);
  try {
    const answer = await window.fetch(address(), { signal: stop.signal, cache: "no-store", credentials: "same-origin" });
    if (answer.status === 404 || answer.redirected) { end(); return; }
    if (!answer.ok) throw new Error(String(answer.status));
    board.innerHTML = await answer.text();
    came = Date.now();
    wait = EVERY_MS;
    ended = false;
    show("ok");
  } catch (lost) {
    wait = Math.min(SLOWEST_MS, wait * 2);
    show("lost");
  } finally {
    window.clearTimeout(timer);
  }
}

async function goOn() {
  await update();
  window.setTimeout(goOn, ended ? SLOWEST_MS : wait);
}

// A screen that slept, or a page that the browser held back: stale until the next answer.
window.setInterval(() => { if (!ended && Date.now() - came > STALE_MS) show("lost"); }, 5000);
window.addEventListener("online", () => { if (!ended) update(); });
window.addEventListener("offline", () => { if (!ended) show("lost"); });

show("ok");
window.setTimeout(goOn, EVERY_MS);
