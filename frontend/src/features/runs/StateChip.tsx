import { IconCheck, IconHelp, IconPlayerPause, IconPlayerPlay, IconX, type TablerIcon } from '@tabler/icons-react';
import { RunState } from '@/gen/cadastre/catalog/v1/catalog_pb';
import { useMessages } from '@/messages/context';
import { Chip } from '@/shared/Chip';
import { TONES } from './runState';

const ICONS: Record<RunState, TablerIcon> = {
  [RunState.UNSPECIFIED]: IconHelp,
  [RunState.RUNNING]: IconPlayerPlay,
  [RunState.COMPLETE]: IconCheck,
  [RunState.FAILED]: IconX,
  [RunState.ABORTED]: IconPlayerPause,
  [RunState.UNKNOWN]: IconHelp,
};

// A state by icon, word and colour, so that none of them alone carries it.
export function StateChip({ state }: { state: RunState }) {
  const { m } = useMessages();
  const Icon = ICONS[state];
  return (
    <Chip tone={TONES[state]} icon={<Icon size={12} stroke={2.2} aria-hidden />}>
      {m.runs.state[state]}
    </Chip>
  );
}
