
// Keys, buttons, and how the page begins.

const typing = (target) => target.matches("textarea, select, input:not([type=checkbox]):not([type=radio])");

// In a group of radio buttons without a choice the first arrow makes one, instead of stepping over the first of them.
const choose = (event) => {
  const radios = [...document.getElementsByName(event.target.name)];
  if (radios.some((radio) => radio.checked)) return;
  const forward = event.key === "ArrowRight" || event.key === "ArrowDown";
  const radio = radios.at(forward ? 0 : -1);
  event.preventDefault();
  radio.click();
  radio.focus();
};

const mark = (by) => {
  const texts = [...document.querySelectorAll(".text")];
  const here = texts.findIndex((text) => text.contains(document.activeElement));
  texts[Math.min(Math.max(here + by, 0), texts.length - 1)]?.focus();
};

const star = (value) => {
  const text = document.activeElement.closest(".text") || document.querySelector(".text");
  text?.querySelector(`input[value="${value}"]`)?.click();
  text?.focus();
  mark(1);
};

const press = (event) => {
  const { part, index } = step();
  if (/^[1-9]$/.test(event.key)) {
    if (part === "explain") tick(index, Number(event.key) - 1);
    else if (Number(event.key) <= asked.stars) star(event.key);
  } else if (event.key === "n" && part === "explain") none(index);
  else if (event.key === "t" && part === "explain") $("text").focus();
  else if (event.key === "ArrowLeft") show(state.at - 1);
  else if (event.key === "ArrowRight") show(state.at + 1);
  else if (event.key === "ArrowUp" && part === "rate") mark(-1);
  else if (event.key === "ArrowDown" && part === "rate") mark(1);
  else return;
  event.preventDefault();
};

document.addEventListener("keydown", (event) => {
  if ($("work").hidden || event.isComposing) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    next();
  } else if (event.key === "Escape") {
    $("where").focus({ preventScroll: true });
  } else if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) {
    return;
  } else if (event.key.startsWith("Arrow") && event.target.matches("input[type=radio]")) {
    choose(event);
  } else if (!(event.key.startsWith("Arrow") && event.target.closest("blockquote[tabindex]"))) {
    press(event);
  }
});

const begin = (annotator, rater) => {
  state = kept(annotator) || fresh(annotator, rater);
  show(state.at);
};

$("begin").addEventListener("submit", (event) => {
  event.preventDefault();
  begin($("annotator").value.trim(), Number($("slot").value));
});
$("annotator").addEventListener("input", (event) => { event.target.value = event.target.value.toLowerCase(); });
$("form").addEventListener("submit", (event) => event.preventDefault());
$("back").addEventListener("click", () => show(state.at - 1));
$("next").addEventListener("click", next);
$("export").addEventListener("click", () => { clock(); finish(); });
$("save").addEventListener("click", save);
$("review").addEventListener("click", () => {
  const open = steps().findIndex(lacking);
  show(open < 0 ? 0 : open);
});
$("switch").addEventListener("click", () => {
  clock();
  keep();
  if (!storage && unsaved && !window.confirm("Answers that you have not exported will be lost. Go on?")) return;
  if (storage) storage.removeItem(PLACE);
  state = null;
  view("start");
  $("annotator").focus();
});
$("load").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  event.target.value = "";
  try {
    state = restored(await file.text());
    warn("");
    keep();
    $("review").click();
  } catch (error) {
    warn(error instanceof SyntaxError || error instanceof TypeError ? "This file is no export of an annotation page." : error.message);
  }
});
document.addEventListener("visibilitychange", () => { clock(); if (state) keep(); });
window.addEventListener("beforeunload", (event) => {
  if (state) { clock(); keep(); }
  if (state && unsaved) event.preventDefault();
});
window.addEventListener("storage", (event) => {
  if (state && event.key === `${PLACE}:${state.annotator}`) warn("This page is open in another tab too. Go on in one of them only.");
});

$("lead").textContent = `${task.items.length} ${task.items.length === 1 ? "unit" : "units"} to explain` +
  (task.items.some(({ said }) => said.length) ? ", then texts to rate." : ".");
$("slots").hidden = task.orders.length < 2;
$("slot").append(...task.orders.map((_, i) => make("option", { value: i }, String(i + 1))));
const wanted = Number(new URLSearchParams(location.hash.slice(1)).get("rater")) - 1;
if (task.orders[wanted]) $("slot").value = String(wanted);
if (!storage) warn("This browser keeps nothing for this page: export your answers before you close it. You can go on from an export.");
const last = storage && storage.getItem(PLACE);
if (kept(last)) begin(last);
else view("start");
