/** Areas of a picture in whole pixels: made, moved, and held within the picture. */
import type { Shape } from "./work";

export interface Area {
  shape: Shape;
  coordinates: number[];
}
export interface Point {
  x: number;
  y: number;
}
export interface Size {
  width: number;
  height: number;
}

const within = (value: number, most: number): number => Math.min(most, Math.max(0, Math.round(value)));

/** The point of the picture that is nearest to one anywhere. */
export const pointIn = ({ width, height }: Size, { x, y }: Point): Point => ({
  x: within(x, width),
  y: within(y, height),
});

/** The area that is drawn from one point to another; null while it has no extent. */
export function drawn(shape: "rectangle" | "circle", from: Point, to: Point, size: Size): Area | null {
  if (shape === "rectangle") {
    const [left, right] = from.x < to.x ? [from.x, to.x] : [to.x, from.x];
    const [top, bottom] = from.y < to.y ? [from.y, to.y] : [to.y, from.y];
    return right > left && bottom > top ? { shape, coordinates: [left, top, right, bottom] } : null;
  }
  const room = Math.min(from.x, from.y, size.width - from.x, size.height - from.y);
  const radius = Math.min(room, Math.round(Math.hypot(to.x - from.x, to.y - from.y)));
  return radius > 0 ? { shape, coordinates: [from.x, from.y, radius] } : null;
}

/** An area in the middle of the picture, to be moved from there. */
export function inMiddle(shape: Shape, { width, height }: Size): Area {
  const [x, y] = [Math.round(width / 2), Math.round(height / 2)];
  const reach = Math.max(1, Math.round(Math.min(width, height) / 8));
  if (shape === "circle") return { shape, coordinates: [x, y, reach] };
  if (shape === "rectangle") return { shape, coordinates: [x - reach, y - reach, x + reach, y + reach] };
  return { shape, coordinates: [x, y - reach, x + reach, y + reach, x - reach, y + reach] };
}

/** The area moved as far as the picture has room. */
export function moved(area: Area, by: Point, size: Size): Area {
  const box = boxOf(area);
  const dx = Math.min(size.width - box.right, Math.max(-box.left, by.x));
  const dy = Math.min(size.height - box.bottom, Math.max(-box.top, by.y));
  const coordinates = area.coordinates.map((value, index) => {
    if (area.shape === "circle" && index === 2) return value;
    return value + (index % 2 === 0 ? dx : dy);
  });
  return { ...area, coordinates };
}

function boxOf({ shape, coordinates }: Area): { left: number; top: number; right: number; bottom: number } {
  const [a = 0, b = 0, c = 0, d = 0] = coordinates;
  if (shape === "circle") return { left: a - c, top: b - c, right: a + c, bottom: b + c };
  if (shape === "rectangle") return { left: a, top: b, right: c, bottom: d };
  const xs = coordinates.filter((_, index) => index % 2 === 0);
  const ys = coordinates.filter((_, index) => index % 2 === 1);
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

/** The same area in the same picture of another size. */
export function rescaled<A extends Area>(area: A, from: Size, to: Size): A {
  const [x, y] = [to.width / from.width, to.height / from.height];
  const coordinates = area.coordinates.map((value, index) => {
    if (area.shape === "circle" && index === 2) return Math.max(1, Math.floor(value * Math.min(x, y)));
    return index % 2 === 0 ? within(value * x, to.width) : within(value * y, to.height);
  });
  return { ...area, coordinates };
}
