import { expect, test } from 'vitest';
import { markRanges } from '@/shared/highlight';

const shown = (text: string, ...ranges: [number, number][]) =>
  markRanges(text, ranges.map(([start, end]) => ({ start, end })))
    .map((piece) => (piece.marked ? `[${piece.text}]` : piece.text))
    .join('');

test('ranges count code points, not UTF-16 units', () => {
  expect(shown('😀😀 orders', [3, 9])).toBe('😀😀 [orders]');
  expect(shown('𠀀𠀁주문', [1, 3])).toBe('𠀀[𠀁주]문');
});

test('Korean is marked by syllable', () => {
  expect(shown('일별 매출을 집계', [3, 5])).toBe('일별 [매출]을 집계');
});

test('overlapping and unordered ranges never repeat a character', () => {
  expect(shown('abcdef', [2, 5], [0, 3])).toBe('[abc][de]f');
  expect(shown('abcdef', [0, 6], [1, 2])).toBe('[abcdef]');
});

test('ranges outside the text are cut, empty ones dropped', () => {
  expect(shown('abc', [-4, 1], [2, 99], [1, 1])).toBe('[a]b[c]');
  expect(shown('', [0, 3])).toBe('');
});
