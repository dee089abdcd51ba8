import { type Run, RunState } from '@/gen/cadastre/catalog/v1/catalog_pb';
import { useMessages } from '@/messages/context';
import { formatDuration } from '@/shared/format';
import classes from './DurationChart.module.css';
import { durationMs } from './runState';

const BARS_MAX = 60;

// The last durations as bars. A failed run is striped and a bar without an end is hollow, besides their colours.
export function DurationChart({ runs, now, onOpen }: { runs: readonly Run[]; now: Date; onOpen: (run: string) => void }) {
  const { m, language } = useMessages();
  const bars = runs
    .slice(0, BARS_MAX)
    .map((run) => ({ run, ms: durationMs(run, now) }))
    .reverse();
  const longest = Math.max(1, ...bars.map((bar) => bar.ms ?? 0));
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.caption}>
        <span>{m.runs.chart(bars.length)}</span>
        <span>{formatDuration(longest, language)}</span>
      </figcaption>
      <div className={classes.bars}>
        {bars.map(({ run, ms }) => (
          // The table below offers the same by keyboard; sixty more tab stops would help nobody.
          <button
            key={run.runId}
            type="button"
            tabIndex={-1}
            aria-hidden
            className={classes.bar}
            data-state={RunState[run.state]}
            title={`${m.runs.state[run.state]} · ${ms === undefined ? '–' : formatDuration(ms, language)}`}
            style={{ height: `${Math.max(6, ((ms ?? 0) / longest) * 100)}%` }}
            onClick={() => onOpen(run.runId)}
          />
        ))}
      </div>
    </figure>
  );
}
