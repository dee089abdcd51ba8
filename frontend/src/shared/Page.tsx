import { useEffect, type ReactNode } from 'react';
import { useMessages } from '@/messages/context';

// Names the page for the tab, the history and screen readers.
export function usePageTitle(title: string): void {
  const { m } = useMessages();
  useEffect(() => {
    document.title = title === '' ? m.product : `${title} · ${m.product}`;
  }, [title, m]);
}

export function Page({ title, children }: { title: string; children: ReactNode }) {
  usePageTitle(title);
  return <>{children}</>;
}
