import { UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import { useMessages } from '@/messages/context';
import classes from './LongText.module.css';

const SHORT = 420;

// Text as its writer wrote it: line breaks kept, nothing interpreted, long ones folded.
export function LongText({ text, code = false }: { text: string; code?: boolean }) {
  const { m } = useMessages();
  const [open, setOpen] = useState(false);
  const long = text.length > SHORT || text.split('\n').length > 12;
  const shown = open || !long ? text : `${text.split('\n').slice(0, 12).join('\n').slice(0, SHORT)} …`;
  return (
    <>
      {code ? (
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a box that scrolls must be reachable by keyboard
        <pre className={classes.code} tabIndex={0}>
          {shown}
        </pre>
      ) : (
        <span className={classes.text}>{shown}</span>
      )}
      {long && (
        <UnstyledButton className={classes.more} onClick={() => setOpen(!open)} aria-expanded={open}>
          {open ? m.asset.showLess : m.asset.showAll}
        </UnstyledButton>
      )}
    </>
  );
}
