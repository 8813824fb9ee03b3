// The query as typed -> its items: terms, words, and their opposites. What is not of the subset is told, never guessed.

class Fault extends Error {
  constructor(key, ...rest) {
    super(key);
    this.sentence = say(key, ...rest);
    this.remedies = [];
  }

  // Words to click that would mend the query: [what to show, what to put in the place of `wrong`].
  offering(wrong, ...better) {
    this.remedies = better.map((one) => ({ wrong, better: one }));
    return this;
  }
}

const OPERATORS = ["AND", "OR", "NOT"];
const QUERY_TOKEN = /\s*(?:(?<bracket>[()])|(?<caret>\^)|(?<name>[A-Za-z][A-Za-z_]*):|(?<phrase>"[^"]*")|(?<word>[^\s()"^][^\s()"]*))/y;
const VALUE = /"(?<quoted>[^"]*)"|(?<bare>[^\s()",^][^\s()",]*)/y;
const REGULAR = /(?<!\.)\.[*+](?!\d)|\\[dwsb](?![A-Za-z])|\[\^?\w-\w|\[[^[\]]+\][*+?{]|\{\d+,?\d*\}|[^\s|]\|[^\s|]/;
const MEANT = /^(\p{L}+(?:-\p{L}+)*):./u;
const COMPARED = /^([a-z_]+)((?:<=|>=|<|>|=).*)$/;

// A query of the subset -> [{not, name, values, text} or {not, words, prefix, phrase, text}].
function parsed(text, kind) {
  if (text.length > 10000) throw new Fault("too long");
  const items = [];
  let at = 0, not = false, start = null;
  while (text.slice(at).trim()) {
    QUERY_TOKEN.lastIndex = at;
    const match = QUERY_TOKEN.exec(text);
    if (!match) throw new Fault("open quote");
    const token = match.groups, from = match.index + match[0].length - match[0].trimStart().length;
    at = QUERY_TOKEN.lastIndex;
    if (token.bracket) throw new Fault("no brackets");
    if (token.caret || token.word === "NOT") {
      if (not) throw new Fault("missing");
      not = true;
      start = from;
      continue;
    }
    if (token.word === "OR") throw new Fault("no or");
    if (token.word === "AND") {
      if (not || !items.length || !text.slice(at).trim()) throw new Fault("missing");
      continue;
    }
    const item = token.name ? term(text, token.name, at) : words(token, kind);
    if (token.name) at = item.end;
    if (at < text.length && !/[\s()]/.test(text[at])) throw new Fault(text.indexOf('"', at + 1) < 0 && text[at] === '"' ? "open quote" : "no blank");
    items.push({ ...item, not, from: start ?? from, end: at, text: text.slice(start ?? from, at) });
    not = false;
    start = null;
  }
  if (not) throw new Fault("missing");
  return items;
}

function term(text, name, at) {
  const found = [];
  do {
    if (found.length) at++;
    VALUE.lastIndex = at;
    const match = VALUE.exec(text);
    if (!match) throw new Fault(text[at] === '"' ? "open quote" : "no value", name);
    if (match.groups.bare && REGULAR.test(match.groups.bare)) throw new Fault("regular", match.groups.bare);
    found.push(match.groups.quoted ?? match.groups.bare);
    at = VALUE.lastIndex;
  } while (text[at] === ",");
  return { name: name.toLowerCase(), values: found, end: at };
}

function words(token, kind) {
  const typed = token.phrase ? token.phrase.slice(1, -1) : token.word;
  if (token.word) {
    if (REGULAR.test(typed)) throw new Fault("regular", typed);
    const compared = COMPARED.exec(typed), meant = MEANT.exec(typed);
    if (compared && kind.byName.has(compared[1])) throw new Fault("no colon", typed).offering(typed, `${compared[1]}:${compared[2]}`);
    if (meant) throw unknownField(meant[1], kind);
  }
  if (!typed.trim()) throw new Fault("empty quotes");
  if (!/^[^*]*[^*\s](?:\*|\s*)$/.test(typed)) throw new Fault("star inside", typed);
  const said = tokens(typed);
  if (!said.length) throw new Fault("no words", typed);
  return { words: said, prefix: typed.trimEnd().endsWith("*"), phrase: Boolean(token.phrase) };
}

function unknownField(name, kind) {
  if (kind.closed.includes(name)) return new Fault("closed field", name, DATA.hub);
  return new Fault("unknown field", name).offering(`${name}:`, ...alike(name, [...kind.byName.keys()]).map((one) => `${one}:`));
}
