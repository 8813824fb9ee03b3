// One record as a card. Every text of it becomes a text node; nothing of a record is ever read as markup.

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function card(kind, hit, day) {
  const { document: record } = hit;
  const made = element("article", "card");
  made.tabIndex = -1;
  made.dataset.id = record.id;
  const head = element("div", "head", element("h2", "", String(record[kind.title] ?? record.id)));
  if (hit.distance !== undefined) head.append(element("span", "distance", say("distance", rounded(hit.distance))));
  made.append(head, element("p", "where", summary(kind, record)));
  const prose = kind.fields.find((field) => field.as === "text" && field.path.length === 1 && field.path[0] !== kind.title && typeof record[field.path[0]] === "string");
  if (prose) made.append(element("p", "prose", record[prose.path[0]]));
  for (const list of worded(kind)) {
    const chips = stated(kind, list, record, day);
    if (chips.length) made.append(element("div", "chips", ...chips));
  }
  made.append(rest(kind, record, day, prose));
  return made;
}

function rounded(km) {
  return km < 10 ? km.toFixed(1) : String(Math.round(km));
}

// The columns of the kind, but for its title and its words, which stand below as chips.
function summary(kind, record) {
  const found = [];
  for (const name of kind.columns) {
    const fields = kind.byName.get(name) || [];
    if (name === kind.title || !fields.length || fields[0].words) continue;
    const said = [...new Set(fields.flatMap((field) => values(record, field.path).map((value) => shown(value, field))))];
    if (said.length) found.push(typeof values(record, fields[0].path)[0] === "number" ? `${said.join(", ")} ${labelled(fields[0].label).toLowerCase()}` : said.join(", "));
  }
  return [...found, record.id].join(" · ");
}

// The lists, and the plain fields, that hold words of a vocabulary, in the order of the schema.
function worded(kind) {
  const heads = kind.worded.filter((field) => { const list = kind.together(field.path); return !list || list.together === field.name; });
  return heads;
}

function stated(kind, field, record, day) {
  const vocabulary = VOCABULARIES.get(field.words), list = kind.together(field.path);
  if (!list) return [...new Set(values(record, field.path))].map((id) => element("span", "chip quiet", vocabulary.label(id)));
  const key = field.path[field.path.length - 1];
  const beside = kind.worded.filter((one) => one !== field && kind.together(one.path) === list);
  const merged = new Map();
  for (const entry of listAt(record, list) || []) {
    const said = merged.get(entry[key]) || { with: new Set(), days: [] };
    for (const one of beside) for (const id of values(entry, one.path.slice(list.path.length + 1))) said.with.add(VOCABULARIES.get(one.words).label(id));
    const days = lasting(list, kind, entry, day);
    if (days) said.days.push(days);
    merged.set(entry[key], said);
  }
  return [...merged].map(([id, said]) => {
    const made = element("span", "chip", element("b", "", vocabulary.label(id)));
    if (said.with.size) made.append(` ${[...said.with].join(", ")}`);
    const best = said.days.sort((a, b) => b.truth - a.truth)[0];
    if (best) {
      made.append(element("small", "", best.text));
      if (best.truth !== MEETS) made.classList.add("lapsed");
    }
    return made;
  });
}

function lasting(list, kind, entry, day) {
  const tie = tying(list, kind).find(([, field]) => field.as === "validity");
  if (!tie) return null;
  const since = entry[tie[1].since], until = entry[tie[0]], truth = validity(since, until, day);
  if (since !== undefined && since > day) return { truth, text: say("not yet", since) };
  return { truth, text: until === undefined ? say("no last day") : say(truth === MEETS ? "valid" : "lapsed", until) };
}

// All that the card does not show yet, opened on wish; made when it is.
function rest(kind, record, day, prose) {
  const made = element("details", "rest", element("summary", "", say("details")));
  made.addEventListener("toggle", () => {
    if (made.open && made.children.length === 1) made.append(pairs(kind, record, [], new Set(["kind", "id", kind.title, prose && prose.path[0]])));
  });
  return made;
}

function pairs(kind, value, path, leave = new Set()) {
  const made = element("dl", "");
  for (const [key, below] of Object.entries(value)) {
    if (leave.has(key)) continue;
    const field = kind.child(path, key);
    const dd = element("dd", "");
    dd.append(content(kind, below, [...path, key], field));
    made.append(element("div", "", element("dt", "", field ? labelled(field.label) || key : key), dd));
  }
  return made;
}

function content(kind, value, path, field) {
  if (Array.isArray(value) && value.some((one) => one && typeof one === "object")) {
    return element("ul", "", ...value.map((one) => element("li", "", line(kind, one, [...path, "*"]))));
  }
  if (value && typeof value === "object" && !Array.isArray(value) && !(field && field.leaf)) return pairs(kind, value, path);
  return shown(value, field);
}

// One entry of a list on one line; its own id, which only pointers need, is left out.
function line(kind, entry, path) {
  if (!entry || typeof entry !== "object") return shown(entry, null);
  const said = [];
  for (const [key, below] of Object.entries(entry)) {
    const field = kind.child(path, key);
    if (key === "id" && !(field && field.name)) continue;
    const nested = below && typeof below === "object" && !Array.isArray(below) && !(field && field.leaf);
    said.push(nested ? line(kind, below, [...path, key]) : typeof below === "number" || typeof below === "boolean" ? `${labelled(field && field.label)} ${shown(below, field)}`.trim() : shown(below, field));
  }
  return said.filter(Boolean).join(" · ");
}

function shown(value, field) {
  if (Array.isArray(value)) return value.map((one) => shown(one, field)).join(", ");
  if (typeof value === "boolean") return say(value ? "yes" : "no");
  if (value && typeof value === "object") return Object.values(value).map((one) => shown(one, null)).join(", ");
  if (field && field.words) return VOCABULARIES.get(field.words).label(String(value));
  const text = typeof value === "number" && field && field.type === "number" ? value.toLocaleString(language) : String(value);
  return field && field.unit ? `${text} ${field.unit.replace("m2", "m²")}` : text;
}
