// Everything works without this script, but for the copy buttons. It is loaded from here, and
// loads nothing.
"use strict";

const root = document.documentElement;
root.classList.add("js");

const said = document.getElementById("said");

function say(text, bad) {
  if (!said) return;
  said.textContent = text;
  said.classList.toggle("bad", Boolean(bad));
  said.classList.add("shown");
  clearTimeout(say.timer);
  say.timer = setTimeout(() => said.classList.remove("shown"), bad ? 8000 : 2500);
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = "Copied";
    say("Copied");
    setTimeout(() => (button.textContent = "Copy"), 2000);
  } catch {
    // Browsers have no clipboard for pages without https: the reader can copy what is selected.
    const range = document.createRange();
    range.selectNodeContents(source);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    say("Selected: copy it with the keyboard");
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});

// What is typed narrows the list that is there; the server finds the rest.
for (const field of document.querySelectorAll("[data-filter]")) {
  const list = document.getElementById(field.dataset.filter);
  if (!list) continue;
  const none = document.getElementById(`${list.id}-none`);
  field.addEventListener("input", () => {
    const wanted = field.value.trim().toLowerCase();
    let shown = 0;
    for (const row of list.children) {
      row.hidden = !row.dataset.text.toLowerCase().includes(wanted);
      if (!row.hidden) shown += 1;
    }
    if (none) none.hidden = shown > 0;
  });
}

// A tick is saved when it is made. One that is not saved is taken back.
for (const form of document.querySelectorAll("form[data-instant]")) {
  const box = form.querySelector("input[type=checkbox]");
  form.addEventListener("change", async () => {
    const body = new URLSearchParams(new FormData(form));
    const ticked = box.checked;
    box.disabled = true;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body,
        headers: { accept: "application/json" },
        redirect: "error",
      });
      const told = await answer.json();
      if (!answer.ok) throw new Error(told.message);
      const count = document.getElementById("agents-count");
      count.textContent = told.count;
      count.classList.toggle("good", told.count !== "none");
      say(told.message);
    } catch (error) {
      box.checked = !ticked;
      const reason = error instanceof TypeError ? "the server does not answer" : error.message;
      say(`Not saved: ${reason}`, true);
    } finally {
      box.disabled = false;
      box.focus();
    }
  });
}
