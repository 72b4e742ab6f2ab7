"use strict";
// The theme, and the table of the overview. The script stands at the end of the page, so that everything is there.
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

(() => {
  const themes = ["system", "light", "dark"];
  const button = document.getElementById("theme");
  // A browser may refuse to remember anything for a file; the choice then lasts as long as the page.
  const remembered = (theme) => {
    try {
      if (theme !== undefined) localStorage.setItem("latentbench-theme", theme);
      return localStorage.getItem("latentbench-theme");
    } catch {
      return null;
    }
  };
  const wear = (theme) => {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.textContent = `Theme: ${theme}`;
    button.dataset.theme = theme;
  };
  wear(themes.includes(remembered()) ? remembered() : "system");
  button.hidden = false;
  button.addEventListener("click", () => {
    const next = themes[(themes.indexOf(button.dataset.theme) + 1) % themes.length];
    remembered(next);
    wear(next);
  });
})();

(() => {
  const body = document.querySelector("#scores tbody");
  if (!body) return;
  const lines = all("tr", body);
  const heads = all("#scores thead th");

  // A click sorts, the next one turns the order round, the third gives the blocks back. Empty cells stay last.
  const sort = (column, direction) => {
    const value = (line) => line.cells[column].dataset.value;
    const compare = (a, b) => {
      if (!value(a) || !value(b)) return Number(!value(a)) - Number(!value(b));
      const [x, y] = [Number(value(a)), Number(value(b))];
      return direction * (Number.isNaN(x) || Number.isNaN(y) ? value(a).localeCompare(value(b)) : x - y);
    };
    body.append(...(direction ? [...lines].sort(compare) : lines));
    body.classList.toggle("sorted", direction !== 0);
  };
  heads.forEach((head, column) => {
    head.firstElementChild.addEventListener("click", () => {
      const first = head.classList.contains("metric") ? "descending" : "ascending";
      const second = first === "descending" ? "ascending" : "descending";
      const next = { none: first, [first]: second, [second]: "none" }[head.getAttribute("aria-sort")];
      for (const other of heads) other.setAttribute("aria-sort", "none");
      head.setAttribute("aria-sort", next);
      sort(column, { ascending: 1, descending: -1, none: 0 }[next]);
    });
  });

  // Labels of one axis widen the choice, those of different axes narrow it.
  const chips = all("#narrow .chip");
  document.getElementById("narrow").hidden = false;
  const narrow = () => {
    const wanted = new Map();
    for (const chip of chips.filter((chip) => chip.getAttribute("aria-pressed") === "true")) {
      wanted.set(chip.dataset.column, [...(wanted.get(chip.dataset.column) || []), chip.dataset.label]);
    }
    for (const line of lines) {
      line.hidden = ![...wanted].every(([column, labels]) => labels.includes(line.cells[column].dataset.value));
    }
    body.classList.toggle("narrowed", wanted.size > 0);
    document.getElementById("lines").textContent = `${lines.filter((line) => !line.hidden).length} of ${lines.length} lines`;
  };
  for (const chip of chips) {
    chip.addEventListener("click", () => {
      chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
      narrow();
    });
  }
})();
