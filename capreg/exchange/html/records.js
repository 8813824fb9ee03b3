// The data of the page: columns made records again, vocabularies as trees, words in the reader's language.

const DATA = JSON.parse(document.getElementById("data").textContent);
const LANGUAGES = ["en", "it"];
let language = DATA.language;

// A sentence of the page, its gaps filled; what fills them is plain text and stays so.
function say(key, ...rest) {
  const sentence = DATA.words[key][LANGUAGES.indexOf(language)];
  let at = 0;
  return sentence.replace(/\{\}/g, () => String(rest[at++]));
}

function labelled(label) {
  return (label && (label[language] || label.en)) || "";
}

// Columns -> the values of a field, undefined where nothing is stated (capreg/exchange/columns.py has the form).
function unpacked(column, count) {
  if (column.o) {
    const found = new Array(count).fill(undefined);
    for (const [key, below] of Object.entries(column.o)) {
      unpacked(below, count).forEach((value, at) => {
        if (value !== undefined) (found[at] ??= {})[key] = value;
      });
    }
    return found;
  }
  if (column.n) {
    const total = column.n.reduce((sum, size) => sum + Math.max(size - 1, 0), 0);
    const entries = unpacked(column.e, total).map((one) => one ?? {});
    let from = 0;
    return column.n.map((size) => {
      if (!size) return undefined;
      from += size - 1;
      return entries.slice(from - size + 1, from);
    });
  }
  return column.i.map((number) => (number ? column.d[number - 1] : undefined));
}

// A vocabulary: which words meet a word (those below it and those that include it), and which lie above.
class Vocabulary {
  constructor(name, words) {
    this.name = name;
    this.words = new Map(words.map((word) => [word.id, word]));
    this.direct = new Map();
    this.below = new Map();
    this.bySpelling = new Map();
    for (const word of words) {
      for (const above of [word.broader, ...(word.includes || [])]) if (above) this.add(this.direct, above, word.id);
      if (word.broader) this.add(this.below, word.broader, word.id);
      for (const spelling of this.spellings(word)) this.add(this.bySpelling, tokens(spelling).join(" "), word.id);
    }
    this.tops = words.filter((word) => !word.broader).map((word) => word.id);
    this.numbers = new Map(words.map((word, at) => [word.id, at]));
  }

  add(map, key, value) {
    if (!map.has(key)) map.set(key, new Set());
    map.get(key).add(value);
  }

  spellings(word) {
    return [word.id, ...Object.values(word.label), ...(word.also || [])];
  }

  called(asked) {
    return this.words.has(asked) ? new Set([asked]) : this.bySpelling.get(tokens(asked).join(" ")) || new Set();
  }

  closure(start, step) {
    const reached = new Set([start]);
    for (const one of reached) for (const next of step(one)) reached.add(next);
    return reached;
  }

  meeting(id) {
    return this.closure(id, (one) => this.direct.get(one) || []);
  }

  above(id) {
    const reached = this.closure(id, (one) => { const word = this.words.get(one); return word && word.broader ? [word.broader] : []; });
    reached.delete(id);
    return reached;
  }

  // What a stated word meets: itself, all above it, and all that any of these include.
  meets(id) {
    return this.closure(id, (one) => {
      const word = this.words.get(one);
      return word ? [...(word.broader ? [word.broader] : []), ...(word.includes || [])] : [];
    });
  }

  // The names of all words by the stems of their first words: [{id, words}].
  get names() {
    if (!this.said) {
      this.said = [...this.words.values()].flatMap((word) => this.spellings(word).map((name) => ({ id: word.id, words: tokens(name) })));
      this.byStem = new Map();
      for (const name of this.said) for (const word of new Set(name.words)) for (const key of stemKeys(word)) this.add(this.byStem, key, name);
    }
    return this.said;
  }

  // The names that hold a word, in any of its forms.
  holding(word) {
    return this.names && [...new Set(stemKeys(word).flatMap((key) => [...(this.byStem.get(key) || [])]))];
  }

  label(id) {
    const word = this.words.get(id);
    return word ? labelled(word.label) || id : id;
  }
}

const VOCABULARIES = new Map(Object.entries(DATA.vocabularies).map(([name, words]) => [name, new Vocabulary(name, words)]));

// A kind of record with its records, and all their text ready for free words.
class Kind {
  constructor(data) {
    Object.assign(this, data);
    this.documents = unpacked(data.records, data.count);
    this.records = null;
    this.byName = new Map();
    for (const field of this.fields) if (field.name) this.byName.set(field.name, [...(this.byName.get(field.name) || []), field]);
    this.lists = this.fields.filter((field) => field.together);
    this.shared = this.lists.find((field) => field.together === true) || null;
    this.worded = this.fields.filter((field) => field.words);
    this.place = this.fields.find((field) => field.as === "place") || null;
    this.byPath = new Map(this.fields.map((field) => [field.path.join("/"), field]));
  }

  // The outermost list on a path whose entries are met together.
  together(path) {
    for (let size = 1; size < path.length; size++) {
      const field = this.byPath.get(path.slice(0, size).join("/"));
      if (field && field.together) return field;
    }
    return null;
  }

  child(field, key) {
    return this.byPath.get([...field, key].join("/"));
  }

  // Of a field with words: the numbers of those that each record states, and of those that these meet.
  stated(field) {
    if (!field.stated) {
      const vocabulary = VOCABULARIES.get(field.words), known = new Map();
      const met = (id) => {
        if (!known.has(id)) known.set(id, [...vocabulary.meets(id)].map((one) => vocabulary.numbers.get(one)).filter((one) => one !== undefined));
        return known.get(id);
      };
      const said = this.documents.map((document) => [...new Set(values(document, field.path))]);
      field.stated = {
        own: said.map((ids) => Int32Array.from(ids.map((id) => vocabulary.numbers.get(id)).filter((one) => one !== undefined))),
        met: said.map((ids) => Int32Array.from(new Set(ids.flatMap(met)))),
      };
    }
    return field.stated;
  }

  // Every text once, as the numbers of its words, and which texts each record holds.
  get texts() {
    if (this.read) return this.read;
    const numbers = new Map(), words = new Map(), list = [];
    const number = (text) => {
      let at = numbers.get(text);
      if (at === undefined) {
        at = numbers.size;
        numbers.set(text, at);
        list.push(Int32Array.from(tokens(text), (word) => {
          let known = words.get(word);
          if (known === undefined) words.set(word, (known = words.size));
          return known;
        }));
      }
      return at;
    };
    const held = this.documents.map((one) => {
      const found = [];
      for (const [key, value] of Object.entries(one)) if (key !== "kind") gather(value, (text) => found.push(number(text)));
      return Int32Array.from(found);
    });
    const byStem = new Map();
    for (const [word, at] of words) {
      for (const key of stemKeys(word)) {
        const same = byStem.get(key);
        if (same) same.push(at);
        else byStem.set(key, [at]);
      }
    }
    this.read = { list, held, words: [...words.keys()], byStem };
    return this.read;
  }
}

function gather(value, take) {
  if (typeof value === "string") take(value);
  else if (Array.isArray(value)) for (const one of value) gather(one, take);
  else if (value && typeof value === "object") for (const key of Object.keys(value)) gather(value[key], take);
}

// All values that stand at a path; `*` goes through the entries of a list, and a list of plain values is its values.
function values(document, path) {
  let found = [document];
  for (const step of path) {
    found = step === "*" ? found.flat() : found.map((one) => one && one[step]).filter((one) => one !== undefined);
  }
  return found.flat();
}
