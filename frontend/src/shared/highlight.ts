// Pieces of a text, marked where the server says it matched. Ranges count Unicode code points, not UTF-16 units.
export interface Piece {
  text: string;
  marked: boolean;
}
export interface CodePointRange {
  start: number;
  end: number;
}

export function markRanges(text: string, ranges: readonly CodePointRange[]): Piece[] {
  const points = [...text];
  const sorted = ranges
    .map(({ start, end }) => ({ start: Math.max(0, start), end: Math.min(points.length, end) }))
    .filter(({ start, end }) => start < end)
    .sort((a, b) => a.start - b.start);
  const pieces: Piece[] = [];
  let at = 0;
  for (const { start, end } of sorted) {
    if (end <= at) continue;
    const from = Math.max(start, at);
    if (from > at) pieces.push({ text: points.slice(at, from).join(''), marked: false });
    pieces.push({ text: points.slice(from, end).join(''), marked: true });
    at = end;
  }
  if (at < points.length) pieces.push({ text: points.slice(at).join(''), marked: false });
  return pieces;
}
