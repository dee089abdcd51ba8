import { Button, Group, TextInput } from '@mantine/core';
import { type SyntheticEvent, useState } from 'react';
import { parseRefText } from '@/api/assetRef';
import { useMessages } from '@/messages/context';
import { MomentInput } from '@/shared/MomentInput';
import { type AuditState, NO_FILTER } from './auditState';

export function AuditFilters({ state, onChange }: { state: AuditState; onChange: (state: AuditState) => void }) {
  const { m } = useMessages();
  const [draft, setDraft] = useState(state);
  const bad = draft.asset !== '' && parseRefText(draft.asset) === undefined;
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!bad) onChange(draft);
  };
  return (
    <form onSubmit={submit}>
      <Group align="flex-start" gap={10} mb="md">
        <TextInput size="xs" w={130} label={m.audit.principal} value={draft.principal} onChange={(event) => setDraft({ ...draft, principal: event.currentTarget.value })} />
        <TextInput size="xs" w={220} label={m.audit.operation} value={draft.operation} onChange={(event) => setDraft({ ...draft, operation: event.currentTarget.value })} />
        <TextInput
          size="xs"
          w={220}
          label={m.audit.asset}
          placeholder={m.audit.assetHint}
          error={bad ? m.audit.badAsset : undefined}
          value={draft.asset}
          onChange={(event) => setDraft({ ...draft, asset: event.currentTarget.value })}
        />
        <MomentInput label={m.audit.after} value={draft.after} onChange={(after) => setDraft({ ...draft, after })} />
        <MomentInput label={m.audit.before} value={draft.before} onChange={(before) => setDraft({ ...draft, before })} />
        <Group gap={6} mt={21}>
          <Button type="submit" size="xs" disabled={bad}>
            {m.audit.apply}
          </Button>
          <Button
            size="xs"
            variant="subtle"
            onClick={() => {
              setDraft(NO_FILTER);
              onChange(NO_FILTER);
            }}
          >
            {m.audit.clear}
          </Button>
        </Group>
      </Group>
    </form>
  );
}
