/**
 * Regions of classes in a picture that is 100 wide, and the points that lie in it.
 *
 * Conventions: `regions` are paths of the classes from 1 on, class 0 is the background; a point is
 * [x, y, label]. Even labels are crosses, odd ones discs, so that color is not all that tells them.
 */

import { svg } from "./_dom.js";

/**
 * Draw a picture.
 *
 * @param {{ height: number, regions: string[], points: [number, number, number][], label: string, size: number }} picture
 * @returns {SVGSVGElement}
 */
export function regionPicture({ height, regions, points, label, size }) {
  const root = svg("svg", { viewBox: `0 0 100 ${height}`, width: "100%", role: "img", "aria-label": label, class: "regions" });
  root.append(svg("rect", { class: "region r0", width: 100, height }), svg("g", { class: "areas" }), pointMarks(points, size));
  setRegions(root, regions);
  return root;
}

/**
 * Put other regions into a picture.
 *
 * @param {SVGSVGElement} root
 * @param {string[]} regions
 */
export function setRegions(root, regions) {
  const areas = root.querySelector(".areas");
  areas?.replaceChildren(
    ...regions.map((d, k) => svg("path", { class: `region r${(k + 1) % 7}`, d: d || "M0 0" })),
  );
}

/**
 * Draw points.
 *
 * @param {[number, number, number][]} points
 * @param {number} size radius in units of the picture
 * @returns {SVGGElement}
 */
export function pointMarks(points, size) {
  const group = svg("g", { class: "points" });
  const labels = [...new Set(points.map((point) => point[2]))].sort((a, b) => a - b);
  for (const label of labels) {
    const mine = points.filter((point) => point[2] === label);
    const d = mine.map(([x, y]) => (label % 2 ? disc(x, y, size) : cross(x, y, size))).join("");
    group.append(svg("path", { class: `${label % 2 ? "disc" : "cross"} p${label % 7}`, d }));
  }
  return group;
}

/** @param {number} x @param {number} y @param {number} r */
function disc(x, y, r) {
  return `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`;
}

/** @param {number} x @param {number} y @param {number} r */
function cross(x, y, r) {
  return `M${x - r} ${y - r}l${2 * r} ${2 * r}m0 ${-2 * r}l${-2 * r} ${2 * r}`;
}
