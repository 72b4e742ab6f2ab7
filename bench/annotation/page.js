
// The three views of the page. Every text reaches the screen as a text node and never as markup.

const $ = (id) => document.getElementById(id);
const SCALE = { 1: "wrong", 3: "partly", 5: "right" };
let entered = 0;

const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
};

const warn = (text) => { $("warning").textContent = text; $("warning").hidden = !text; };
const step = () => steps()[state.at];

const progress = () => {
  const all = steps();
  const done = all.filter((one) => !lacking(one)).length;
  $("bar").max = all.length;
  $("bar").value = done;
  $("count").textContent = `${done} of ${all.length} answered`;
};

const view = (name) => {
  for (const id of ["start", "work", "done"]) $(id).hidden = id !== name;
  $("who").hidden = $("progress").hidden = !state;
  if (state) {
    $("name").textContent = task.orders.length > 1 ? `${state.annotator}, rater ${state.rater + 1}` : state.annotator;
    progress();
  }
  window.scrollTo(0, 0);
};

const changed = () => {
  unsaved = true;
  $("fault").textContent = "";
  keep();
  progress();
};

// Time counts for the unit on the screen, while the page is the one looked at.
const clock = () => {
  if (state && !$("work").hidden && entered && step()?.part === "explain") {
    answer(step().index).seconds += (performance.now() - entered) / 1000;
  }
  entered = document.hidden ? 0 : performance.now();
};

const KEYS = {
  explain: [["1 – 9", "tick a factor; then ← → choose which way it goes"], ["n", "no clear pattern"], ["t", "write; Esc leaves the text"],
    ["Ctrl ⏎", "next unit"], ["← →", "unit before, unit after"]],
  rate: [["1 – 5", "rate the marked text"], ["↑ ↓", "mark another text"], ["Ctrl ⏎", "next unit"], ["← →", "unit before, unit after"]],
};

const show = (at) => {
  clock();
  const all = steps();
  if (at >= all.length) return finish();
  state.at = Math.max(at, 0);
  const { part, index } = all[state.at];
  const item = task.items[index];
  const before = all.filter((one) => one.part === "explain").length;
  const [place, count] = part === "explain" ? [state.at, before] : [state.at - before, all.length - before];
  $("where").textContent = `${part === "explain" ? "Unit" : "Rate: unit"} ${place + 1} of ${count}`;
  $("condition").textContent = item.condition ? `while ${item.condition}` : "";
  $("condition").hidden = !item.condition;
  $("seen").replaceChildren(...strips(item),
    make("p", { class: "ends", "aria-hidden": "true" }, make("span", {}, "low"), make("span", {}, "high")));
  $("keys").replaceChildren(...KEYS[part].flatMap(([key, does]) => [make("dt", {}, key), make("dd", {}, does)]));
  $("back").disabled = state.at === 0;
  $("fault").textContent = "";
  (part === "explain" ? explain : rate)(index);
  keep();
  view("work");
  clock();
  (part === "explain" ? $("where") : document.querySelector(".text") || $("where")).focus({ preventScroll: true });
};

const next = () => {
  const fault = lacking(step());
  if (fault) {
    $("fault").textContent = fault;
    return;
  }
  show(state.at + 1);
};

const finish = () => {
  const all = steps();
  const left = all.filter(lacking).length;
  $("finished").textContent = left ? `${left} of ${all.length} left` : "All answered. Thank you!";
  $("summary").textContent = left
    ? "You can save what there is now, and go on later."
    : "Save the answers as a file and send it to whoever asked you.";
  $("json").value = asText();
  keep();
  view("done");
  $("finished").focus({ preventScroll: true });
};
