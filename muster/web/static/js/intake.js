// Intake on a phone: phrases, and sites as one types. The form works without.
const form = document.getElementById("intake");
const sites = document.getElementById("sites");
const text = document.getElementById("id_text");

// Phrases of the chosen category; a tap adds one.
function showPhrases() {
  const chosen = form.querySelector("input[name=category]:checked");
  form.querySelectorAll("[data-phrases]").forEach((box) => { box.hidden = !chosen || box.dataset.phrases !== chosen.value; });
}
form.querySelectorAll("[data-phrases] button").forEach((button) => button.addEventListener("click", () => {
  text.value = text.value ? text.value + "，" + button.textContent : button.textContent;
  text.dispatchEvent(new Event("input", { bubbles: true }));
}));
form.addEventListener("change", showPhrases);

// Sites: nearest where the browser tells the position, and those that match what is typed.
let asked = 0;
function fetchSites(query) {
  const mine = ++asked;
  fetch(form.dataset.sites + query, { credentials: "same-origin" })
    .then((response) => (response.ok ? response.text() : Promise.reject(response.status)))
    .then((html) => {
      const chosen = sites.querySelector("input:checked");
      if (mine !== asked || (chosen && !query.startsWith("?q="))) return;
      sites.innerHTML = html;
    })
    .catch(() => {});
}
let waiting = 0;
// Whoever has chosen isn't taken the choice away by an answer that was still under way.
sites.addEventListener("change", () => {
  window.clearTimeout(waiting);
  asked += 1;
});
document.getElementById("site-q").addEventListener("input", (event) => {
  window.clearTimeout(waiting);
  waiting = window.setTimeout(() => fetchSites("?q=" + encodeURIComponent(event.target.value)), 200);
});
if (form.dataset.draft === "finding" && navigator.geolocation && window.isSecureContext) {
  navigator.geolocation.getCurrentPosition(
    (here) => fetchSites("?latitude=" + here.coords.latitude + "&longitude=" + here.coords.longitude),
    () => {}, { timeout: 8000, maximumAge: 60000 });
}

showPhrases();
