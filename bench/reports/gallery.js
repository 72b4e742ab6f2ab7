// Which cards are on the page: filtered, ordered, a page at a time, and found by a link.
(() => {
  const element = (id) => document.getElementById(id);
  const [query, order, page, many] = ["query", "order", "page", "many"].map(element);
  const word = (axis, label) => `${axis}:${label}`.toLowerCase().replaceAll(" ", "_");
  const pairs = (labels) => labels.map(([axis, label]) => word(axis, label)).join(" ");

  const units = album.cards.map((given) => {
    const about = [pairs(given.labels), word("unit", given.unit), word("status", given.status), ...given.effects.map(([factor]) => word("factor", factor))].join(" ");
    const answers = given.answers.map((answer) => {
      const ended = `${word("outcome", answer.outcome)} ${answer.failure ? word("failure", answer.failure) : ""}`;
      const said = answer.text === null ? "" : album.texts[answer.text].toLowerCase();
      return { answer, text: ` ${about} ${pairs(answer.labels)} ${ended} ${said} ` };
    });
    return { given, answers };
  });
  // A link may hold the name of a unit as it is, or as browsers write it.
  const names = new Map(units.flatMap(({ given: { id } }) => [[id, id], [encodeURI(id), id]]));
  // Tokens such as explainer:oracle match whole words when such a word exists, and beginnings while they are typed.
  const known = new Set(all("[data-token]").map((chip) => chip.dataset.token).concat(all("[data-axis] option").map((option) => option.value)));
  for (const link of all("a[data-query]")) for (const token of link.dataset.query.split(" ")) known.add(token);
  const holds = (text, token) => (token.includes(":") ? text.includes(known.has(token) ? ` ${token} ` : ` ${token}`) : text.includes(token));

  // Labels of one axis widen the choice, different axes and plain words narrow it.
  const tokens = () => query.value.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = () => {
    const axes = new Map();
    for (const token of tokens()) {
      const axis = token.includes(":") ? token.slice(0, token.indexOf(":")) : token;
      axes.set(axis, [...(axes.get(axis) || []), token]);
    }
    return [...axes.values()];
  };

  // By the mean score of the answers that are shown, the worst first; units without a score are last.
  album.metrics.forEach(([name], i) => order.append(make("option", { value: i }, `worst ${name} first`)));
  const merit = (value, higher) => (higher === null ? -Math.abs(value) : higher ? value : -value);
  const mean = (shown, metric) => {
    const values = shown.flatMap(({ scores }) => scores.filter(([at, value]) => at === metric && value !== null).map(([, value]) => value));
    return values.length ? values.reduce((sum, value) => sum + merit(value, album.metrics[metric][1]), 0) / values.length : Infinity;
  };

  let found = [];
  const size = () => Number(many.value);
  const draw = (at) => {
    const pages = Math.max(1, Math.ceil(found.length / size()));
    const here = Math.min(Math.max(0, at), pages - 1);
    const part = found.slice(here * size(), (here + 1) * size());
    element("cards").replaceChildren(...part.map(({ given, shown }) => card(given, shown)));
    page.replaceChildren(...Array.from({ length: pages }, (_, i) => make("option", { value: i }, `${i + 1} of ${pages}`)));
    page.value = here;
    element("previous").disabled = here === 0;
    element("next").disabled = here === pages - 1;
    element("pager").hidden = units.length === 0;
    const span = part.length && part.length < found.length ? `, ${here * size() + 1} to ${here * size() + part.length} shown` : "";
    element("shown").textContent = `${found.length.toLocaleString("en")} of ${units.length.toLocaleString("en")}${span}`;
    element("nothing").hidden = found.length > 0 || units.length === 0;
  };
  const filter = () => {
    const choice = wanted();
    found = units.flatMap(({ given, answers }) => {
      const shown = answers.filter(({ text }) => choice.every((group) => group.some((token) => holds(text, token)))).map(({ answer }) => answer);
      return shown.length ? [{ given, shown }] : [];
    });
    if (order.value !== "") {
      const key = new Map(found.map((unit) => [unit, mean(unit.shown, Number(order.value))]));
      found.sort((a, b) => (key.get(a) === key.get(b) ? 0 : key.get(a) < key.get(b) ? -1 : 1));
    }
    draw(0);
    const chosen = new Set(tokens());
    for (const chip of all("[data-token]")) chip.setAttribute("aria-pressed", String(chosen.has(chip.dataset.token)));
    for (const pick of all("[data-axis]")) pick.value = [...pick.options].find(({ value }) => chosen.has(value))?.value || "";
  };

  const ask = (text) => { query.value = text; filter(); };
  const replaced = (without, token) => ask([...query.value.split(/\s+/).filter((kept) => kept && !without(kept.toLowerCase())), token].filter(Boolean).join(" "));
  query.addEventListener("input", filter);
  order.addEventListener("change", filter);
  element("filter").addEventListener("submit", (event) => event.preventDefault());
  for (const chip of all("[data-token]")) {
    const { token } = chip.dataset;
    chip.addEventListener("click", () => replaced((kept) => kept === token, chip.getAttribute("aria-pressed") === "true" ? "" : token));
  }
  for (const pick of all("[data-axis]")) pick.addEventListener("change", () => replaced((kept) => kept.startsWith(`${pick.dataset.axis}:`), pick.value));
  for (const link of all("a[data-query]")) link.addEventListener("click", () => ask(link.dataset.query));

  const maps = element("maps");
  maps.hidden = !album.cards.some(({ answers }) => answers.some(({ looked }) => looked !== null));
  maps.querySelector("select").addEventListener("change", ({ target }) => { element("cards").dataset.maps = target.value; });

  const turn = (at) => { draw(at); element("units").scrollIntoView({ behavior: "instant" }); element("cards").firstElementChild?.focus({ preventScroll: true }); };
  element("previous").addEventListener("click", () => turn(Number(page.value) - 1));
  element("next").addEventListener("click", () => turn(Number(page.value) + 1));
  page.addEventListener("change", () => turn(Number(page.value)));
  many.addEventListener("change", () => draw(0));
  element("cards").addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !["j", "k"].includes(event.key)) return;
    const here = event.target.closest(".card");
    const next = event.key === "j" ? here?.nextElementSibling : here?.previousElementSibling;
    if (next) { next.focus({ preventScroll: true }); next.scrollIntoView({ behavior: "instant" }); }
  });

  // A link to a unit opens its page, and gives up a filter that hides it.
  const follow = () => {
    const id = names.get(location.hash.slice(1));
    if (id === undefined) return;
    if (!found.some(({ given }) => given.id === id)) ask("");
    draw(Math.floor(found.findIndex(({ given }) => given.id === id) / size()));
    const target = element(id);
    target.focus({ preventScroll: true });
    target.scrollIntoView({ behavior: "instant" });
  };
  element("filter").hidden = element("facets").hidden = false;
  element("facets").open = !matchMedia("(max-width: 560px)").matches;
  filter();
  follow();
  addEventListener("hashchange", follow);
})();
