import { Text } from '@mantine/core';
import type { Aspect } from '@/gen/cadastre/catalog/v1/aspects_pb';
import { useMessages } from '@/messages/context';
import { AspectView } from '@/shared/aspects/AspectView';
import { formatBytes } from '@/shared/format';

// A value as it was, or how long it was where that was too long for the answer.
export function VersionValue({ aspect, omittedBytes }: { aspect: Aspect; omittedBytes: bigint }) {
  const { m } = useMessages();
  if (omittedBytes === 0n) return <AspectView aspect={aspect} />;
  return (
    <Text size="sm" c="dimmed">
      {m.history.omitted} ({formatBytes(omittedBytes)})
    </Text>
  );
}
