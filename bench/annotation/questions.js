
// The two questions about a unit: what changes, and how well the texts of others say it.

const strips = (item) => item.strips.map((strip, i) => make("figure", {},
  make("img", {
    class: "strip", src: strip.picture, draggable: "false",
    alt: `Strip ${i + 1} of ${item.strips.length}: ${strip.steps} pictures in a row, from a low value to a high one` +
      (strip.rows.length > 1 ? `; ${strip.rows.length} rows` : ""),
  }),
  ...strip.rows.filter(Boolean).map((held, row) => make("figcaption", {}, `Row ${row + 1}: ${held}`))));

const direction = (index, choice, number) => {
  const said = answer(index);
  const words = { increase: choice.increase, decrease: choice.decrease, change: "no clear direction" };
  const chosen = said.factors[choice.factor];
  return make("div", { class: "ways", role: "radiogroup", "aria-label": `${choice.label}: which way, from left to right?` },
    ...WAYS.map((way) => make("label", { class: "way" },
      make("input", {
        type: "radio", name: `way-${number}`, value: way, checked: chosen === way,
        onchange: () => { said.factors[choice.factor] = way; changed(); },
      }), words[way])));
};

const factor = (index, choice, number) => {
  const said = answer(index);
  const ticked = !said.none && Object.hasOwn(said.factors, choice.factor);
  const box = make("input", { type: "checkbox", id: `factor-${number}`, checked: ticked, onchange: () => tick(index, number) });
  const line = make("li", { class: `factor${ticked ? " on" : ""}` }, make("label", { for: `factor-${number}` }, box,
    make("kbd", { "aria-hidden": "true" }, number < 9 ? String(number + 1) : ""),
    make("span", {}, make("b", {}, choice.label), " ", make("small", {}, choice.hint))));
  if (ticked && choice.increase) line.append(direction(index, choice, number));
  return line;
};

const tick = (index, number) => {
  const [said, choice] = [answer(index), choices(index)[number]];
  if (!choice) return;
  const on = said.none || !(Object.hasOwn(said.factors, choice.factor));
  said.none = false;
  if (on) said.factors[choice.factor] = choice.increase ? "" : "change";
  else delete said.factors[choice.factor];
  changed();
  explain(index);
  const radio = on && document.querySelector(`[name="way-${number}"]`);
  (radio || $(`factor-${number}`)).focus();
};

const none = (index) => {
  answer(index).none = !answer(index).none;
  changed();
  explain(index);
  $("none").focus();
};

const explain = (index) => {
  const said = answer(index);
  const words = make("textarea", {
    id: "text", rows: 3, maxlength: asked.longest, disabled: said.none,
    oninput: (event) => { said.text = event.target.value; changed(); },
  });
  words.value = said.text;
  const list = choices(index);
  $("form").replaceChildren(
    make("label", { for: "text" }, "What changes from left to right? ", make("kbd", { "aria-hidden": "true" }, "t")), words,
    ...(list.length ? [make("fieldset", {}, make("legend", {}, "Tick all that changes"),
      make("ul", { class: "factors" }, ...list.map((choice, number) => factor(index, choice, number))))] : []),
    make("label", { class: `nothing${said.none ? " on" : ""}` },
      make("input", { type: "checkbox", id: "none", checked: said.none, onchange: () => none(index) }),
      make("kbd", { "aria-hidden": "true" }, "n"),
      make("span", {}, make("b", {}, "No clear pattern"), " ", make("small", {}, "nothing changes, or nothing I could name"))));
};

const rate = (index) => {
  const [item, given] = [task.items[index], ratings(index)];
  const texts = task.orders[state.rater].said[index].map((number) => item.said[number]);
  $("form").replaceChildren(make("p", { class: "ask" }, "How well does each text say what changes?"),
    make("ol", { class: "texts" }, ...texts.map(({ id, text }, place) => make("li", { class: "text", tabindex: "-1", "data-said": id },
      make("blockquote", { id: `said-${place}`, dir: "auto", tabindex: text.length > 400 ? "0" : null }, text),
      make("div", { class: "stars", role: "radiogroup", "aria-labelledby": `said-${place}` },
        ...STARS.map((star) => make("label", { class: "star" },
          make("input", {
            type: "radio", name: `star-${place}`, value: star, checked: given[id] === star,
            onchange: () => { given[id] = star; changed(); },
          }), make("span", {}, String(star)), SCALE[star] ? make("small", {}, SCALE[star]) : "")))))));
};
