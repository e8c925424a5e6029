// A part of the page that may take a moment is fetched once the rest stands there. Without this, its link leads to it.
const part = document.querySelector("[data-part]");
if (part) {
  fetch(part.dataset.part, { credentials: "same-origin" }).then((answer) => {
    if (!answer.ok) return undefined;
    return answer.text().then((html) => { part.innerHTML = html; });
  }).catch(() => {});
}
