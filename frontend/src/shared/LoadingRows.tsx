import { Skeleton } from '@mantine/core';
import { useMessages } from '@/messages/context';

// Grey bars in the shape of a list, announced once.
export function LoadingRows({ rows = 5, height = 56 }: { rows?: number; height?: number }) {
  const { m } = useMessages();
  return (
    <div role="status" aria-busy="true">
      <span className="visually-hidden">{m.state.loading}</span>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={height} mb={10} radius="md" style={{ opacity: 1 - row / (rows + 2) }} />
      ))}
    </div>
  );
}
