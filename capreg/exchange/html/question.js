// Items -> what they ask of one record, and whether it meets that: the meaning is that of capreg/query/match.py.

// Terms on one list are met by one entry of it. Its head opens an entry; a list without a head (the sites) has one for all.
function asked(text, kind, day) {
  const items = parsed(text, kind), notes = [];
  const record = [], shared = [], parts = [], common = new Map(), opened = new Map();
  let near = null;
  for (const item of items) {
    if (!item.name) {
      record.push(opposite(item, free(item, kind, notes)));
      continue;
    }
    const [list, judge, condition] = required(item, kind);
    if (condition.centre && !item.not) near = condition;
    if (!list) record.push(opposite(item, (one) => judge(one.document)));
    else if (list.together === true) shared.push(opposite(item, judge));
    else if (item.name !== list.together) {
      if (opened.has(list)) opened.get(list).tests.push(opposite(item, judge));
      else common.set(list, [...(common.get(list) || []), opposite(item, judge)]);
    } else if (item.not) {
      const alone = { list, tests: [judge] };
      record.push((one) => 2 - partTruth(alone, one, undefined, kind, day));
    } else {
      const part = { list, tests: [judge] };
      parts.push(part);
      opened.set(list, part);
    }
  }
  for (const part of parts) part.tests.push(...(common.get(part.list) || []));
  for (const [list, tests] of common) if (!opened.has(list)) parts.push({ list, tests });
  return { items, notes, near, truth: (one) => truthOf({ record, shared, parts }, one, kind, day) };
}

function opposite(item, judge) {
  return item.not ? (value, ...rest) => 2 - judge(value, ...rest) : judge;
}

// A term -> the list whose entry meets it (null for the record), what judges that, and the condition itself.
function required(item, kind) {
  const fields = kind.byName.get(item.name);
  if (!fields) throw unknownField(item.name, kind);
  const meaning = MEANINGS[fields[0].as];
  if (!meaning) throw new Fault("closed field", item.name, DATA.hub);
  const condition = meaning(item.values, fields[0]);
  const list = kind.together(fields[0].path), depth = list ? list.path.length + 1 : 0;
  const paths = fields.map((field) => field.path.slice(depth));
  return [list, (holder) => (Array.isArray(holder) ? FAILS : fieldsTruth(paths, holder, condition)), condition];
}

// Fields that share a name are one thing, stated if any of them is.
function fieldsTruth(paths, holder, condition) {
  let best = null;
  for (const path of paths) {
    const truth = statedTruth(holder, path, 0, condition);
    if (truth !== null && (best === null || truth > best)) best = truth;
  }
  return best === null ? NOT_STATED : best;
}

// The truth of what stands at a path; null where nothing does.
function statedTruth(value, path, at, condition) {
  if (value === undefined || value === null) return null;
  if (at === path.length) return condition(value);
  if (path[at] !== "*") return statedTruth(value[path[at]], path, at + 1, condition);
  if (!value.length) return FAILS;
  const found = value.map((entry) => statedTruth(entry, path, at + 1, condition));
  return found.every((one) => one === null) ? null : Math.max(...found.map((one) => (one === null ? NOT_STATED : one)));
}

function truthOf(question, one, kind, day) {
  if (!question.shared.length) return atSite(question, one, undefined, kind, day);
  const sites = listAt(one.document, kind.shared);
  if (!sites || !sites.length) return atSite(question, one, sites || null, kind, day);
  let best = FAILS;
  for (const site of sites) {
    best = Math.max(best, atSite(question, one, site, kind, day));
    if (best === MEETS) break;
  }
  return best;
}

// `site` is undefined where nothing speaks of sites, null where none are stated, an empty list where there are none.
function atSite(question, one, site, kind, day) {
  let least = MEETS;
  for (const test of question.record) if ((least = Math.min(least, test(one))) === FAILS) return FAILS;
  for (const test of question.shared) {
    if ((least = Math.min(least, test(site ?? undefined))) === FAILS) return FAILS;
  }
  for (const part of question.parts) if ((least = Math.min(least, partTruth(part, one, site, kind, day))) === FAILS) return FAILS;
  return least;
}

function partTruth(part, one, site, kind, day) {
  const entries = listAt(one.document, part.list);
  if (!entries) return NOT_STATED;
  let best = FAILS;
  for (const entry of entries) {
    let least = holds(part.list, entry, site, kind, day);
    for (const test of part.tests) {
      if (least === FAILS) break;
      least = Math.min(least, test(entry));
    }
    if ((best = Math.max(best, least)) === MEETS) break;
  }
  return best;
}

// Whether an entry holds on the day, and at the site that is asked about.
function holds(list, entry, site, kind, day) {
  let least = MEETS;
  for (const [key, field] of tying(list, kind)) {
    if (field.as === "validity") least = Math.min(least, validity(entry[field.since], entry[key], day));
    else if (kind.shared && site !== undefined && entry[key] !== undefined && field.refers === kind.shared.path.join(".")) {
      least = Math.min(least, !site || Array.isArray(site) ? NOT_STATED : site.id === entry[key] ? MEETS : FAILS);
    }
  }
  return least;
}

