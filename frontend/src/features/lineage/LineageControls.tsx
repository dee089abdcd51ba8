import { Checkbox, Group, NumberInput, SegmentedControl } from '@mantine/core';
import { useMessages } from '@/messages/context';
import { ColumnSelect } from './ColumnSelect';
import classes from './LineageTab.module.css';
import { DEPTH_MAX, DIRECTIONS, type LineageState, LEVELS, VIEWS } from './lineageState';

interface LineageControlsProps {
  state: LineageState;
  onChange: (change: Partial<LineageState>) => void;
}

export function LineageControls({ state, onChange }: LineageControlsProps) {
  const { m } = useMessages();
  return (
    <Group gap="sm" mb="sm" className={classes.controls}>
      <SegmentedControl
        size="xs"
        aria-label={m.lineage.direction}
        value={state.direction}
        onChange={(value) => onChange({ direction: DIRECTIONS.find((each) => each === value) ?? 'both' })}
        data={DIRECTIONS.map((value) => ({ value, label: m.lineage[value] }))}
      />
      <SegmentedControl
        size="xs"
        aria-label={m.lineage.level}
        value={state.level}
        onChange={(value) => onChange({ level: LEVELS.find((each) => each === value) ?? 'assets', column: '' })}
        data={LEVELS.map((value) => ({ value, label: m.lineage[value] }))}
      />
      {state.level === 'columns' && <ColumnSelect column={state.column} onChange={(column) => onChange({ column })} />}
      <label className={classes.depth}>
        {m.lineage.depth}
        <NumberInput
          size="xs"
          w={64}
          min={1}
          max={DEPTH_MAX}
          clampBehavior="strict"
          allowDecimal={false}
          value={state.depth}
          onChange={(depth) => {
            if (typeof depth === 'number' && depth >= 1) onChange({ depth });
          }}
        />
      </label>
      <Checkbox size="xs" label={m.lineage.stale} checked={state.stale} onChange={(event) => onChange({ stale: event.currentTarget.checked })} />
      <SegmentedControl
        size="xs"
        ml="auto"
        aria-label={m.lineage.view}
        value={state.view}
        onChange={(value) => onChange({ view: VIEWS.find((each) => each === value) ?? 'graph' })}
        data={VIEWS.map((value) => ({ value, label: m.lineage[value] }))}
      />
    </Group>
  );
}
