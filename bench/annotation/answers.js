"use strict";
// What a rater has said so far: kept in this browser where it allows that, and written out as JSON on demand.

const asked = JSON.parse(document.getElementById("task").textContent);
const { task, ids } = asked;
const FORMAT = "latentbench-annotation";
const PLACE = `${FORMAT}:${asked.fingerprint}`;
const ANNOTATOR = /^[a-z0-9][a-z0-9_-]{0,31}$/;
const WAYS = ["increase", "decrease", "change"];

const storage = (() => {
  try {
    window.localStorage.setItem(`${PLACE}:probe`, "1");
    window.localStorage.removeItem(`${PLACE}:probe`);
    return window.localStorage;
  } catch {
    return null;
  }
})();

const STARS = Array.from({ length: asked.stars }, (_, i) => i + 1);

let state = null;
let unsaved = false;

const fresh = (annotator, rater) => ({ annotator, rater, at: 0, answers: {}, ratings: {} });
const choices = (index) => task.factors[task.items[index].dataset];
const answer = (index) => (state.answers[ids[index]] ??= { none: false, text: "", factors: {}, seconds: 0 });
const ratings = (index) => (state.ratings[ids[index]] ??= {});

// First all units are explained, and only then are the words of others rated, so that these put nothing into a rater's mind.
const steps = () => {
  const order = task.orders[state.rater];
  const told = order.items.filter((index) => task.items[index].said.length);
  return [...order.items.map((index) => ({ part: "explain", index })), ...told.map((index) => ({ part: "rate", index }))];
};

// What an answer lacks, in words for the rater; empty when it is whole.
const lacking = ({ part, index }) => {
  if (part === "rate") {
    const left = task.items[index].said.filter(({ id }) => !ratings(index)[id]).length;
    return left ? `${left === 1 ? "One text has" : `${left} texts have`} no rating yet.` : "";
  }
  const { none, text, factors } = answer(index);
  if (none) return "";
  if (!text.trim() && !Object.keys(factors).length) return "Say what changes, tick a factor, or choose “No clear pattern”.";
  const open = choices(index).filter(({ factor }) => factors[factor] === "").map(({ label }) => label);
  return open.length ? `Which way does it go: ${open.join(", ")}?` : "";
};

// After this nothing is lost when the page is closed, if the browser keeps anything at all.
const keep = () => {
  if (!storage) return;
  try {
    storage.setItem(PLACE, state.annotator);
    storage.setItem(`${PLACE}:${state.annotator}`, JSON.stringify(state));
    unsaved = false;
  } catch {
    warn("This browser’s storage is full: export your answers before you close the page.");
  }
};

const kept = (annotator) => {
  const text = storage && annotator && storage.getItem(`${PLACE}:${annotator}`);
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
};

const whole = ({ dataset, model, key, unit }) => ({ dataset, model, key, unit });

const exported = () => {
  const finished = steps().filter((step) => !lacking(step)).sort((a, b) => a.index - b.index);
  const explained = finished.filter(({ part }) => part === "explain").map(({ index }) => {
    const { none, text, factors, seconds } = answer(index);
    const ticked = choices(index).filter(({ factor }) => !none && Object.hasOwn(factors, factor));
    return {
      ...whole(task.items[index]), none, text: none ? "" : text.trim(),
      factors: ticked.map(({ factor }) => ({ factor, direction: factors[factor] })), seconds: Math.round(seconds * 10) / 10,
    };
  });
  const rated = steps().filter(({ part }) => part === "rate").flatMap(({ index }) =>
    Object.entries(ratings(index)).map(([said, rating]) => ({ ...whole(task.items[index]), said, rating })));
  return {
    format: FORMAT, version: 1, page: asked.fingerprint, annotator: state.annotator, rater: state.rater,
    answers: explained, ratings: rated,
  };
};

const asText = () => JSON.stringify(exported(), null, 1);

const save = () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([asText()], { type: "application/json" }));
  link.download = `annotation_${asked.fingerprint.slice(0, 8)}_${state.annotator}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  unsaved = false;
};

// The state that an export of this page stands for. Throws words for the rater when it is something else.
const restored = (text) => {
  const given = JSON.parse(text);
  if (given.format !== FORMAT || given.version !== 1) throw new Error("This file is no export of an annotation page.");
  if (given.page !== asked.fingerprint) throw new Error("This file belongs to another page.");
  if (!ANNOTATOR.test(given.annotator)) throw new Error("This file names no rater.");
  if (!Number.isInteger(given.rater) || !task.orders[given.rater]) throw new Error("This page has no such rater.");
  const found = fresh(given.annotator, given.rater);
  const index = (one) => task.items.findIndex(
    (item) => item.dataset === one.dataset && item.key === one.key && item.unit === one.unit);
  for (const one of given.answers) {
    const factors = one.factors.map(({ factor, direction }) => [factor, WAYS.includes(direction) ? direction : ""]);
    const id = ids[index(one)];
    const said = { none: one.none === true, text: String(one.text).slice(0, asked.longest), seconds: Number(one.seconds) || 0 };
    if (id) found.answers[id] = { ...said, factors: Object.fromEntries(factors) };
  }
  for (const one of given.ratings) {
    const id = ids[index(one)];
    if (id && STARS.includes(one.rating)) (found.ratings[id] ??= {})[one.said] = one.rating;
  }
  return found;
};
