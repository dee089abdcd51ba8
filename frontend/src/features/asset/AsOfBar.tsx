import { Button, Group, Popover, Stack, Text } from '@mantine/core';
import { IconClock } from '@tabler/icons-react';
import { useState } from 'react';
import { momentOf } from '@/api/time';
import { useMessages } from '@/messages/context';
import { formatDateTime } from '@/shared/format';
import { MomentInput } from '@/shared/MomentInput';
import classes from './AsOfBar.module.css';

export interface AsOfTime {
  held: string;
  known: string;
}

// The two coordinates of time, for the whole page: what was true then, and what was known then.
export function AsOfBar({ time, onChange }: { time: AsOfTime; onChange: (time: AsOfTime) => void }) {
  const { m, language } = useMessages();
  const [open, setOpen] = useState(false);
  const [draft, setDraft] = useState(time);
  const past = time.held !== '' || time.known !== '';
  const words = (iso: string) => {
    const date = momentOf(iso);
    return date === undefined ? '' : formatDateTime(date, language);
  };

  return (
    <Group gap={8} className={past ? classes.past : ''} wrap="wrap">
      {past && (
        <Text size="sm" role="status">
          {m.asset.viewing} {m.asset.asOfNote(words(time.held), words(time.known))}
        </Text>
      )}
      <Popover opened={open} onChange={setOpen} position="bottom-end" shadow="md" trapFocus returnFocus>
        <Popover.Target>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconClock size={14} aria-hidden />}
            onClick={() => {
              setDraft(time);
              setOpen(!open);
            }}
          >
            {past ? m.asset.timeTravel : `${m.asset.asOf}: ${m.asset.now}`}
          </Button>
        </Popover.Target>
        <Popover.Dropdown aria-label={m.asset.timeTravel}>
          <Stack gap="sm">
            <MomentInput label={m.asset.heldAtLabel} value={draft.held} onChange={(held) => setDraft({ ...draft, held })} />
            <MomentInput label={m.asset.knownAtLabel} value={draft.known} onChange={(known) => setDraft({ ...draft, known })} />
            <Button
              size="xs"
              onClick={() => {
                setOpen(false);
                onChange(draft);
              }}
            >
              {m.asset.apply}
            </Button>
          </Stack>
        </Popover.Dropdown>
      </Popover>
      {past && (
        <Button variant="subtle" size="xs" onClick={() => onChange({ held: '', known: '' })}>
          {m.asset.backToNow}
        </Button>
      )}
    </Group>
  );
}
