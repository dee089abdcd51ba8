import type { ReactNode } from 'react';
import classes from './Chip.module.css';

export type Tone = 'plain' | 'accent' | 'good' | 'bad' | 'warn' | 'busy';

// A short label. The tone repeats what its words or icon already say.
export function Chip({ tone = 'plain', icon, title, children }: { tone?: Tone; icon?: ReactNode; title?: string; children: ReactNode }) {
  return (
    <span className={classes.chip} data-tone={tone} title={title}>
      {icon}
      <span className={classes.text}>{children}</span>
    </span>
  );
}
