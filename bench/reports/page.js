"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const query = document.getElementById("query");
  const words = (element) => ` ${element.dataset.words} `;

  // Tokens such as explainer:oracle match whole words when such a word exists, and beginnings while they are typed.
  const known = new Set();
  for (const element of all("[data-words]")) {
    for (const word of element.dataset.words.split(" ")) if (word.includes(":")) known.add(word);
  }
  const holds = (text, token) => {
    if (!token.includes(":")) return text.includes(token);
    return text.includes(known.has(token) ? ` ${token} ` : ` ${token}`);
  };

  const cards = all(".card").map((card) => ({
    card, answers: all(".answer", card).map((answer) => ({ answer, text: words(card) + words(answer) })),
  }));
  const lines = all("#scores tbody tr").map((line) => ({ line, text: words(line) }));

  // Labels of one axis widen the choice, different axes and plain words narrow it.
  const choices = () => {
    const axes = new Map();
    for (const token of query.value.toLowerCase().split(/\s+/).filter(Boolean)) {
      const axis = token.includes(":") ? token.slice(0, token.indexOf(":")) : token;
      axes.set(axis, [...(axes.get(axis) || []), token]);
    }
    return [...axes.values()];
  };
  const meets = (text, wanted) => wanted.every((tokens) => tokens.some((token) => holds(text, token)));

  const filter = () => {
    const wanted = choices();
    let shown = 0;
    for (const { card, answers } of cards) {
      let any = false;
      for (const { answer, text } of answers) {
        const met = meets(text, wanted);
        answer.hidden = !met;
        any ||= met;
      }
      card.hidden = !any;
      shown += any;
    }
    const here = wanted.filter((tokens) => lines.some(({ text }) => meets(text, [tokens])));
    for (const { line, text } of lines) line.hidden = !meets(text, here);
    document.getElementById("shown").textContent = `${shown} of ${cards.length}`;
    document.getElementById("nothing").hidden = shown > 0;
    const tokens = new Set(query.value.toLowerCase().split(/\s+/));
    for (const chip of all(".chip")) chip.setAttribute("aria-pressed", String(tokens.has(chip.dataset.token)));
  };

  const ask = (text) => { query.value = text; filter(); };
  query.addEventListener("input", filter);
  document.getElementById("filter").addEventListener("submit", (event) => event.preventDefault());
  for (const chip of all(".chip")) {
    chip.addEventListener("click", () => {
      const tokens = query.value.split(/\s+/).filter(Boolean);
      const without = tokens.filter((token) => token.toLowerCase() !== chip.dataset.token);
      ask((without.length < tokens.length ? without : [...tokens, chip.dataset.token]).join(" "));
    });
  }
  for (const link of all("a[data-query]")) link.addEventListener("click", () => ask(link.dataset.query));

  // A click sorts, the next one turns the order round, the third gives the blocks back. Empty cells stay last.
  const body = document.querySelector("#scores tbody");
  const heads = all("#scores th");
  const sort = (column, direction) => {
    const value = ({ line }) => line.cells[column].dataset.value;
    const compare = (a, b) => {
      if (!value(a) || !value(b)) return Number(!value(a)) - Number(!value(b));
      const [x, y] = [Number(value(a)), Number(value(b))];
      return direction * (Number.isNaN(x) || Number.isNaN(y) ? value(a).localeCompare(value(b)) : x - y);
    };
    const order = direction ? [...lines].sort(compare) : lines;
    body.append(...order.map(({ line }) => line));
    body.classList.toggle("sorted", direction !== 0);
  };
  heads.forEach((head, column) => {
    head.firstElementChild.addEventListener("click", () => {
      const first = head.classList.contains("metric") ? "descending" : "ascending";
      const second = first === "descending" ? "ascending" : "descending";
      const next = { [first]: second, [second]: null }[head.getAttribute("aria-sort")];
      const direction = next === undefined ? first : next;
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      if (direction) head.setAttribute("aria-sort", direction);
      sort(column, { ascending: 1, descending: -1 }[direction] || 0);
    });
  });
})();
