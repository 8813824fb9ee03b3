// Words, the same in all their forms: the Italian and English algorithms of the Snowball project (snowballstem.org), which the
// command line uses too, for words whose accents are folded away. tests/test_page.py holds both equal.

const STEMS = new Map();

function stems(word) {
  let found = STEMS.get(word);
  if (!found) STEMS.set(word, (found = /^\p{L}+$/u.test(word) ? [italian(word), english(word)] : [word]));
  return found;
}

// What two words share that are the same, or forms of the same in one of the languages.
function stemKeys(word) {
  return stems(word).map((stem, at, all) => `${all.length}${at}${stem}`);
}

function sameWord(one, other) {
  if (one === other) return true;
  const first = stems(one), second = stems(other);
  return first[0] === second[0] || (first.length > 1 && second.length > 1 && first[1] === second[1]);
}

// Where the region begins that follows the first consonant after a vowel.
function region(word, from, vowel) {
  for (let at = from + 1; at < word.length; at++) if (vowel.test(word[at - 1]) && !vowel.test(word[at])) return at + 1;
  return word.length;
}

function longest(word, endings) {
  for (let size = Math.min(word.length, endings.longest); size > 0; size--) {
    const end = word.slice(-size);
    if (endings.has(end)) return end;
  }
  return "";
}

function endings(text) {
  const found = new Set(text.split(" "));
  found.longest = Math.max(...[...found].map((one) => one.length));
  return found;
}

// A table of endings: "what stands for them: ending ending", - for nothing.
function table(lines) {
  const map = new Map();
  for (const [to, list] of Object.entries(lines)) for (const one of list.split(" ")) map.set(one, to === "-" ? "" : to);
  map.longest = Math.max(...[...map.keys()].map((one) => one.length));
  return map;
}

const IT_VOWEL = /[aeiou]/;
const IT_PRONOUNS = endings("ci gli la le li lo mi ne si ti vi sene gliela gliele glieli glielo gliene mela mele meli melo mene tela tele teli telo tene cela cele celi celo cene vela vele veli velo vene");
const IT_DELETED = "anza anze ico ici ica ice iche ichi ismo ismi abile abili ibile ibili ista iste isti oso osi osa ose mente atrice atrici ante anti";
const IT_SUFFIXES = table({
  delete: IT_DELETED, ation: "azione azioni atore atori", log: "logia logie", u: "uzione uzioni usione usioni",
  ente: "enza enze", amento: "amento amenti imento imenti", amente: "amente", ivo: "ivo ivi iva ive",
});
const IT_VERBS = endings("ammo ando ano are arono asse assero assi assimo ata ate ati ato ava avamo avano avate avi avo emmo enda ende endi endo erai eranno ere erebbe erebbero erei eremmo eremo ereste eresti erete erono essero ete eva evamo evano evate evi evo Yamo iamo immo irai iranno ire irebbe irebbero irei iremmo iremo ireste iresti irete irono isca iscano isce isci isco iscono issero ita ite iti ito iva ivamo ivano ivate ivi ivo ono uta ute uti uto ar ir");

function italian(text) {
  let word = text.replace(/qu/g, "qU").replace(/(?<=[aeiou])[ui](?=[aeiou])/g, (letter) => letter.toUpperCase());
  const rv = italianRegion(word), r1 = region(word, 0, IT_VOWEL), r2 = region(word, r1, IT_VOWEL);
  const within = (end, from) => word.length - end.length >= from;
  const cut = (end, from) => word.endsWith(end) && within(end, from) && ((word = word.slice(0, word.length - end.length)), true);
  const pronoun = longest(word, IT_PRONOUNS);
  if (pronoun) {
    const stem = word.slice(0, word.length - pronoun.length);
    if (/(?:a|e)ndo$/.test(stem) && stem.length - 4 >= rv) word = stem;
    else if (/[aei]r$/.test(stem) && stem.length - 2 >= rv) word = `${stem}e`;
  }
  if (!italianSuffix(cut, within, longest(word, IT_SUFFIXES), { rv, r1, r2 }, (change) => { word = change(word); })) {
    const verb = longest(word.slice(rv), IT_VERBS);
    if (verb) word = word.slice(0, word.length - verb.length);
  }
  if (/[aeio]$/.test(word) && word.length - 1 >= rv) {
    word = word.slice(0, -1);
    cut("i", rv);
  }
  if (/[cg]h$/.test(word) && word.length - 2 >= rv) word = word.slice(0, -1);
  return word.toLowerCase();
}

function italianRegion(word) {
  const is = (at) => IT_VOWEL.test(word[at]);
  if (word.length < 3) return word.length;
  let at = 2;
  if (!is(1)) {
    while (at < word.length && !is(at)) at++;
  } else if (is(0)) {
    while (at < word.length && is(at)) at++;
  }
  return Math.min(at + 1, word.length);
}

