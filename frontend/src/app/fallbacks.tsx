import { Button } from '@mantine/core';
import { IconAlertTriangle, IconCompass } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useMessages } from '@/messages/context';
import { LoadingRows } from '@/shared/LoadingRows';
import { Page } from '@/shared/Page';
import { StatePanel } from '@/shared/StatePanel';

export function NotFoundPage() {
  const { m } = useMessages();
  return (
    <Page title={m.state.notFoundTitle}>
      <StatePanel icon={IconCompass} title={m.state.notFoundTitle} text={m.state.notFound} whole>
        <Button variant="default" component={Link} to="/">
          {m.state.backToSearch}
        </Button>
      </StatePanel>
    </Page>
  );
}

// The error boundary of every route: a page that breaks leaves the frame standing.
export function CrashPage({ error, reset }: { error: unknown; reset: () => void }) {
  const { m } = useMessages();
  return (
    <Page title={m.state.crashTitle}>
      <StatePanel
        icon={IconAlertTriangle}
        title={m.state.crashTitle}
        text={m.state.crash}
        detail={error instanceof Error ? error.message : ''}
        alert
        whole
      >
        <Button variant="default" onClick={reset}>
          {m.state.retry}
        </Button>
      </StatePanel>
    </Page>
  );
}

export const PendingPage = () => <LoadingRows rows={6} />;
