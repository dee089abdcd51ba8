import { type CodePointRange, markRanges } from './highlight';

export function Highlighted({ text, ranges }: { text: string; ranges: readonly CodePointRange[] }) {
  return (
    <>
      {markRanges(text, ranges).map((piece, index) =>
        // Pieces have no identity of their own; their place is it.
        piece.marked ? <mark key={index}>{piece.text}</mark> : <span key={index}>{piece.text}</span>,
      )}
    </>
  );
}
