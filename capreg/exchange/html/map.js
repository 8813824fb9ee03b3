// The map: where the records lie, without tiles. Towns are dots as large as they hold records; those found are full.

const MAP = { width: 720, height: 300, edge: 24, towns: 7, radius: 40 };
const SVG = "http://www.w3.org/2000/svg";

function drawn(tag, attributes, text) {
  const made = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

// Every position of a kind's records once: [{latitude, longitude, town, country, records}].
function spots(kind) {
  if (!kind.spots) {
    const found = new Map();
    kind.documents.forEach((document, at) => {
      for (const one of placed(kind, document)) {
        const key = one.town ? `${nameKey(one.town)},${one.country}` : `${one.latitude.toFixed(1)},${one.longitude.toFixed(1)}`;
        if (!found.has(key)) found.set(key, { ...one, records: [] });
        found.get(key).records.push(at);
      }
    });
    kind.spots = [...found.values()];
  }
  return kind.spots;
}

// The positions of a record, each with the town that stands beside it.
function placed(kind, document) {
  if (!kind.place) return [];
  const path = kind.place.path, key = path[path.length - 1];
  const holders = values(document, path.slice(0, -1));
  return holders.filter((one) => one && one[key]).map((one) => {
    const [town, country] = (kind.place.named || []).map((way) => values(one, way.split("/"))[0]);
    return { latitude: one[key].latitude, longitude: one[key].longitude, town, country };
  });
}

// What lies in the midst of the records: the hundredth part at each edge is left out, so that a stray one does not shrink the rest.
function frame(all) {
  const inner = (numbers) => {
    const sorted = numbers.sort((a, b) => a - b), off = Math.floor(sorted.length / 100);
    return [sorted[off], sorted[sorted.length - 1 - off]];
  };
  const [south, north] = inner(all.flatMap((one) => one.records.map(() => one.latitude)));
  const [west, east] = inner(all.flatMap((one) => one.records.map(() => one.longitude)));
  const squeeze = Math.max(Math.cos(((south + north) / 2) * (Math.PI / 180)), 0.1);
  const scale = Math.min((MAP.width - 2 * MAP.edge) / Math.max((east - west) * squeeze, 0.2), (MAP.height - 2 * MAP.edge) / Math.max(north - south, 0.2));
  const x = (longitude) => MAP.width / 2 + (longitude - (west + east) / 2) * squeeze * scale;
  const y = (latitude) => MAP.height / 2 - (latitude - (south + north) / 2) * scale;
  return { x, y, kmToPixels: scale / 111.195 };
}

function map(kind, hits, near, choose) {
  const all = spots(kind);
  if (!all.length) return null;
  const at = frame(all), found = new Set(hits.map((one) => one.at));
  const image = drawn("svg", { viewBox: `0 0 ${MAP.width} ${MAP.height}`, role: "group", "aria-label": say("map") });
  image.append(...scaleBar(at.kmToPixels));
  if (near) {
    const [x, y] = [at.x(near.centre.longitude), at.y(near.centre.latitude)];
    image.append(drawn("circle", { cx: x, cy: y, r: near.radius * at.kmToPixels, class: "reach" }));
    image.append(drawn("path", { d: `M${x - 5} ${y}h10M${x} ${y - 5}v10`, class: "centre" }));
  }
  const dots = merged(all, at, found);
  for (const dot of dots) image.append(circle(dot, choose));
  image.append(...names(dots));
  return image;
}

// Towns that would lie on the same few pixels are one dot, in the name of the largest of them.
function merged(all, at, found) {
  const cells = new Map();
  for (const one of [...all].sort((a, b) => b.records.length - a.records.length)) {
    const x = at.x(one.longitude), y = at.y(one.latitude);
    if (x < 0 || y < 0 || x > MAP.width || y > MAP.height) continue;
    const key = `${Math.round(x / 7)},${Math.round(y / 7)}`;
    if (!cells.has(key)) cells.set(key, { ...one, x, y, total: 0, found: 0 });
    const cell = cells.get(key);
    cell.total += one.records.length;
    for (const record of one.records) if (found.has(record)) cell.found++;
  }
  return [...cells.values()].sort((a, b) => a.found - b.found);
}

function circle(dot, choose) {
  const size = (number) => Math.min(2.6 + 1.7 * Math.sqrt(number), 15);
  const group = drawn("g", { class: dot.found ? "spot found" : "spot" });
  group.append(drawn("title", {}, say("map town", dot.town || "", dot.found)));
  group.append(drawn("circle", { cx: dot.x.toFixed(1), cy: dot.y.toFixed(1), r: size(dot.found || 1).toFixed(1) }));
  if (dot.town) {
    group.setAttribute("role", "button");
    group.setAttribute("tabindex", "-1");
    group.addEventListener("click", () => choose(dot));
  }
  return group;
}

// The names of the towns with most hits, none over another.
function names(dots) {
  const shown = [];
  for (const dot of [...dots].reverse()) {
    if (shown.length === MAP.towns || !dot.found || !dot.town) break;
    const box = { left: dot.x - dot.town.length * 3.4, right: dot.x + dot.town.length * 3.4, y: dot.y };
    const free = shown.every((one) => box.right < one.left || box.left > one.right || Math.abs(box.y - one.y) > 26);
    if (free && box.left > 0 && box.right < MAP.width) shown.push({ ...box, dot });
  }
  return shown.map(({ dot }) => drawn("text", { x: dot.x.toFixed(1), y: (dot.y - Math.min(6 + 1.7 * Math.sqrt(dot.found), 19)).toFixed(1) }, dot.town));
}

function scaleBar(kmToPixels) {
  const length = [500, 200, 100, 50, 20, 10, 5, 2, 1].find((one) => one * kmToPixels < MAP.width / 4) || 1;
  const right = MAP.width - 12, left = right - length * kmToPixels, y = MAP.height - 10;
  return [
    drawn("path", { d: `M${left} ${y - 4}v4h${right - left}v-4`, class: "scale" }),
    drawn("text", { x: (left + right) / 2, y: y - 5, class: "scale" }, `${length} km`),
  ];
}
