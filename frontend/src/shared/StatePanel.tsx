import { Button, Text } from '@mantine/core';
import { IconAlertTriangle, IconCloudOff, IconHourglass, IconLock, IconMoodEmpty, IconSearchOff, type TablerIcon } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Problem, ProblemKind } from '@/api/problem';
import type { Catalogue } from '@/messages/en';
import { useMessages } from '@/messages/context';
import classes from './StatePanel.module.css';

interface StatePanelProps {
  icon?: TablerIcon;
  title: string;
  text?: string;
  detail?: string;
  alert?: boolean;
  // Where it is all there is on the page, its title is the page's heading.
  whole?: boolean;
  children?: ReactNode;
}

// What stands where content would: empty, denied, missing, broken.
export function StatePanel({ icon: Icon = IconMoodEmpty, title, text, detail, alert = false, whole = false, children }: StatePanelProps) {
  return (
    <div className={classes.panel} role={alert ? 'alert' : 'status'}>
      <span className={classes.icon}>
        <Icon size={26} stroke={1.5} aria-hidden />
      </span>
      <Text component={whole ? 'h1' : 'h2'} fw={600} size="lg">
        {title}
      </Text>
      {text !== undefined && (
        <Text c="dimmed" maw={440}>
          {text}
        </Text>
      )}
      {detail !== undefined && detail !== '' && <code className={classes.detail}>{detail}</code>}
      {children !== undefined && <div className={classes.actions}>{children}</div>}
    </div>
  );
}

interface Words {
  icon: TablerIcon;
  title: (m: Catalogue) => string;
  text?: (m: Catalogue) => string;
}

const WORDS: Record<ProblemKind, Words> = {
  signedOut: { icon: IconLock, title: (m) => m.signIn.title, text: (m) => m.signIn.ended },
  denied: { icon: IconLock, title: (m) => m.state.deniedTitle, text: (m) => m.state.denied },
  missing: { icon: IconSearchOff, title: (m) => m.state.missingTitle, text: (m) => m.state.missing },
  invalid: { icon: IconAlertTriangle, title: (m) => m.state.invalidTitle },
  busy: { icon: IconHourglass, title: (m) => m.state.busyTitle, text: (m) => m.state.busy },
  late: { icon: IconHourglass, title: (m) => m.state.lateTitle, text: (m) => m.state.late },
  expired: { icon: IconHourglass, title: (m) => m.state.expiredTitle, text: (m) => m.state.expired },
  unavailable: { icon: IconCloudOff, title: (m) => m.state.unavailableTitle, text: (m) => m.state.unavailable },
  unknown: { icon: IconAlertTriangle, title: (m) => m.state.unknownTitle, text: (m) => m.state.unknown },
};

const FINAL: readonly ProblemKind[] = ['denied', 'missing', 'signedOut'];

export function ProblemPanel({ problem, onRetry, whole = false }: { problem: Problem; onRetry?: () => void; whole?: boolean }) {
  const { m } = useMessages();
  const words = WORDS[problem.kind];
  const final = FINAL.includes(problem.kind);
  return (
    <StatePanel icon={words.icon} title={words.title(m)} text={words.text?.(m)} detail={final ? '' : problem.detail} whole={whole} alert>
      {!final && onRetry !== undefined && (
        <Button variant="default" onClick={onRetry}>
          {m.state.retry}
        </Button>
      )}
      {problem.kind === 'missing' && (
        <Button variant="default" component={Link} to="/">
          {m.state.backToSearch}
        </Button>
      )}
    </StatePanel>
  );
}
