// The map of the register. Without it, the table below says the same. Colours come from the style sheet.
const box = document.getElementById("map");
const drawing = JSON.parse(document.getElementById("map-data").textContent);
const L = window.L;
const FEW = 3;

const opens = (layer, address) => { layer.on("click", () => { window.location.href = address; }); };

const label = (shape) => {
  const told = document.createElement("span");
  told.textContent = shape.matters ? shape.name + " " + shape.matters : shape.name;
  return told;
};

function drawShape(shape, tiled) {
  const layer = L.geoJSON(shape.outline, {
    style: () => ({ className: "area area-" + shape.shade + (tiled ? " tiled" : "") }),
  });
  layer.bindTooltip(label(shape), { permanent: true, direction: "center" });
  opens(layer, shape.address);
  return layer;
}

function drawPoint(point, few) {
  const radius = Math.min(18, 5 + Math.sqrt(point.matters));
  const layer = L.circleMarker(point.where, { radius, className: "site" });
  const told = document.createElement("span");
  told.textContent = point.said;
  // Where they are few, one sees at once what they are.
  layer.bindTooltip(told, few ? { permanent: true, direction: "right", offset: [radius, 0] } : {});
  opens(layer, point.address);
  return layer;
}

function draw() {
  if (!drawing.shapes.length && !drawing.points.length) { box.className = "soft small"; box.textContent = box.dataset.none; return; }
  const map = L.map(box, { zoomSnap: 0.25, scrollWheelZoom: false, attributionControl: Boolean(box.dataset.tiles) });
  if (box.dataset.tiles) {
    L.tileLayer(box.dataset.tiles, { maxZoom: 19, attribution: box.dataset.credit }).addTo(map);
    map.attributionControl.setPrefix(false);
  }
  const shapes = drawing.shapes.map((shape) => drawShape(shape, box.dataset.tiles));
  const points = drawing.points.map((point) => drawPoint(point, drawing.points.length <= FEW));
  map.fitBounds(L.featureGroup(shapes.length ? shapes : points).getBounds(), { padding: [16, 16] });
  // A label is placed by the view: there has to be one first.
  shapes.concat(points).forEach((layer) => layer.addTo(map));
}

box.hidden = false;
if (L) draw();
