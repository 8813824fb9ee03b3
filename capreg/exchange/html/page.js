// The page: what is typed or clicked becomes the query, the query becomes cards, counts and dots.

const PAGE = 40, PRINTED = 500;
const KINDS = DATA.kinds.map((kind) => new Kind(kind));
const at = (id) => document.getElementById(id);
const state = { kind: KINDS[0], hits: [], shown: PAGE, question: null, open: new Set(), faulty: false };

function today() {
  const now = new Date();
  return `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, "0")}-${String(now.getDate()).padStart(2, "0")}`;
}

// The records of a kind that meet a query: the nearest first where a place was asked for, then by name.
function search(text, kind, day = today()) {
  const question = asked(text, kind, day);
  if (!kind.records) {
    const order = new Intl.Collator(DATA.language);
    kind.records = kind.documents.map((document, at) => ({ document, at, title: String(document[kind.title] ?? document.id) }));
    kind.records.sort((a, b) => order.compare(a.title, b.title));
  }
  let hits = kind.records.filter((one) => question.truth(one) === MEETS);
  if (question.near) {
    hits = hits.map((one) => ({ ...one, distance: Math.min(...placed(kind, one.document).map((place) => distanceKm(question.near.centre, place))) }));
    hits.sort((a, b) => a.distance - b.distance || (a.document.id < b.document.id ? -1 : 1));
  }
  return { question, hits };
}

function run() {
  const text = at("query").value, started = performance.now();
  try {
    const { question, hits } = search(text, state.kind);
    Object.assign(state, { hits, question, shown: PAGE, faulty: false });
    at("fault").hidden = true;
    tell(question.notes);
    show(performance.now() - started);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    state.faulty = true;
    at("fault").replaceChildren(error.sentence, ...offers(error.remedies));
    at("fault").hidden = false;
    at("told").hidden = true;
  }
  at("clear").hidden = !text;
  document.body.classList.toggle("faulty", state.faulty);
  remember(text);
}

// Buttons that put something better in the place of what was wrong.
function offers(remedies) {
  if (!remedies.length) return [];
  const buttons = remedies.map(({ wrong, better }) => button(better, "offer", () => {
    const text = at("query").value, from = text.toLowerCase().indexOf(wrong.toLowerCase());
    at("query").value = from < 0 ? text : text.slice(0, from) + better + text.slice(from + wrong.length);
    run();
    at("query").focus();
  }));
  return [" ", say("instead"), " ", ...buttons];
}

