// What a value of a field means: one function for each way of searching a field. Truth is 0 fails, 1 not stated, 2 meets.

const FAILS = 0, NOT_STATED = 1, MEETS = 2;
const EARTH_RADIUS_KM = 6371.0088;
const QUANTITY = /^([+-]?(?:\d+(?:\.\d+)?|\.\d+))\s*([^\d\s.,+-]\S*)?$/;
const FLAGS = { yes: "yes", true: "yes", si: "yes", no: "no", false: "no" };

const MEANINGS = { number, exact, word, text, date, place };

function exact(values, field) {
  const asked = new Set(values.map((value) => fold(value.trim())));
  if (field.type !== "boolean") return each((value) => asked.has(fold(String(value))));
  const flags = new Set([...asked].map((value) => {
    if (!(value in FLAGS)) throw new Fault("no flag", value);
    return FLAGS[value];
  }));
  return each((value) => flags.has(value ? "yes" : "no"));
}

function each(meets) {
  return (value) => {
    if (!Array.isArray(value)) return meets(value) ? MEETS : FAILS;
    return value.some(meets) ? MEETS : FAILS;
  };
}

function word(values, field) {
  const vocabulary = VOCABULARIES.get(field.words);
  const meeting = new Set(), above = new Set();
  for (const value of values) {
    const id = found(vocabulary, value);
    for (const one of vocabulary.meeting(id)) meeting.add(one);
    for (const one of vocabulary.above(id)) above.add(one);
  }
  const truth = (value) => (meeting.has(value) ? MEETS : above.has(value) ? NOT_STATED : FAILS);
  return (value) => (Array.isArray(value) ? value.reduce((best, one) => Math.max(best, truth(one)), FAILS) : truth(value));
}

function found(vocabulary, asked) {
  const ids = [...vocabulary.called(asked)];
  if (ids.length === 1) return ids[0];
  if (ids.length) throw new Fault("several words", asked).offering(asked, ...ids.sort());
  const key = tokens(asked).join(" "), all = [...vocabulary.bySpelling.keys()];
  const holding = key ? all.filter((one) => ` ${one} `.includes(` ${key} `)).sort((a, b) => a.length - b.length || (a < b ? -1 : 1)) : [];
  const near = (holding.length ? holding : alike(key, all)).slice(0, 4).map((one) => [...vocabulary.bySpelling.get(one)][0]);
  throw new Fault("unknown word", asked, vocabulary.name).offering(asked, ...new Set(near));
}

function text(values) {
  const phrases = values.map((value) => {
    const words = tokens(value);
    if (!words.length) throw new Fault("no words", value);
    return [words, value.trimEnd().endsWith("*")];
  });
  return each((value) => { const said = tokens(String(value)); return phrases.some((phrase) => stands(phrase, said)); });
}

function stands([words, prefix], said) {
  return said.some((_, at) => at + words.length <= said.length && words.every((word, step) => {
    const one = said[at + step];
    return prefix && step === words.length - 1 ? one.startsWith(word) : sameWord(word, one);
  }));
}

function number(values, field) {
  const first = /^[^A-Za-z]*[0-9]$/.test(values[0]);
  if (first && values.length > 1 && /^[0-9]/.test(values[1]) && (field.unit || field.type === "number")) throw new Fault("decimal comma", values.join(","));
  const ranges = values.map((value) => numbers(value, field.unit));
  return each((value) => ranges.some((one) => one.holds(value)));
}

function date(values) {
  const ranges = values.map((value) => range(value, (end) => {
    if (!/^\d{4}-\d\d-\d\d$/.test(end) || Number.isNaN(Date.parse(end))) throw new Fault("no day", end);
    return end;
  }));
  return each((value) => ranges.some((one) => one.holds(value)));
}

function numbers(value, unit) {
  const compared = /^(<=|>=|<|>)(.*)$/.exec(value.trim());
  const parts = (compared ? compared[2] : value).split("..").map((one) => split(one)).filter(Boolean);
  const shared = parts.map((one) => one[1]).filter(Boolean).pop() || "";
  return range(value, (end) => { const [amount, spelling] = split(end); return converted(amount, spelling || shared, unit, end); });
}

