import type { ReactNode } from 'react';
import { useMessages } from '@/messages/context';
import classes from './Answered.module.css';

interface AnsweredProps {
  // Whether what stands here answers the question before, because the answer to this one is still on its way.
  awaited: boolean;
  // Off where a line beside it says so already.
  announce?: boolean;
  className?: string | undefined;
  children: ReactNode;
}

// An answer that may be the one before: then it is dimmed, marked busy, and said to those who cannot see it. Whatever keeps
// placeholder data is shown in one of these, so that an old answer is never taken for the new one.
export function Answered({ awaited, announce = true, className = '', children }: AnsweredProps) {
  const { m } = useMessages();
  return (
    <>
      {announce && (
        // Outside of what is busy: screen readers keep silent about changes within.
        <span className="visually-hidden" role="status">
          {awaited ? m.state.awaited : ''}
        </span>
      )}
      <div className={`${classes.answer ?? ''} ${className}`} aria-busy={awaited}>
        {children}
      </div>
    </>
  );
}