function button(text, className, act) {
  const made = element("button", className, text);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

function tell(notes) {
  at("told").hidden = !notes.length;
  at("told").replaceChildren(...notes.map((note) => element("p", "", note.sentence, ...offers([note]))));
}

function show(took) {
  const { kind, hits } = state, labels = labelled(kind.labels).toLowerCase();
  const number = (one) => one.toLocaleString(language);
  const count = hits.length === kind.count ? say("all", number(kind.count), labels) : say("of all", number(hits.length), number(kind.count), labels);
  at("count").replaceChildren(element("b", "", count));
  if (took !== undefined) at("count").append(element("span", "quiet", ` · ${say("took", Math.max(1, Math.round(took)))}`));
  if (state.question.items.some((one) => one.name && lapses(one.name))) at("count").append(element("span", "quiet", ` · ${say("day", today())}`));
  cards();
  narrow();
  const image = map(kind, hits, state.question.near, (dot) => choosePlace(dot));
  at("map").hidden = !image;
  at("map").lastElementChild.replaceChildren(...(image ? [image, element("p", "quiet", say("map help", MAP.radius))] : []));
  at("printed").textContent = say("printed", DATA.hub, at("query").value || labels, today());
}

function lapses(name) {
  const list = state.kind.byName.has(name) && state.kind.together(state.kind.byName.get(name)[0].path);
  return list && tying(list, state.kind).some(([, field]) => field.as === "validity");
}

function cards() {
  const { kind, hits, shown: size } = state, day = today();
  at("cards").replaceChildren(...hits.slice(0, size).map((hit) => card(kind, hit, day)));
  if (!hits.length) at("cards").append(element("p", "none", say("none", DATA.hub)));
  if (at("cards").firstElementChild && hits.length) at("cards").firstElementChild.tabIndex = 0;
  at("more").hidden = hits.length <= size;
  at("more").textContent = say("more", Math.min(PAGE, hits.length - size));
}

// The words that the hits state, each with how many of them it finds; a click asks for it, another takes it away.
function narrow() {
  const { kind, hits } = state;
  at("narrow").lastElementChild.replaceChildren(...kind.worded.map((field) => {
    const vocabulary = VOCABULARIES.get(field.words), counts = counted(kind, field, vocabulary, hits);
    const chosen = new Set(state.question.items.filter((one) => one.name === field.name && !one.not && one.values.length === 1).flatMap((one) => [...vocabulary.called(one.values[0])]));
    const list = branch(field, vocabulary, counts, chosen, vocabulary.tops);
    return element("section", "", element("h3", "", labelled(field.label)), list);
  }).filter((section) => section.lastElementChild.children.length));
}

function counted(kind, field, vocabulary, hits) {
  const { met } = kind.stated(field), numbers = new Int32Array(vocabulary.words.size);
  for (const hit of hits) for (const number of met[hit.at]) numbers[number]++;
  const counts = new Map();
  for (const [id, number] of vocabulary.numbers) if (numbers[number]) counts.set(id, numbers[number]);
  return counts;
}

function branch(field, vocabulary, counts, chosen, ids) {
  const seen = [...ids].filter((id) => counts.has(id) || chosen.has(id));
  seen.sort((a, b) => (counts.get(b) || 0) - (counts.get(a) || 0) || (a < b ? -1 : 1));
  return element("ul", "words", ...seen.map((id) => {
    const key = `${field.name}:${id}`, below = [...(vocabulary.below.get(id) || [])].filter((one) => counts.has(one) || chosen.has(one));
    const isOpen = state.open.has(key) || holdsChosen(vocabulary, id, chosen);
    const name = button("", "word", () => toggle(field, id));
    name.append(element("span", "", vocabulary.label(id)), element("span", "number", (counts.get(id) || 0).toLocaleString(language)));
    name.setAttribute("aria-pressed", String(chosen.has(id)));
    const item = element("li", "");
    if (below.length) {
      const opener = button("", "opener", () => { if (isOpen) state.open.delete(key); else state.open.add(key); narrow(); });
      opener.setAttribute("aria-expanded", String(isOpen));
      opener.setAttribute("aria-label", vocabulary.label(id));
      item.append(opener);
    }
    item.append(name);
    if (below.length && isOpen) item.append(branch(field, vocabulary, counts, chosen, below));
    return item;
  }));
}

function holdsChosen(vocabulary, id, chosen) {
  return [...chosen].some((one) => vocabulary.above(one).has(id));
}

// Put a word into the query, or take it out; a word below or above it in the tree gives way to it.
function toggle(field, id) {
  const vocabulary = VOCABULARIES.get(field.words), text = at("query").value;
  const own = state.question.items.filter((one) => one.name === field.name && !one.not && one.values.length === 1);
  const named = (one) => [...vocabulary.called(one.values[0])][0];
  const same = own.find((one) => named(one) === id);
  const kin = same || own.find((one) => vocabulary.above(id).has(named(one)) || vocabulary.above(named(one)).has(id));
  at("query").value = kin ? spliced(text, kin, same ? "" : `${field.name}:${id}`) : `${text.trim()} ${field.name}:${id}`.trim();
  run();
}

function spliced(text, item, better) {
  return (text.slice(0, item.from) + better + text.slice(item.end)).replace(/ {2,}/g, " ").trim();
}

function choosePlace(dot) {
  if (state.faulty) return;
  const near = state.question.items.find((one) => one.name === state.kind.place.name && !one.not);
  const known = DATA.towns.some((one) => one[0] === nameKey(dot.town) && !one[1]);
  const where = known ? dot.town : `${dot.town},${dot.country}`;
  const radius = near ? near.values[near.values.length - 1].split(",").pop().trim() : `${MAP.radius}km`;
  const term = `${state.kind.place.name}:${quotedValue(where).startsWith('"') || where.includes(",") ? `"${where},${radius}"` : `${where},${radius}`}`;
  const text = at("query").value;
  at("query").value = near ? spliced(text, near, term) : `${text.trim()} ${term}`.trim();
  run();
}

function help() {
  const { kind } = state, rows = [...kind.byName].filter(([, fields]) => MEANINGS[fields[0].as]).map(([name, fields]) => element("tr", "", element("th", "", `${name}:`), element("td", "", labelled(fields[0].label)), element("td", "", sample(name, fields[0]))));
  const lines = ["help 1", "help 2", "help 3", "help 4"].map((key) => element("p", "", say(key)));
  const heads = ["field", "means", "example"].map((key) => element("th", "", say(key)));
  const closed = kind.closed.length ? [element("p", "quiet", say("help 5", DATA.hub, kind.closed.join(", ")))] : [];
  at("help").lastElementChild.replaceChildren(...lines, element("table", "", element("tr", "", ...heads), ...rows), ...closed);
}

function sample(name, field) {
  const unit = field.unit || "";
  if (field.as === "number") return `${name}:${field.example ?? 10}${unit}..`;
  if (field.as === "place") return DATA.towns.length ? `${name}:${quotedValue(DATA.towns[0][2])},40km` : `${name}:44.49,11.34,40km`;
  const one = Array.isArray(field.example) ? field.example[0] : field.example;
  return `${name}:${quotedValue(String(one ?? ""))}`;
}

// All words of the page in the reader's language.
function speak() {
  document.documentElement.lang = language;
  at("query").placeholder = say("plain ask");
  at("query").setAttribute("aria-label", say("search"));
  for (const [id, key] of [["clear", "clear"], ["print", "print"], ["language", "language"]]) at(id).textContent = say(key);
  for (const id of ["help", "narrow", "map"]) at(id).firstElementChild.textContent = say(id);
  at("tier").textContent = say("open tier", DATA.hub);
  at("kinds").setAttribute("aria-label", say("kinds"));
  at("kinds").replaceChildren(...(KINDS.length < 2 ? [] : KINDS.map((kind) => {
    const made = button(labelled(kind.labels), "kind", () => { state.kind = kind; at("query").value = ""; speak(); run(); });
    made.setAttribute("aria-pressed", String(kind === state.kind));
    return made;
  })));
  help();
}

// The query stands in the address, so that it can be kept as a bookmark, and Back leads to the one before.
function remember(text) {
  const parts = new URLSearchParams();
  if (text) parts.set("q", text);
  if (state.kind !== KINDS[0]) parts.set("kind", state.kind.id);
  if (language !== DATA.language) parts.set("language", language);
  const hash = parts.toString();
  if (hash !== location.hash.slice(1)) history.replaceState(null, "", `#${hash}`);
}

function recall() {
  const parts = new URLSearchParams(location.hash.slice(1));
  at("query").value = parts.get("q") || "";
  state.kind = KINDS.find((kind) => kind.id === parts.get("kind")) || KINDS[0];
  if (LANGUAGES.includes(parts.get("language"))) language = parts.get("language");
  speak();
  run();
}

function keys(event) {
  const typing = event.target === at("query"), card = event.target.closest && event.target.closest(".card");
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/" && !typing) focus(at("query"), event);
  else if (event.key === "Escape" && !typing) focus(at("query"), event);
  else if (event.key === "ArrowDown" && typing) focus(at("cards").querySelector(".card"), event);
  else if (event.key === "ArrowDown" && card) focus(card.nextElementSibling, event);
  else if (event.key === "ArrowUp" && card) focus(card.previousElementSibling || at("query"), event);
  else if (event.key === "Enter" && card === event.target && card) card.querySelector("details").open ^= true;
}

function focus(element, event) {
  if (!element) return;
  event.preventDefault();
  element.focus();
}

let waiting;
at("query").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(run, 120); });
at("form").addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(waiting); run(); });
at("form").addEventListener("reset", (event) => { event.preventDefault(); at("query").value = ""; run(); at("query").focus(); });
at("language").addEventListener("click", () => { language = LANGUAGES.find((one) => one !== language); speak(); run(); });
at("more").addEventListener("click", () => { state.shown += PAGE; cards(); });
at("print").addEventListener("click", () => window.print());
window.addEventListener("hashchange", recall);
window.addEventListener("beforeprint", () => {
  state.shown = Math.min(state.hits.length, PRINTED);
  cards();
  if (state.hits.length > PRINTED) at("printed").append(` · ${say("first printed", PRINTED)}`);
});
document.addEventListener("keydown", keys);
if (window.matchMedia("(max-width: 54rem)").matches) for (const id of ["narrow", "map"]) at(id).open = false;
recall();
(window.requestIdleCallback || setTimeout)(() => prepare(state.kind));
