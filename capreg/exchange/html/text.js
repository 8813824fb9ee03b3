// Text, folded for search as the command line folds it (capreg/model/text.py).

const MARKS = /\p{Mn}/gu;
const TOKEN = /[\p{L}\p{N}]+/gu;
const UNMARKED = { "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h" };
const PLAIN = /^[\x20-\x7e]*$/;

function fold(text) {
  if (PLAIN.test(text)) return text.toLowerCase();
  return text.toLowerCase().replace(/ß/g, "ss").normalize("NFKD").replace(MARKS, "");
}

function tokens(text) {
  return fold(text).match(TOKEN) || [];
}

// What two spellings of a place's name share.
function nameKey(name) {
  return tokens(name).join("").replace(/[øłđðþæœıħ]/g, (letter) => UNMARKED[letter]);
}

const ROWS = [0, 1, 2].map(() => new Uint8Array(256));

// How many letters must be added, left out, changed or swapped with the next to make one word of the other; `most` + 1 for more.
function apart(one, other, most) {
  if (Math.abs(one.length - other.length) > most || other.length > 250) return most + 1;
  let [before, last, row] = ROWS;
  for (let j = 0; j <= other.length; j++) last[j] = j;
  for (let i = 1; i <= one.length; i++) {
    const from = Math.max(1, i - most), to = Math.min(other.length, i + most);
    let least = (row[from - 1] = from === 1 ? i : most + 1);
    for (let j = from; j <= to; j++) {
      const same = one.charCodeAt(i - 1) === other.charCodeAt(j - 1);
      const above = j === i + most ? most + 1 : last[j] + 1;
      let cost = Math.min(above, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1));
      if (i > 1 && j > 1 && one.charCodeAt(i - 1) === other.charCodeAt(j - 2) && one.charCodeAt(i - 2) === other.charCodeAt(j - 1)) {
        cost = Math.min(cost, before[j - 2] + 1);
      }
      row[j] = cost;
      if (cost < least) least = cost;
    }
    if (least > most) return most + 1;
    [before, last, row] = [last, row, before];
  }
  return last[other.length];
}

// The words that a misspelt one may mean, the nearest first; short words forgive nothing.
function alike(asked, words, limit = 3) {
  const most = asked.length < 4 ? 0 : asked.length < 8 ? 1 : 2;
  const found = [];
  for (const word of words) {
    const distance = apart(asked, word, most);
    if (distance <= most) found.push([distance, word]);
  }
  return found.sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1)).slice(0, limit).map((one) => one[1]);
}
