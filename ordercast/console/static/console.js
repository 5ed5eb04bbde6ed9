// Write local times beside UTC, keep the first page up to date, and ask before what cannot be undone.
"use strict";

const local = new Intl.DateTimeFormat(undefined, { dateStyle: "short", timeStyle: "medium" });

function localTimes(within) {
  for (const time of within.querySelectorAll("time[datetime]:not([data-local])")) {
    const words = local.format(new Date(time.dateTime));
    time.dataset.local = "";
    const beside = document.createElement("span");
    beside.className = "local";
    beside.textContent = ` (${words} here)`;
    time.append(beside);
  }
}

function follow(part) {
  const events = new EventSource(part.dataset.live);
  const stale = document.createElement("p");
  stale.className = "note stale";
  stale.hidden = true;
  stale.textContent = "Not connected: what is below is from before. It is tried again.";
  part.before(stale);
  events.addEventListener("now", (event) => {
    stale.hidden = true;
    const focused = part.contains(document.activeElement) ? document.activeElement.getAttribute("aria-labelledby") : null;
    part.innerHTML = event.data;
    if (focused) part.querySelector(`[tabindex][aria-labelledby="${focused}"]`)?.focus();
    localTimes(part);
  });
  events.addEventListener("error", () => { stale.hidden = false; });
  addEventListener("pagehide", () => events.close());
}

localTimes(document);
for (const part of document.querySelectorAll("[data-live]")) follow(part);
document.addEventListener("htmx:afterSettle", (event) => {
  localTimes(event.target);
  event.target.removeAttribute("aria-busy");
});
