import type { Timestamp } from '@bufbuild/protobuf/wkt';
import { toDate } from '@/api/time';
import { useMessages } from '@/messages/context';
import { formatAgo, formatDateTime } from './format';

// A moment: relative where freshness matters, always exact on hover.
export function TimeText({ at, relative = false }: { at: Timestamp | undefined; relative?: boolean }) {
  const { language } = useMessages();
  const date = toDate(at);
  if (date === undefined) return <span>–</span>;
  const exact = formatDateTime(date, language);
  return (
    <time dateTime={date.toISOString()} title={`${exact} · ${date.toISOString()}`}>
      {relative ? formatAgo(date, language) : exact}
    </time>
  );
}
