// From one card of the album to its elements. Texts go in as text and nothing else; pictures are decoded when they are on the page.
const album = JSON.parse(document.getElementById("album").textContent);

const make = (name, attributes = {}, ...inside) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null) element.setAttribute(key, value);
  element.append(...inside.filter((part) => part !== null));
  return element;
};

const card = (() => {
  const LONG = 700; // characters; what is longer is shown on demand
  const SIGNS = { 1: ["+", "rises"], "-1": ["−", "falls"], null: ["±", "no single direction"] };

  const long = (name, attributes, text) => {
    const element = make(name, { dir: "auto", ...attributes });
    if (text.length <= LONG) return element.append(text), element;
    const more = make("button", { type: "button", class: "more" }, `show all ${text.length.toLocaleString("en")} characters`);
    more.addEventListener("click", () => element.replaceChildren(text));
    element.append(`${text.slice(0, LONG)}… `, more);
    return element;
  };

  const sheet = (place, about, kind) => {
    const [width, height, code] = album.sheets[place];
    return make("img", { class: kind, width, height, alt: about, decoding: "async", src: `data:image/png;base64,${code}` });
  };

  // The map over the pictures that were looked at; the page says which of both are seen.
  const look = (map, looked) => {
    const shown = sheet(map, "attention maps, bright where the explainer looked", "map");
    return looked === null
      ? make("div", { class: "look" }, shown)
      : make("div", { class: "look over" }, sheet(looked, "the pictures that the explainer looked at", "looked"), shown);
  };

  const labels = (kind, pairs, ...more) =>
    make("p", { class: kind }, ...pairs.map(([axis, label]) => make("span", { title: axis }, axis === "seed" ? `seed ${label}` : label)), ...more);

  const number = (name, value, low, high) => {
    const shown = make("span", { class: value === null ? "number undefined" : "number" }, `${name} `, make("b", {}, value === null ? "—" : value.toFixed(3)));
    if (value !== null && high > low) {
      const bar = make("i", { "aria-hidden": "true" });
      bar.style.setProperty("--share", Math.min(1, Math.max(0, (value - low) / (high - low))));
      shown.append(bar);
    }
    return shown;
  };

  const truth = ({ status, source, effects, evidence }) => {
    const named = effects.map(([factor, sign, share]) => {
      const [mark, told] = SIGNS[sign];
      const percent = `${Math.round(100 * share)} %`;
      return make("span", { class: "effect" }, make("b", { class: "sign", title: told }, mark), make("span", { class: "unseen" }, ` ${told} `), factor, " ", make("small", {}, percent));
    });
    const why = evidence.length
      ? make("details", {}, make("summary", {}, "Numbers that decided"), make("dl", { class: "evidence" }, ...evidence.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, String(value))))))
      : null;
    const head = make("p", {}, make("span", { class: "kind" }, "Truth"), " ", make("span", { class: "status" }, status.replaceAll("_", " ")), source ? make("small", {}, ` ${source}`) : null);
    return make("div", { class: "truth" }, head, named.length ? make("p", { class: "effects" }, ...named) : null, why);
  };

  const asked = ({ drawn, prompt, usage }) => {
    const parts = [];
    if (drawn.length) parts.push([`${drawn.length} answer${drawn.length > 1 ? "s" : ""} drawn`, () => make("ol", { class: "drawn" }, ...drawn.map((text) => long("li", {}, album.texts[text])))]);
    if (prompt !== null) parts.push(["Wording sent", () => make("pre", { dir: "auto", tabindex: 0 }, album.texts[prompt])]);
    if (usage.length) parts.push(["Usage", () => make("p", { class: "usage", dir: "auto" }, usage.map(([name, value]) => `${name} ${value.toLocaleString("en")}`).join(" · "))]);
    return parts.map(([name, made]) => {
      const details = make("details", {}, make("summary", {}, name));
      details.addEventListener("toggle", () => details.append(made()), { once: true });
      return details;
    });
  };

  const answer = (given) => {
    const { outcome, control, text, failure, certainty, scores, map, looked } = given;
    const said = text !== null ? long("p", { class: "text" }, album.texts[text]) : null;
    const none = { abstained: "abstained", failed: `failed: ${failure}`, answered: map === null ? "no text" : null }[outcome];
    return make("li", { class: `answer ${outcome}${control ? " control" : ""}` },
      labels("who", given.labels, control ? make("small", { class: "tag" }, "control") : null),
      said || (none === null ? null : make("p", { class: "text none" }, none)),
      map === null ? null : look(map, looked),
      make("p", { class: "numbers" }, certainty === null ? null : number("certainty", certainty, 0, 1),
        ...scores.map(([place, value]) => number(album.metrics[place][0], value, album.metrics[place][2], album.metrics[place][3]))),
      make("div", { class: "asked" }, ...asked(given)));
  };

  return (given, answers) => {
    const name = `h-${given.id}`;
    const [rows, steps] = given.shape;
    const about = `${given.unit}: ${rows} row${rows > 1 ? "s" : ""} of ${steps} pictures, from low to high values`;
    const seen = make("div", { class: "seen" },
      make("h3", { id: name }, make("a", { href: `#${given.id}`, title: "link to this unit" }, given.unit)),
      labels("place", given.labels),
      given.condition ? make("p", { class: "condition" }, `while ${given.condition}`) : null,
      sheet(given.sheet, about, "strip"),
      make("p", { class: "ends", "aria-hidden": "true" }, make("span", {}, "low"), make("span", {}, "high")),
      truth(given));
    return make("article", { class: "card", id: given.id, tabindex: -1, "aria-labelledby": name }, seen, make("ol", { class: "answers" }, ...answers.map(answer)));
  };
})();
