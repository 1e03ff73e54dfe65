"use strict";
// Pages work without this: it asks how far a run is instead of loading the page again, and looks at the size of a file
// before it is sent.
(function () {
  const run = document.querySelector("[data-progress]");
  async function ask() {
    const answer = await fetch(run.dataset.progress, { headers: { Accept: "application/json" } });
    if (!answer.ok || !(answer.headers.get("Content-Type") || "").startsWith("application/json")) {
      location.reload();
      return;
    }
    const told = await answer.json();
    run.querySelector("progress").value = told.part;
    run.querySelector("[data-words]").textContent = told.words;
    if (told.state === "running") { later(); } else { location.reload(); }
  }
  function later() { setTimeout(() => { ask().catch(later); }, 1000); }
  if (run) { later(); }

  const form = document.querySelector("[data-most-bytes]");
  if (form) {
    const field = form.querySelector("input[type=file]");
    const said = form.querySelector("[data-too-large]");
    const tooLarge = () => field.files.length > 0 && field.files[0].size > Number(form.dataset.mostBytes);
    field.addEventListener("change", () => { said.hidden = !tooLarge(); });
    form.addEventListener("submit", (event) => { if (tooLarge()) { event.preventDefault(); said.hidden = false; } });
  }
})();
