/** ECharts' `labelLayout` that moves each label up or down to where none of those before it is. */

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function moveApart() {
  const taken: Rectangle[] = [];
  return ({ labelRect }: { readonly labelRect: Rectangle }) => {
    const { x, y, width, height } = labelRect;
    const steps = taken.flatMap((_, i) => [-(i + 1) * height, (i + 1) * height]);
    const isFree = (dy: number) => !taken.some((other) => overlap(other, { x, y: y + dy, width, height }));
    const dy = [0, ...steps].find(isFree) ?? 0;
    taken.push({ x, y: y + dy, width, height });
    return { dy };
  };
}

const overlap = (a: Rectangle, b: Rectangle) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