function range(value, read) {
  const compared = /^(<=|>=|<|>)(.*)$/.exec(value.trim());
  let low, high, strict = false;
  if (compared) {
    strict = compared[1].length === 1;
    [low, high] = compared[1][0] === "<" ? ["", compared[2].trim()] : [compared[2].trim(), ""];
  } else {
    const at = value.indexOf("..");
    [low, high] = at < 0 ? [value.trim(), value.trim()] : [value.slice(0, at).trim(), value.slice(at + 2).trim()];
  }
  low = low ? read(low) : null;
  high = high ? read(high) : null;
  if (low === null && high === null) throw new Fault("no end", value);
  if (low !== null && high !== null && low > high) throw new Fault("reversed", value);
  const holds = (one) => (low === null || (strict ? one > low : one >= low)) && (high === null || (strict ? one < high : one <= high));
  return { holds };
}

function split(text) {
  if (!text.trim()) return null;
  const match = QUANTITY.exec(text.trim());
  if (!match) throw new Fault("no number", text);
  return [Number(match[1]), match[2] || ""];
}

function converted(amount, spelling, unit, typed) {
  if (!unit) {
    if (spelling) throw new Fault("no unit wanted", spelling);
    return amount;
  }
  if (!spelling) throw new Fault("unit missing", `${typed}${unit}`).offering(typed, `${typed}${unit}`);
  const named = unitNamed(spelling), [dimension, factor] = DATA.units[unit];
  if (!named || DATA.units[named][0] !== dimension) throw new Fault("unknown unit", spelling, unitsOf(dimension));
  return Number(((amount * DATA.units[named][1]) / factor).toPrecision(12));
}

function unitsOf(dimension) {
  return Object.keys(DATA.units).filter((one) => DATA.units[one][0] === dimension).join(", ");
}

function unitNamed(spelling) {
  if (spelling in DATA.units) return spelling;
  const lower = spelling.toLowerCase();
  if (lower === "mw" || lower === "mn") return null;
  return DATA.spellings[lower] || Object.keys(DATA.units).find((one) => one.toLowerCase() === lower) || null;
}

// Within a radius of a town that the records name, or of a position; the last value is the radius.
function place(values) {
  const parts = values.flatMap((value) => value.split(",")).map((part) => part.trim());
  const reach = parts.pop(), named = /[a-zµ²]/i.test(reach) && QUANTITY.test(reach);
  if (!parts.length || !named) throw new Fault("no radius");
  const [amount, spelling] = split(reach);
  if (["min", "h"].includes(unitNamed(spelling))) throw new Fault("no minutes");
  const radius = converted(amount, spelling, "km", reach);
  if (!(radius > 0)) throw new Fault("no reach", reach);
  const centre = located(parts);
  const judge = (value) => (distanceKm(centre, value) <= radius ? MEETS : FAILS);
  return Object.assign(judge, { centre, radius });
}

function located(parts) {
  if (parts.length === 2 && parts.every((part) => /^[+\-.0-9]/.test(part))) {
    const [latitude, longitude] = parts.map((part) => converted(...split(part), null));
    if (Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180) return { name: "", latitude, longitude };
    throw new Fault("no position", parts.join(","));
  }
  if (parts.length > 2) throw new Fault("not one place", parts.join(","));
  const [name, country = ""] = parts, key = nameKey(name);
  const town = DATA.towns.find((one) => one[0] === key && one[1] === country.toUpperCase());
  if (town) return { name: town[2], latitude: town[3], longitude: town[4] };
  const elsewhere = DATA.towns.filter((one) => one[0] === key && one[1]);
  if (elsewhere.length && !country) throw new Fault("several places", name).offering(name, ...elsewhere.map((one) => `${quotedValue(one[2])},${one[1]}`));
  const near = alike(key, new Set(DATA.towns.filter((one) => !one[1]).map((one) => one[0])));
  const names = near.map((one) => quotedValue(DATA.towns.find((town) => town[0] === one)[2]));
  throw new Fault("unknown place", name, DATA.hub).offering(name, ...names);
}

function distanceKm(one, other) {
  const radians = Math.PI / 180;
  const north = (other.latitude - one.latitude) * radians, east = (other.longitude - one.longitude) * radians;
  const chord = Math.sin(north / 2) ** 2 + Math.cos(one.latitude * radians) * Math.cos(other.latitude * radians) * Math.sin(east / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(chord)));
}

function quotedValue(value) {
  return /^[^\s()",^][^\s()",]*$/.test(value) ? value : `"${value}"`;
}

// Whether a stated period holds on a day.
function validity(since, until, day) {
  if (since !== undefined && since > day) return FAILS;
  if (until === undefined) return NOT_STATED;
  return until >= day ? MEETS : FAILS;
}
