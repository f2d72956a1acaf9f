// The index is a script, since a page that was opened from a file may not fetch one: [page, title, heading, text] each.
const query = document.getElementById("query");
const count = document.getElementById("count");
const found = document.getElementById("found");
const MOST = 50;
const sections = window.SEARCH_INDEX.map(([page, title, heading, text]) => ({
  page, title, heading, text, folded: [heading, title, text].map((part) => part.toLowerCase()),
}));

// How well a section answers: 0 where a word is missing; a heading counts most, then the page's title.
function worth({ folded: [heading, title, text] }, words) {
  let sum = 0;
  for (const word of words) {
    const times = text.split(word).length - 1;
    const here = 20 * heading.includes(word) + 5 * title.includes(word) + Math.min(times, 5);
    if (!here) return 0;
    sum += here;
  }
  return sum;
}

// The text around the first word that is found, with all words marked.
function excerpt({ text, folded }, words) {
  const places = words.map((word) => folded[2].indexOf(word)).filter((place) => place >= 0);
  const first = places.length ? Math.min(...places) : 0;
  const start = first > 60 ? text.lastIndexOf(" ", first - 60) + 1 : 0;
  const piece = text.slice(start, start + 220);
  const line = document.createElement("p");
  let place = 0;
  while (place < piece.length) {
    const lower = piece.toLowerCase();
    const hits = words.map((word) => [lower.indexOf(word, place), word.length]).filter(([at]) => at >= 0);
    const [at, length] = hits.sort((a, b) => a[0] - b[0] || b[1] - a[1])[0] ?? [piece.length, 0];
    line.append(piece.slice(place, at));
    if (length) line.append(Object.assign(document.createElement("mark"), { textContent: piece.slice(at, at + length) }));
    place = at + length || piece.length;
  }
  return line;
}

function search() {
  const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
  const hits = words.length ? sections.map((section) => [worth(section, words), section]).filter(([sum]) => sum) : [];
  hits.sort((a, b) => b[0] - a[0]);
  count.textContent = !words.length ? "" : hits.length > MOST ? `${hits.length} places, the best ${MOST} of them:`
    : hits.length === 1 ? "1 place:" : hits.length ? `${hits.length} places:` : "Nothing was found.";
  found.replaceChildren(...hits.slice(0, MOST).map(([, section]) => {
    const item = document.createElement("li");
    const link = Object.assign(document.createElement("a"), { href: section.page, textContent: section.heading });
    item.append(link, section.heading === section.title ? "" : ` · ${section.title}`, excerpt(section, words));
    return item;
  }));
}

query.value = new URLSearchParams(location.search).get("q") ?? "";
query.addEventListener("input", search);
document.getElementById("search").addEventListener("submit", (event) => event.preventDefault());
search();
query.focus();
