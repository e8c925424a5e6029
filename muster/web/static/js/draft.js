// A draft of a form that survives a killed tab, an ended session, a refused step: texts and choices, with the act's id, so
// that what was sent already isn't taken twice. Never who asked, and never another person's.
const PRIVATE = ["csrfmiddlewaretoken", "name", "phone", "source_number"];
const SENT = "sent draft";

export function keepDraft(form) {
  const key = "draft " + form.dataset.draft + " " + form.dataset.person;
  restore(form, key);
  form.addEventListener("input", () => keep(form, key));
  form.addEventListener("submit", () => { keep(form, key); window.sessionStorage.setItem(SENT, key); });
}

// Gone only once the server has said that it is kept.
export function forgetSent() {
  const sent = window.sessionStorage.getItem(SENT);
  if (sent) window.localStorage.removeItem(sent);
  window.sessionStorage.removeItem(SENT);
}

function keep(form, key) {
  const draft = {};
  new FormData(form).forEach((value, name) => {
    if (PRIVATE.indexOf(name) < 0 && typeof value === "string") draft[name] = value;
  });
  try {
    window.localStorage.setItem(key, JSON.stringify(draft));
    form.querySelectorAll("[data-kept]").forEach((note) => { note.hidden = false; });
  } catch (full) { /* a full or closed storage must not stop the form */ }
}

// Only into a form that nothing was typed into yet: what came back from the server is newer.
function restore(form, key) {
  const draft = JSON.parse(window.localStorage.getItem(key) || "null");
  const typed = Array.from(form.querySelectorAll("textarea")).some((field) => field.value);
  const again = form.querySelector("[name=recurrence_of]");
  if (!draft || typed || (again && again.value)) return;
  Object.keys(draft).forEach((name) => form.querySelectorAll("[name=" + name + "]").forEach((field) => {
    if (field.type === "radio") { field.checked = field.value === draft[name]; }
    else if (field.type !== "file" && field.type !== "submit") { field.value = draft[name]; }
  }));
}
