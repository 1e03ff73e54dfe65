"use strict";
// Keys for what is on the page anyway: `data-key` on a control is the letter that uses it. Nothing here is needed.
(() => {
  const OFF = "netra-keys-off";
  const fields = "input:not([type=radio]):not([type=checkbox]), select, textarea, [contenteditable]";
  const remembered = () => {
    try { return localStorage.getItem(OFF) === "1"; } catch { return false; }
  };
  let off = remembered();

  const rows = () => [...document.querySelectorAll("[data-list] tbody a")];

  function move(step) {
    const all = rows();
    const at = all.indexOf(document.activeElement);
    const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    if (next) next.focus();
  }

  function use(control) {
    if (control.matches("input[type=radio]")) {
      control.checked = true;
      control.dispatchEvent(new Event("change", { bubbles: true }));
    } else if (control.matches(fields)) {
      control.focus();
    } else {
      control.click();
    }
  }

  function pressed(event) {
    const target = event.target;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = target.closest("form") || document.querySelector("form[data-decide]");
      const button = form && form.querySelector("[data-submit]");
      if (button) { event.preventDefault(); form.requestSubmit(button); }
      return;
    }
    if (event.key === "Escape" && target.matches(fields)) { target.blur(); return; }
    if (off || event.ctrlKey || event.metaKey || event.altKey || event.repeat || target.matches(fields)) return;
    if (event.key === "j" && rows().length) { move(1); return; }
    if (event.key === "k" && rows().length) { move(-1); return; }
    if (event.key === "?") { location.assign("/konsol/bantuan"); return; }
    const control = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key);
    if (control) { event.preventDefault(); use(control); }
  }

  // A decision that needs a reason leads to it, any other to the button that saves.
  function chosen(event) {
    const form = event.target.closest("form[data-decide]");
    if (!form || event.target.name !== "label") return;
    const reason = form.querySelector("textarea");
    const needed = "reason" in event.target.dataset;
    reason.required = needed;
    (needed && !reason.value.trim() ? reason : form.querySelector("[data-submit]")).focus();
  }

  function wireSwitch(button) {
    const show = () => button.setAttribute("aria-pressed", String(off));
    button.hidden = false;
    button.addEventListener("click", () => {
      off = !off;
      try { localStorage.setItem(OFF, off ? "1" : "0"); } catch { /* for this page only */ }
      show();
    });
    show();
  }

  document.addEventListener("keydown", pressed);
  document.addEventListener("change", chosen);
  document.querySelectorAll("[data-keys-switch]").forEach(wireSwitch);
})();
