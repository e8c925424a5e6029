// A page that tells of work under way looks again after so many seconds.
const waits = document.querySelector("[data-waits]");
if (waits) setTimeout(() => location.reload(), Number(waits.dataset.waits) * 1000);