function tying(list, kind) {
  if (!list.ties) {
    const below = kind.fields.filter((field) => field.path.length === list.path.length + 2 && field.path.slice(0, -2).join("/") === list.path.join("/"));
    list.ties = below.filter((field) => field.as === "validity" || field.refers).map((field) => [field.path[field.path.length - 1], field]);
  }
  return list.ties;
}

function listAt(document, list) {
  let at = document;
  for (const step of list.path) {
    if (at === undefined || at === null) return undefined;
    at = at[step];
  }
  return at;
}

// Free words: in any text of the record, and in every name of the words that it states. One that is written nowhere is taken
// for the nearest that is, and that is told.
function free(item, kind, notes) {
  let phrases = named(item, kind);
  let flags = flagged(phrases, kind);
  const [word] = item.words;
  if (!flags.any && item.words.length === 1 && !item.prefix && !item.not) {
    const near = alike(word, new Set([...kind.texts.words, ...spelledWords(kind)]));
    if (near.length) {
      notes.push({ sentence: say("taken for", item.text, near[0]), wrong: item.text, better: near[0] });
      phrases = named({ words: [near[0]] }, kind);
      flags = flagged(phrases, kind);
    }
  }
  return (one) => (flags.records[one.at] ? MEETS : FAILS);
}

// The phrases that a free word means: itself, and all that a vocabulary calls by the same name.
function named(item, kind) {
  const phrases = [[item.words, Boolean(item.prefix)]];
  if (item.words.length > 1 || item.prefix) return phrases;
  for (const name of kind.vocabularies) {
    const vocabulary = VOCABULARIES.get(name);
    const called = vocabulary.holding(item.words[0]).filter((one) => one.words.length === 1).map((one) => one.id);
    for (const id of new Set(called)) for (const other of vocabulary.spellings(vocabulary.words.get(id))) phrases.push([tokens(other), false]);
  }
  return phrases;
}

// Which records have one of some phrases in a text, or in a name of a word that they state; and whether any has.
function flagged(phrases, kind) {
  const texts = textsSaying(phrases, kind.texts);
  const stated = kind.worded.map((field) => [kind.stated(field).own, wordsSaying(phrases, VOCABULARIES.get(field.words))]);
  const records = new Uint8Array(kind.count);
  let any = false;
  for (let at = 0; at < kind.count; at++) {
    if (anyOf(kind.texts.held[at], texts) || stated.some(([own, said]) => said && anyOf(own[at], said))) any = records[at] = 1;
  }
  return { records, any };
}

function anyOf(numbers, flags) {
  for (let at = 0; at < numbers.length; at++) if (flags[numbers[at]]) return true;
  return false;
}

function textsSaying(phrases, texts) {
  const alone = new Uint8Array(texts.words.length), first = new Uint8Array(texts.words.length), longer = [];
  for (const [asked, prefix] of phrases) {
    const sets = asked.map((word, step) => matching(word, prefix && step === asked.length - 1, texts));
    if (sets.some((one) => !one.size)) continue;
    for (const word of sets[0]) (sets.length > 1 ? first : alone)[word] = 1;
    if (sets.length > 1) longer.push(sets);
  }
  const found = new Uint8Array(texts.list.length);
  texts.list.forEach((text, at) => {
    if (anyOf(text, alone) || (longer.length && anyOf(text, first) && longer.some((sets) => sequence(sets, text)))) found[at] = 1;
  });
  return found;
}

// The numbers of the words of a kind's texts that are a word, in any of its forms, or begin with it.
function matching(word, prefix, { words, byStem }) {
  if (!prefix) return new Set(stemKeys(word).flatMap((key) => byStem.get(key) || []));
  return new Set(words.flatMap((one, at) => (one.startsWith(word) ? [at] : [])));
}

function sequence(sets, text) {
  const last = text.length - sets.length;
  for (let at = 0; at <= last; at++) {
    let step = 0;
    while (step < sets.length && sets[step].has(text[at + step])) step++;
    if (step === sets.length) return true;
  }
  return false;
}

// The words of a vocabulary that have one of some phrases in one of their names, by number; null for none.
function wordsSaying(phrases, vocabulary) {
  const found = new Uint8Array(vocabulary.words.size);
  let any = false;
  for (const phrase of phrases) {
    const [words, prefix] = phrase, begins = prefix && words.length === 1;
    for (const name of begins ? vocabulary.names : vocabulary.holding(words[0])) {
      if (stands(phrase, name.words)) any = found[vocabulary.numbers.get(name.id)] = 1;
    }
  }
  return any ? found : null;
}

// All single words in the names of what the records state.
function spelledWords(kind) {
  if (!kind.spelledWords) {
    const said = kind.worded.flatMap((field) => {
      const ids = new Set(kind.documents.flatMap((document) => values(document, field.path)));
      return VOCABULARIES.get(field.words).names.filter((name) => ids.has(name.id)).flatMap((name) => name.words);
    });
    kind.spelledWords = [...new Set(said)];
  }
  return kind.spelledWords;
}

// What the first free words need, made while nobody waits.
function prepare(kind) {
  if (kind.texts.words.length && spelledWords(kind)) for (const name of kind.vocabularies) VOCABULARIES.get(name).holding("");
}