// Take a standard suffix away; whether one was.
function italianSuffix(cut, within, end, { rv, r1, r2 }, change) {
  const sort = IT_SUFFIXES.get(end);
  if (!sort || !within(end, sort === "amento" ? rv : sort === "amente" ? r1 : r2)) return false;
  change((word) => word.slice(0, word.length - end.length) + (["log", "u", "ente"].includes(sort) ? sort : ""));
  if (sort === "ation") cut("ic", r2);
  if (sort === "ivo" && cut("at", r2)) cut("ic", r2);
  if (sort === "amente") {
    if (cut("iv", r2)) cut("at", r2);
    else cut("os", r2) || cut("ic", r2) || cut("abil", r2);
  }
  return true;
}

const EN_VOWEL = /[aeiouy]/;
const EN_FIXED = new Map(Object.entries({
  skis: "ski", skies: "sky", idly: "idl", gently: "gentl", ugly: "ugli", early: "earli", only: "onli", singly: "singl", sky: "sky",
  news: "news", howe: "howe", atlas: "atlas", cosmos: "cosmos", bias: "bias", andes: "andes",
}));
const EN_KEPT = new Set(["inning", "outing", "canning", "herring", "earring", "evening"]);
const EN_EEDS = ["proc", "exc", "succ"];
const EN_BEGINNINGS = /^(?:gener|commun|arsen|past|univers|later|emerg|organ|inter)/;
const EN_SECOND = table({
  tion: "tional", ence: "enci", ance: "anci", able: "abli", ent: "entli", ize: "izer ization", ate: "ational ation ator",
  al: "alism aliti alli", ful: "fulness fulli", ous: "ousli ousness", ive: "iveness iviti", ble: "biliti bli", og: "ogi ogist",
  less: "lessli", "-": "li",
});
const EN_THIRD = table({ tion: "tional", ate: "ational", al: "alize", ic: "icate iciti ical", "-": "ful ness ative" });
const EN_FOURTH = endings("al ance ence er ic able ible ant ement ment ent ism ate iti ous ive ize ion");

function english(text) {
  if (EN_FIXED.has(text)) return EN_FIXED.get(text);
  if (text.length < 3) return text;
  let word = text.replace(/^y/, "Y").replace(/(?<=[aeiouy])y/g, "Y");
  const begun = EN_BEGINNINGS.exec(word);
  const r1 = begun ? begun[0].length : region(word, 0, EN_VOWEL), r2 = region(word, r1, EN_VOWEL);
  const within = (end, from) => word.length - end.length >= from;
  const put = (end, other) => { word = word.slice(0, word.length - end.length) + other; };
  word = englishPlural(word);
  if (EN_KEPT.has(word)) return word;
  word = englishPast(word, r1);
  if (/[^aeiouy][yY]$/.test(word) && word.length > 2) put("y", "i");
  const second = longest(word, EN_SECOND);
  if (second && within(second, r1)) {
    const before = word[word.length - second.length - 1];
    const stays = (second === "ogi" && before !== "l") || (second === "li" && !/[cdeghkmnrt]/.test(before || ""));
    if (!stays) put(second, EN_SECOND.get(second));
  }
  const third = longest(word, EN_THIRD);
  if (third && within(third, third === "ative" ? r2 : r1)) put(third, EN_THIRD.get(third));
  const fourth = longest(word, EN_FOURTH);
  if (fourth && within(fourth, r2) && (fourth !== "ion" || /[st]ion$/.test(word))) put(fourth, "");
  if (word.endsWith("e") && (within("e", r2) || (within("e", r1) && !isShort(word.slice(0, -1))))) put("e", "");
  else if (word.endsWith("ll") && within("l", r2)) put("l", "");
  return word.toLowerCase();
}

function isShort(word) {
  return /[^aeiouy][aeiouy][^aeiouywxY]$/.test(word) || /^[aeiouy][^aeiouy]$/.test(word) || word === "past";
}

function englishPlural(word) {
  if (word.endsWith("sses")) return word.slice(0, -2);
  if (/ie[ds]$/.test(word)) return word.slice(0, word.length > 4 ? -2 : -1);
  if (/[us]s$/.test(word)) return word;
  return word.endsWith("s") && /[aeiouy].+s$/.test(word) ? word.slice(0, -1) : word;
}

function englishPast(word, r1) {
  const end = longest(word, EN_PAST);
  if (!end) return word;
  const stem = word.slice(0, word.length - end.length);
  if (end.startsWith("eed")) return !EN_EEDS.includes(stem) && stem.length >= r1 ? `${stem}ee` : word;
  if (!EN_VOWEL.test(stem)) return end === "ing" && /^[^aeiouy]y$/.test(stem) ? `${stem[0]}ie` : word;
  if (end === "ing" && /^[^aeiouy]y$/.test(stem)) return `${stem[0]}ie`;
  if (/(?:at|bl|iz)$/.test(stem)) return `${stem}e`;
  if (/(bb|dd|ff|gg|mm|nn|pp|rr|tt)$/.test(stem)) return /^[aeo]..$/.test(stem) ? stem : stem.slice(0, -1);
  return stem.length <= r1 && isShort(stem) ? `${stem}e` : stem;
}

const EN_PAST = endings("eed eedly ed edly ing ingly");
